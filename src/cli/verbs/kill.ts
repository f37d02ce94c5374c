import { fault } from "#src/base/fault.ts";
import { isId } from "#src/base/id.ts";
import { KillAnswer } from "#src/contract/query.ts";
import { exit } from "../exit.ts";
import { askOptions, findLocal, notRunning } from "../local.ts";
import type { JsonOption, Shell } from "../shell.ts";

interface Options extends JsonOption {
  readonly reason: string;
}

/** Takes a node, or one of its outputs, out of service, or back into it. */
export async function kill(
  shell: Shell,
  verb: "kill" | "release",
  place: string,
  options: Options,
): Promise<number> {
  const { powers, terminal } = shell;
  const done = verb === "kill" ? "killed" : "released";
  const failing = `nothing was ${done} on ${place}`;
  const [node = "", output, ...more] = place.split("/");
  if (!isId(node) || (output !== undefined && !isId(output)) || more.length > 0) {
    const why = `"${place}" is not NODE or NODE/OUTPUT, such as room-1/compressor`;
    return terminal.fail(failing, fault("USAGE", { why }));
  }
  const here = await findLocal(powers, "node", node);
  if (here === undefined) return terminal.fail(failing, notRunning(powers, `node "${node}"`));
  const { reason } = options;
  const owner = powers.user.slice(0, 64) || "unknown";
  const said = { v: 1, verb, owner, reason, ...(output === undefined ? {} : { output }) } as const;
  const answer = await powers.askLocal(here.path, said, askOptions);
  if (!answer.ok) return terminal.fail(failing, answer.fault);
  if (options.json) {
    terminal.printJson({ node, output: output ?? null, verb, owner, reason, answer: answer.body });
    return exit.ok;
  }
  const undo = `holdfast release ${place} --reason TEXT`;
  terminal.print([
    `${place} is ${done}, as ${powers.user}: ${reason}`,
    ...(verb === "kill" ? [`  until     somebody says ${undo}; a restart does not end it`] : []),
    ...unwrittenOf(answer.body).map((why) => `  but       a restart now forgets this: ${why}`),
  ]);
  return exit.ok;
}

/** The node obeys, and says that its disk does not know it yet. */
function unwrittenOf(body: unknown): readonly string[] {
  const read = KillAnswer.safeParse(body);
  const unwritten = read.data?.unwritten ?? undefined;
  return unwritten === undefined ? [] : [unwritten.message];
}
