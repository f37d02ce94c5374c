import { type Fault, fault } from "#src/base/fault.ts";
import type { TailLine } from "#src/contract/query.ts";
import { exit } from "../exit.ts";
import { notRunning } from "../local.ts";
import type { JsonOption, Shell } from "../shell.ts";
import { renderTailLine } from "../show/tail.ts";
import { untilStopped } from "../until-stopped.ts";

interface Options extends JsonOption {
  readonly count?: number;
  /** Milliseconds. */
  readonly for?: number;
}

/** Live values until enough came, time is up, the reader goes, or somebody stops it. */
export async function tail(
  { powers, terminal }: Shell,
  name: string | undefined,
  options: Options,
): Promise<number> {
  const found = await powers.listLocal(powers.runtimeFolder(powers.env));
  const nodes = found.filter(
    ({ role, id }) => role === "node" && (name === undefined || id === name),
  );
  if (nodes.length === 0) {
    const what = name === undefined ? "node" : `node "${name}"`;
    return terminal.fail("there are no values to show", notRunning(powers, what));
  }
  const stopped = untilStopped(options.for);
  let seen = 0;
  const onLine = (line: TailLine): void => {
    if (terminal.gone() || seen === options.count) {
      stopped.stop();
      return;
    }
    seen += 1;
    if (options.json) terminal.printJson(line);
    else terminal.print(renderTailLine(line, terminal.scene()));
    if (seen === options.count) stopped.stop();
  };
  let following = nodes.length;
  let ended: Fault | undefined;
  const onEnd = (met: Fault): void => {
    ended = met;
    following -= 1;
    if (following === 0) stopped.stop();
  };
  const open = nodes.map(({ path }) => powers.tailLocal(path, onLine, onEnd));
  await stopped.done;
  for (const one of open) one.close();
  const enough = seen === options.count;
  if (ended !== undefined && following === 0 && !enough) {
    return terminal.fail("the values ended", ended);
  }
  if (seen > 0) return exit.ok;
  const node = name ?? nodes.map(({ id }) => id).join(", ");
  return terminal.fail("no value came", fault("NODE_SILENT", { node }));
}
