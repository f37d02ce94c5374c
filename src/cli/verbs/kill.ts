import { fault } from "#src/base/fault.ts";
import { isId } from "#src/base/id.ts";
import { type ControlStatus, KillAnswer } from "#src/contract/query.ts";
import type { Kill } from "#src/contract/safety-memory.ts";
import { exit } from "../exit.ts";
import { askOptions, findLocal, hear, notRunning } from "../local.ts";
import { ownerOf } from "../owner-of.ts";
import type { LocalInstance, Powers } from "../powers.ts";
import { afterKill, sayRunsOn } from "../runs-on.ts";
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
  const owner = ownerOf(powers);
  const question = {
    v: 1,
    verb,
    owner,
    reason,
    ...(output === undefined ? {} : { output }),
  } as const;
  const answer = await powers.askLocal(here.path, question, askOptions);
  if (!answer.ok) return terminal.fail(failing, answer.fault);
  const said = { node, output: output ?? null, verb, owner, reason, answer: answer.body };
  const head = [
    `${place} is ${done}, as ${powers.user}: ${reason}`,
    ...unwrittenOf(answer.body).map((why) => `  but       a restart now forgets this: ${why}`),
  ];
  if (verb === "release") {
    const stillKilled = killsLeft(await controlOf(powers, here), output);
    if (options.json) terminal.printJson({ ...said, stillKilled });
    else terminal.print([...head, ...stillKilled.map((kill) => sayLeft(kill, node, output))]);
    return exit.ok;
  }
  const known = output === undefined ? (await controlOf(powers, here))?.outputs : [{ output }];
  const killed = (known ?? []).map((one) => one.output);
  const { runsOn, unseen } = await afterKill(powers, here, killed);
  if (options.json) {
    terminal.printJson({ ...said, runsOn, unseen });
    return exit.ok;
  }
  const undo = `holdfast release ${place} --reason TEXT`;
  terminal.print([
    ...head,
    ...runsOn.map((runs) => `  runs on   ${sayRunsOn(runs)}`),
    ...unseen.map((name) => `  unseen    ${name}: ask holdfast why ${node}/${name} what it does`),
    `  until     somebody says ${undo}; a restart does not end it`,
  ]);
  return exit.ok;
}

/** The node obeys, and says that its disk does not know it yet. */
function unwrittenOf(body: unknown): readonly string[] {
  const read = KillAnswer.safeParse(body);
  const unwritten = read.data?.unwritten ?? undefined;
  return unwritten === undefined ? [] : [unwritten.message];
}

async function controlOf(powers: Powers, here: LocalInstance): Promise<ControlStatus | null> {
  const { status } = await hear(powers, here);
  return status?.role === "node" ? status.control : null;
}

/** A kill of all and one of a single output are released each by its own name. */
const killsLeft = (control: ControlStatus | null, output: string | undefined): readonly Kill[] =>
  (control?.kills ?? []).filter(
    (kill) => output === undefined || kill.output === undefined || kill.output === output,
  );

function sayLeft(kill: Kill, node: string, released: string | undefined): string {
  const place = kill.output === undefined ? node : `${node}/${kill.output}`;
  const what =
    kill.output === undefined && released !== undefined
      ? `it stays killed with all of ${node}`
      : `${place} stays killed`;
  const undo = `holdfast release ${place} --reason TEXT`;
  return `  but       ${what}, by ${kill.owner}: ${kill.reason}; ${undo}`;
}
