import { type Compiled, wordOf } from "./rule.ts";

/** What is wrong with a rule, in the words of those who write it, and what to write in its place. */
export interface RuleWords {
  readonly message: string;
  readonly remedy: string;
  /** Where in the rule it stands, in characters. */
  readonly from: number;
}

type Refused = Extract<Compiled, { ok: false }>;

interface Mistake {
  readonly text: string;
  readonly refused: Refused;
  readonly known: readonly string[];
}

/** Undefined for a name that is none, and looks like nothing else. */
export function ruleWords(
  text: string,
  refused: Refused,
  names: readonly string[],
): RuleWords | undefined {
  const mistake = { text, refused, known: names.map(wordOf) };
  for (const habit of habits) {
    const words = habit(mistake);
    if (words !== undefined) return words;
  }
  const { message, from, unknown } = refused;
  if (unknown !== undefined) return undefined;
  const remedy = "see docs/rules.md for what a rule may say";
  const sign = /^(?:[<>=!]=|&&|\|\||\S)/.exec(text.slice(from))?.[0];
  if (sign === undefined || !/^(Unexpected|Expected)/.test(message))
    return { message, remedy, from };
  const wanted = "a name, a number or a ( must stand before it, such as level > 3";
  const isBetween = /^[<>=!&|*/+]/.test(sign);
  return { message: `${sign} cannot stand here`, remedy: isBetween ? wanted : remedy, from };
}

