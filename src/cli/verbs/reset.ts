import { fault } from "#src/base/fault.ts";
import { isId } from "#src/base/id.ts";
import { exit } from "../exit.ts";
import { askOptions, findLocal, hear, notRunning } from "../local.ts";
import { ownerOf } from "../owner-of.ts";
import type { JsonOption, Shell } from "../shell.ts";

interface Options extends JsonOption {
  readonly reason: string;
}

/** Lets a latched interlock go; the node refuses while its condition holds. */
export async function reset(shell: Shell, place: string, options: Options): Promise<number> {
  const { powers, terminal } = shell;
  const failing = `nothing was reset on ${place}`;
  const [node = "", interlock = "", ...more] = place.split("/");
  if (!isId(node) || !isId(interlock) || more.length > 0) {
    const why = `"${place}" is not NODE/INTERLOCK, such as rack-1/high-pressure`;
    return terminal.fail(failing, fault("USAGE", { why }));
  }
  const here = await findLocal(powers, "node", node);
  if (here === undefined) return terminal.fail(failing, notRunning(powers, `node "${node}"`));
  const { reason } = options;
  const owner = ownerOf(powers);
  const before = (await hear(powers, here)).status;
  const known = before?.role === "node" ? before.control?.interlocks : undefined;
  const tripped = known?.find((one) => one.interlock === interlock)?.tripped;
  const wasTripped = tripped === undefined ? null : tripped !== null;
  const question = { v: 1, verb: "reset", interlock, owner, reason } as const;
  const answer = await powers.askLocal(here.path, question, askOptions);
  if (!answer.ok) return terminal.fail(failing, answer.fault);
  if (options.json) {
    terminal.printJson({ node, interlock, owner, reason, wasTripped, answer: answer.body });
    return exit.ok;
  }
  terminal.print(
    wasTripped === false
      ? `${node}/${interlock} was not tripped: there was nothing to reset`
      : `${node}/${interlock} is reset, as ${powers.user}: ${reason}`,
  );
  return exit.ok;
}
