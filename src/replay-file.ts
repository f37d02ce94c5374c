import { readFile, stat } from "node:fs/promises";
import { control } from "#agents/node/control.ts";
import { link } from "#agents/node/link.ts";
import { type Fault, fault } from "#src/base/fault.ts";
import type { JournalAgent, ReplayReport } from "#src/contract/journal.ts";
import { limits } from "#src/contract/limits.ts";
import { type ReplayedAgent, replay } from "#src/runtime/replay.ts";

/** A journal's values are what its own agent wrote; which agent that was, its header says. */
const agents = { control, link } as unknown as Readonly<Record<JournalAgent, ReplayedAgent>>;

/** Runs the journal in a file again, through the step functions of this program. */
export async function replayFile(path: string): Promise<ReplayReport | Fault> {
  let text: string;
  try {
    const { size } = await stat(path);
    if (size > limits.journalReadBytes) {
      const why = `it has ${size} bytes, and a journal has at most ${limits.journalReadBytes}`;
      return fault("JOURNAL_UNREADABLE", { path, line: 1, why });
    }
    text = await readFile(path, "utf8");
  } catch (error) {
    const { code = "", message } = error as NodeJS.ErrnoException;
    return fault("JOURNAL_UNREADABLE", { path, line: 1, why: words[code] ?? message });
  }
  return replay(path, text, ({ agent }) => agents[agent]);
}

const words: Readonly<Record<string, string>> = {
  ENOENT: "there is no such file",
  EISDIR: "it is a folder",
  EACCES: "this user may not read it",
};
