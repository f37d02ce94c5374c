import { isScalar, parseDocument, type Scalar } from "yaml";

/** New parameters of one loop, as a change of its site file. */
export interface Parameters {
  readonly gain: number;
  /** In words of the file: 90s. */
  readonly integralTime: string;
}

/**
 * The text of a site file with other parameters for a loop: nothing else is touched, comments stay.
 * Undefined when the loop, or its gain, is not said in this file as plain values, or when the result would
 * not say what it should.
 */
export function withParameters(
  text: string,
  loop: string,
  { gain, integralTime }: Parameters,
): string | undefined {
  const document = parseDocument(text);
  const scalar = (key: string): Scalar | undefined => {
    const node = document.getIn(["loops", loop, key], true);
    return isScalar(node) && node.range !== undefined && node.range !== null ? node : undefined;
  };
  const [known, time] = [scalar("gain"), scalar("integralTime")];
  if (known === undefined) return undefined;
  const edits = [{ at: rangeOf(known), by: String(gain) }];
  if (time !== undefined) edits.push({ at: rangeOf(time), by: integralTime });
  const edited = edits
    .sort((one, other) => other.at[0] - one.at[0])
    .reduce((so, { at: [from, to], by }) => so.slice(0, from) + by + so.slice(to), text);
  const [at] = rangeOf(known);
  const results =
    time === undefined
      ? [below(edited, at, integralTime), beside(edited, at, integralTime)]
      : [edited];
  return results.find((result) => says(result, loop, { gain, integralTime }));
}

function says(text: string, loop: string, { gain, integralTime }: Parameters): boolean {
  const document = parseDocument(text);
  const value = (key: string): unknown => document.getIn(["loops", loop, key]);
  return (
    document.errors.length === 0 && value("gain") === gain && value("integralTime") === integralTime
  );
}

const rangeOf = ({ range }: Scalar): readonly [number, number] => [
  range?.[0] ?? 0,
  range?.[1] ?? 0,
];

/** A loop without integral time gets one in the line below its gain, */
function below(text: string, at: number, integralTime: string): string {
  const begin = text.lastIndexOf("\n", at) + 1;
  const found = text.indexOf("\n", at);
  const end = found < 0 ? text.length : found;
  const indent = /^ */.exec(text.slice(begin))?.[0] ?? "";
  const ending = text[end - 1] === "\r" ? "\r" : "";
  return `${text.slice(0, end)}\n${indent}integralTime: ${integralTime}${ending}${text.slice(end)}`;
}

/** or beside it, between braces. */
function beside(text: string, at: number, integralTime: string): string {
  const behind = at + (/^[^,}\s]*/.exec(text.slice(at))?.[0].length ?? 0);
  return `${text.slice(0, behind)}, integralTime: ${integralTime}${text.slice(behind)}`;
}

/** The lines that differ, each with its number in the new text, as people know them from diff. */
export function diffLines(before: string, after: string): string[] {
  const [old, now] = [before.split("\n"), after.split("\n")];
  const lines: string[] = [];
  let shift = 0;
  for (let at = 0; at < now.length; at += 1) {
    const was = old[at - shift];
    if (now[at] === was) continue;
    const isAdded = now.length - old.length > shift && now[at + 1] === was;
    lines.push(`@@ line ${at + 1}`);
    if (isAdded) shift += 1;
    else lines.push(`-${was}`);
    lines.push(`+${now[at]}`);
  }
  return lines;
}
