/**
 * One source text in three views of the same length, so that an offset means the same in each and
 * a ban on a word is not tripped by a sentence about that word.
 *
 * VW1  Each view has the length and the lines of the text.
 * VW2  `code` holds neither comments nor what stands inside strings, templates and patterns.
 * VW3  `said` is `code` with its strings; `comments` is what neither of them holds.
 */
export interface Views {
  readonly code: string;
  readonly said: string;
  readonly comments: string;
}

type Kind = "code" | "string" | "comment";

export function viewsOf(text: string): Views {
  const kinds = kindsOf(text);
  const only = (wanted: readonly Kind[]): string => {
    let view = "";
    for (let at = 0; at < text.length; at += 1) {
      const char = text[at] ?? "";
      view += char === "\n" || wanted.includes(kinds[at] ?? "code") ? char : " ";
    }
    return view;
  };
  return { code: only(["code"]), said: only(["code", "string"]), comments: only(["comment"]) };
}

/** The kind of each character; the quotes themselves are code. */
function kindsOf(text: string): readonly Kind[] {
  const kinds: Kind[] = new Array<Kind>(text.length).fill("code");
  /** For each template we are in, how many braces its hole has open. */
  const holes: number[] = [];
  const mark = (from: number, to: number, kind: Kind): number => {
    kinds.fill(kind, from, Math.min(to, text.length));
    return to;
  };
  let at = 0;
  while (at < text.length) {
    const two = text.slice(at, at + 2);
    const char = text[at] ?? "";
    if (two === "//" || (at === 0 && two === "#!")) {
      at = mark(at, endOf(text, "\n", at), "comment");
    } else if (two === "/*") {
      at = mark(at, endOf(text, "*/", at + 2) + 2, "comment");
    } else if (char === '"' || char === "'") {
      at = mark(at + 1, stringEnd(text, at + 1, char), "string") + 1;
    } else if (char === "`") {
      at = template(at + 1);
    } else if (char === "/" && patternMayStart(text, kinds, at)) {
      at = mark(at + 1, patternEnd(text, at + 1), "string") + 1;
    } else {
      if (char === "{" && holes.length > 0) holes.push((holes.pop() ?? 0) + 1);
      if (char === "}" && holes.length > 0) {
        const open = holes.pop() ?? 0;
        if (open === 0) {
          at = template(at + 1);
          continue;
        }
        holes.push(open - 1);
      }
      at += 1;
    }
  }
  return kinds;

  /** From inside a template to after its end, or into its next hole. */
  function template(from: number): number {
    let to = from;
    while (to < text.length && text[to] !== "`" && text.slice(to, to + 2) !== "${") {
      to += text[to] === "\\" ? 2 : 1;
    }
    mark(from, to, "string");
    if (text[to] === "`" || to >= text.length) return to + 1;
    holes.push(0);
    return to + 2;
  }
}

function endOf(text: string, mark: string, from: number): number {
  const found = text.indexOf(mark, from);
  return found === -1 ? text.length : found;
}

/** A string ends at its quote, or at the end of its line if the text is broken. */
function stringEnd(text: string, from: number, quote: string): number {
  let at = from;
  while (at < text.length && text[at] !== quote && text[at] !== "\n") {
    at += text[at] === "\\" ? 2 : 1;
  }
  return at;
}

function patternEnd(text: string, from: number): number {
  let at = from;
  let inClass = false;
  while (at < text.length && text[at] !== "\n" && (inClass || text[at] !== "/")) {
    if (text[at] === "[") inClass = true;
    if (text[at] === "]") inClass = false;
    at += text[at] === "\\" ? 2 : 1;
  }
  return at;
}

/** After an operator or such a word a slash begins a pattern; after a value it divides. */
const beforePattern =
  /(?:^|[(,=:[!&|?{};+\-*%<>~^]|\b(?:return|typeof|case|in|of|void|throw|else|do|await|yield))$/;

function patternMayStart(text: string, kinds: readonly Kind[], at: number): boolean {
  let before = at - 1;
  while (before >= 0 && (kinds[before] === "comment" || /\s/.test(text[before] ?? ""))) before -= 1;
  return beforePattern.test(text.slice(Math.max(0, before - 8), before + 1));
}
