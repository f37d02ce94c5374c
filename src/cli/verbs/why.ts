import { fault } from "#src/base/fault.ts";
import { isId } from "#src/base/id.ts";
import type { Explanation } from "#src/contract/query.ts";
import { exit } from "../exit.ts";
import { askOptions, findLocal, notRunning } from "../local.ts";
import type { JsonOption, Shell } from "../shell.ts";
import { renderWhy } from "../show/why.ts";

/** Asks the node itself, so that it is answered when everything above the node is gone. */
export async function why(
  { powers, terminal }: Shell,
  place: string,
  options: JsonOption,
): Promise<number> {
  const [node = "", output = "", ...more] = place.split("/");
  if (!isId(node) || !isId(output) || more.length > 0) {
    const malformed = fault("USAGE", {
      why: `"${place}" is not NODE/OUTPUT, such as pump-1/valve`,
    });
    return terminal.fail("the output is not named", malformed);
  }
  const instance = await findLocal(powers, "node", node);
  if (instance === undefined) {
    return terminal.fail(`cannot explain ${place}`, notRunning(powers, `node "${node}"`));
  }
  const answer = await powers.askLocal(instance.path, { v: 1, verb: "why", output }, askOptions);
  if (!answer.ok) return terminal.fail(`cannot explain ${place}`, answer.fault);
  const explanation = answer.body as Explanation;
  if (options.json) terminal.printJson(explanation);
  else terminal.print(renderWhy(explanation, terminal.scene()));
  return exit.ok;
}
