import { fault } from "#src/base/fault.ts";
import { suggest } from "#src/contract/suggest.ts";
import { type CodeEntry, codeEntries } from "../code-entries.ts";
import { exit } from "../exit.ts";
import type { JsonOption, Shell } from "../shell.ts";
import { columns, labelled } from "../show/text.ts";

/** What a code means and what to do about it, without network or manual. */
export function explain(
  { terminal }: Shell,
  said: string | undefined,
  options: JsonOption,
): number {
  const entries = codeEntries();
  const scene = terminal.scene();
  if (said === undefined) {
    if (options.json) terminal.printJson({ codes: entries });
    else
      terminal.print(columns(entries.map(({ code, says }) => [scene.paint("strong", code), says])));
    return exit.ok;
  }
  const code = said.toUpperCase().replaceAll("-", "_");
  const entry = entries.find((one) => one.code === code);
  if (entry === undefined) {
    const near = suggest(
      code,
      entries.map((one) => one.code),
    );
    const hint = near === undefined ? "holdfast explain lists them all" : `did you mean ${near}?`;
    return terminal.fail(
      "nothing to explain",
      fault("USAGE", { why: `there is no code "${said}": ${hint}` }),
    );
  }
  if (options.json) terminal.printJson(entry);
  else terminal.print([scene.paint("strong", entry.code), ...factsOf(entry, scene.width)]);
  return exit.ok;
}

const factsOf = (entry: CodeEntry, width: number | undefined): string[] => [
  ...labelled("says", entry.says, width),
  ...labelled("then", entry.then, width),
  ...labelled("next", entry.next, width),
];
