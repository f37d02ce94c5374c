import type { YAMLError } from "yaml";
import type { Finding, Path } from "#src/contract/config-problem.ts";

/** Offsets in the text, in UTF-16 units; `to` is the first one behind. */
export interface Span {
  readonly from: number;
  readonly to: number;
}

/** Why a text gives no values, and where. */
export type Misread = Pick<Finding, "code" | "path" | "message" | "remedy"> & {
  readonly span: Span;
};

export function syntax(span: Span, message: string, remedy: string, path: Path = []): Misread {
  return { code: "CONFIG_SYNTAX", path, span, message, remedy };
}

/** What the parser found, in the words of the person who writes the file. */
export function misreadOf({ code, message, pos }: YAMLError, text: string): Misread {
  const [from, to] = pos;
  const span = { from, to: Math.max(to, from + 1) };
  if (text[from] === "\t") return syntax(span, ...tab);
  if (code === "MISSING_CHAR" && message.includes("map values")) return syntax(span, ...noColon);
  const said = sayings[code];
  if (said !== undefined) return syntax(span, ...said);
  return syntax(span, lowerFirst(message.split("\n")[0] ?? ""), "correct the YAML here");
}

type Saying = readonly [message: string, remedy: string];

const tab: Saying = ["a tab is used to indent", "indent with spaces, two a level"];
const noColon: Saying = ["a key has no : behind it", "write key: value"];

export const tooDeep: Saying = [
  "is nested too deep",
  "a configuration has few levels; compare it with holdfast init",
];
export const secondDocument: Saying = [
  "begins a second document",
  "keep one document in the file, without --- between",
];

const sayings: Partial<Record<YAMLError["code"], Saying>> = {
  TAB_AS_INDENT: tab,
  BAD_INDENT: ["the indentation fits no level above", "align it with the keys beside it"],
  BLOCK_AS_IMPLICIT_KEY: [
    "a second key on one line",
    'put it on a line of its own, or quote the text if its ":" belongs to it',
  ],
  MULTILINE_IMPLICIT_KEY: noColon,
  MISSING_CHAR: ["a closing quote or bracket is missing", "close what was opened before"],
  MULTIPLE_DOCS: secondDocument,
  TAG_RESOLVE_FAILED: ["a tag is not known here", "remove the word that begins with !"],
  BAD_SCALAR_START: ["text cannot begin with this character", "put the text in quotes"],
  // The parser's own stack is what gave out.
  RESOURCE_EXHAUSTION: tooDeep,
};

const lowerFirst = (text: string): string => text.charAt(0).toLowerCase() + text.slice(1);
