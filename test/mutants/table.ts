import type { Verdict } from "./drive.ts";
import type { Mutant } from "./mutant.ts";

export interface Tried {
  readonly mutant: Mutant;
  readonly verdict: Verdict;
  readonly millis: number;
}

/** What was tried as a table for the manual. */
export function tableOf(tried: readonly Tried[]): string {
  const rows = tried.map(({ mutant, verdict: { seed, law } }) =>
    [mutant.name, mutant.file, mutant.law, seed === undefined ? "–" : law, seed ?? "escaped"]
      .map((cell) => ` ${cell} `)
      .join("|"),
  );
  return [
    "| mistake | in | breaks | noticed by | seed |",
    "| --- | --- | --- | --- | --- |",
    ...rows.map((row) => `|${row}|`),
  ].join("\n");
}
