import { constants, copyFileSync } from "node:fs";
import { fault } from "#src/base/fault.ts";
import type { JournalAgent, JournalKept } from "#src/contract/journal.ts";
import { exit } from "../exit.ts";
import { askOptions, findLocal, notRunning } from "../local.ts";
import type { JsonOption, Shell } from "../shell.ts";

interface Options extends JsonOption {
  readonly agent: JournalAgent;
  readonly output?: string;
  readonly force?: true;
}

/** Has a node write its journal down, and copies the file. */
export async function journal(shell: Shell, node: string, options: Options): Promise<number> {
  const { powers, terminal } = shell;
  const { agent, output } = options;
  const failing = `no journal of ${node} was written`;
  const instance = await findLocal(powers, "node", node);
  if (instance === undefined) {
    return terminal.fail(failing, notRunning(powers, `node "${node}"`));
  }
  const answer = await powers.askLocal(instance.path, { v: 1, verb: "journal", agent }, askOptions);
  if (!answer.ok) return terminal.fail(failing, answer.fault);
  const kept = answer.body as JournalKept;
  const path = output ?? kept.path;
  if (output !== undefined) {
    try {
      copyFileSync(kept.path, output, options.force ? 0 : constants.COPYFILE_EXCL);
    } catch (error) {
      const { code = "unknown error" } = error as NodeJS.ErrnoException;
      const met =
        code === "EEXIST"
          ? fault("FILE_EXISTS", { path: output })
          : fault("FILE_UNWRITABLE", { path: output, why: `from ${kept.path}: ${code}` });
      return terminal.fail(`the journal was not copied`, met);
    }
  }
  if (options.json) terminal.printJson({ node, agent, path, steps: kept.steps });
  else terminal.print(`wrote ${path}: ${kept.steps} steps of the ${agent} agent of ${node}`);
  return exit.ok;
}
