import { exit } from "../exit.ts";
import type { JsonOption, Shell } from "../shell.ts";
import { renderReplay } from "../show/replay.ts";

/** 0: the same came out. 1: it did not. 2: the file is no journal, and nothing was replayed. */
export async function replay(
  { powers, terminal }: Shell,
  file: string,
  options: JsonOption,
): Promise<number> {
  const report = await powers.replay(file);
  if ("code" in report) {
    terminal.fail("nothing was replayed", report);
    return exit.usage;
  }
  if (options.json) terminal.printJson({ ...report, replayedBy: powers.version });
  else terminal.print(renderReplay(report, powers.version, terminal.scene()));
  return report.verdict === "identical" ? exit.ok : exit.failed;
}
