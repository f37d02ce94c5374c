import type { Problem } from "#src/contract/config-problem.ts";
import { printable as printableText } from "./show/printable.ts";

export type { Problem } from "#src/contract/config-problem.ts";

/** What a colour may be given to. */
export type Part = "place" | "error" | "warning" | "caret" | "fix";
export type Paint = (part: Part, text: string) => string;

const plain: Paint = (_, text) => text;

/**
 * A problem as people read it: place, what is wrong, the line with a mark under it, and what to do.
 * Without a line where there is none to show. No line break at the end.
 */
export function renderProblem(problem: Problem, paint: Paint = plain): string {
  const { file, line, col, severity, code, at, message, remedy } = problem;
  const place = line > 0 ? `${file}:${line}:${col}` : `${file}:`;
  const head = [
    paint("place", printable(place)),
    paint(severity, `${severity} ${code}`),
    printable(at === "" ? message : `${at}: ${message}`),
  ].join(" ");
  const lines = [
    head,
    ...excerpt(problem, paint),
    `    ${paint("fix", "fix:")} ${printable(remedy)}`,
  ];
  return lines.join("\n");
}

function excerpt({ line, col, length, sourceLine }: Problem, paint: Paint): string[] {
  if (line === 0) return [];
  const number = String(line).padStart(5);
  const shown = `${number} | ${printable(sourceLine)}`.trimEnd();
  // Of a line that was cut, what is meant may be beyond the end.
  if (col - 1 > sourceLine.length) return [shown];
  const before = sourceLine.slice(0, col - 1).replace(/[^\t]/g, " ");
  const marks = "^".repeat(Math.max(1, Math.min(length, sourceLine.length - col + 1)));
  return [shown, `      | ${before}${paint("caret", marks)}`];
}

/** A file must not steer the terminal it is shown on; tabs stay, for the marks stand under them. */
const printable = (text: string): string => text.split("\t").map(printableText).join("\t");