/** What people write out of habit, the plainest first: each looks whether it is that. */
const habits: readonly ((mistake: Mistake) => RuleWords | undefined)[] = [
  /** and, or, not */
  ({ text, known }) => {
    const found = [...text.matchAll(/(?<![\w-])(and|or|not)(?![\w-])/gi)].find(
      ([word]) => !known.includes(word),
    );
    if (found === undefined) return undefined;
    const [word] = found;
    const sign = { and: "&&", or: "||" }[word.toLowerCase()] ?? "!";
    return { message: `${word} is no word of a rule`, remedy: `write ${sign}`, from: found.index };
  },
  /** warm-to */
  ({ text, refused, known }) => {
    if (refused.unknown === undefined) return undefined;
    const found = [...text.matchAll(/(?<![\w-])\w+(?:-\w+)+/g)].find(([id]) =>
      known.includes(wordOf(id)),
    );
    if (found === undefined) return undefined;
    const word = wordOf(found[0]);
    const message = `${found[0]} is a difference here, for in a rule - is a minus`;
    return { message, remedy: `write ${word}`, from: found.index };
  },
  /** door == on */
  ({ refused }) => {
    const { unknown = "", from } = refused;
    const value = /^(on|yes)$/i.test(unknown) ? 1 : /^(off|no)$/i.test(unknown) ? 0 : undefined;
    if (value === undefined) return undefined;
    return { message: `${unknown} is no word of a rule`, remedy: `write ${value}`, from };
  },
  /** = => =< <> ≥ & | */
  ({ text }) => {
    const found = /=>|=<|<>|[≥≤≠]|(?<![=!<>])=(?!=)|(?<!&)&(?!&)|(?<!\|)\|(?!\|)/.exec(text);
    if (found === null) return undefined;
    const message = `${found[0]} is no sign of a rule`;
    return { message, remedy: `write ${signs[found[0]]}`, from: found.index };
  },
  /** 23,5 */
  ({ text, refused }) => {
    const found = [...text.matchAll(/(\d+),(\d+)/g)].find(
      ({ 0: number, index }) => index < refused.from && refused.from < index + number.length,
    );
    if (found === undefined) return undefined;
    const remedy = `write ${found[1]}.${found[2]}, with a point`;
    return { message: `${found[0]} is no number`, remedy, from: found.index };
  },
  /** 5 degC */
  ({ text, refused }) => {
    if (!refused.message.startsWith("Unexpected")) return undefined;
    const found =
      /(?<![\w.])(\d+(?:\.\d+)?)\s*((?!e\d)[\p{L}°][\p{L}\d°/%]*|%(?=\s*(?:$|[)&|?:])))/u.exec(
        text,
      );
    if (found === null) return undefined;
    const [whole, number, unit] = found;
    const message = `${whole} has a unit, and the numbers of a rule have none`;
    const remedy = `write ${number} alone: it is in the unit of what it is compared with`;
    return { message, remedy, from: found.index + whole.length - (unit?.length ?? 0) };
  },
  /** door || … */
  ({ text, refused }) => {
    const asks = /^(Logical operator|Ternary condition|no such overload: !double)/;
    if (!asks.test(refused.message)) return undefined;
    const found = [
      ...text.matchAll(/(?:^|&&|\|\||[!(?:])\s*(!?)\s*([A-Za-z_]\w*)\s*(?=$|&&|\|\||[)?:])/g),
    ].find(([, , word]) => word !== undefined && word !== "true" && word !== "false");
    if (found === undefined) {
      const remedy = "compare each side with something, such as door == 1";
      return { message: "a number stands where a condition must", remedy, from: refused.from };
    }
    const [whole, not, word = ""] = found;
    const message = `${word} is a number, and no condition`;
    const isNot = not === "!" || text[found.index] === "!";
    const remedy = isNot ? `write ${word} == 0 in place of !${word}` : `write ${word} == 1`;
    return { message, remedy, from: found.index + whole.lastIndexOf(word) };
  },
  /** 1 < level < 3 */
  ({ refused }) =>
    /^no such overload: bool [<>]=? double/.test(refused.message)
      ? {
          message: "compares a condition with a number",
          remedy: "compare two at a time, and join them: 1 < level && level < 3",
          from: refused.from,
        }
      : undefined,
  ({ refused }) =>
    /^no such overload: (double \S+ bool|bool \S+ double)/.test(refused.message)
      ? {
          message: "compares a number with a condition",
          remedy: "write 1 for true, 0 for false: door == 1",
          from: refused.from,
        }
      : undefined,
  ({ text, refused }) =>
    refused.message.startsWith("no such overload: double % double")
      ? {
          message: "a rule has no remainder",
          remedy: "write it without %",
          from: text.indexOf("%"),
        }
      : undefined,
  /** min(a, b, c) */
  ({ text, refused }) => {
    const isTooMany = refused.message.startsWith("Exceeded maxCallArguments");
    const asked = /^found no matching overload for '(min|max|abs)\(/.exec(refused.message)?.[1];
    const open = isTooMany ? text.lastIndexOf("(", refused.from) : -1;
    const name = asked ?? /(min|max|abs)\s*$/.exec(text.slice(0, Math.max(0, open)))?.[1];
    if (name === undefined) return undefined;
    const [count, remedy] =
      name === "abs"
        ? ["one number", "write abs(a)"]
        : ["two numbers", `write ${name}(a, b), and of three ${name}(a, ${name}(b, c))`];
    return { message: `${name} takes ${count}`, remedy, from: refused.from };
  },
  ({ refused }) =>
    /^Exceeded max(AstNodes|Depth)/.test(refused.message)
      ? {
          message: "is longer, or nested deeper, than a rule may be",
          remedy: "let a part of it be a signal of its own, of kind rule",
          from: refused.from,
        }
      : undefined,
  /** (level > 3 */
  ({ refused }) =>
    refused.message.startsWith("Expected RPAREN")
      ? { message: "a ( is not closed", remedy: "write the ) that is missing", from: refused.from }
      : undefined,
  ({ text, refused }) =>
    refused.message.startsWith("Unexpected token: EOF")
      ? {
          message: "ends where a name or a number must follow",
          remedy: "write what is missing, or remove what stands last",
          from: Math.max(0, text.trimEnd().length - 1),
        }
      : undefined,
];

const signs: Readonly<Record<string, string>> = {
  "=>": ">=",
  "=<": "<=",
  "<>": "!=",
  "≥": ">=",
  "≤": "<=",
  "≠": "!=",
  "=": "==",
  "&": "&&",
  "|": "||",
};
