import { type Fault, fault } from "#src/base/fault.ts";
import { isId } from "#src/base/id.ts";
import type { Millis } from "#src/base/units.ts";
import { formatDuration, parseQuantity, type Quantity } from "#src/contract/quantity.ts";
import type { NodeStatus } from "#src/contract/query.ts";
import { absentLoop } from "../absent-name.ts";
import { exit } from "../exit.ts";
import { askOptions, findLocal, hear, hearAll, notRunning } from "../local.ts";
import { ownerOf } from "../owner-of.ts";
import type { LocalInstance, Powers } from "../powers.ts";
import type { JsonOption, Shell } from "../shell.ts";
import { clockTime } from "../show/moment.ts";
import { quantityText } from "../show/text.ts";
import { unitMisfit } from "../unit-misfit.ts";

interface Options extends JsonOption {
  readonly for: Millis;
  readonly reason: string;
  readonly local?: true;
}

/**
 * A setpoint with an owner, a reason and an end. By way of the region it hangs on the region's
 * lease; at the node it is a person's override, which outlives the region.
 */
export async function set(
  shell: Shell,
  place: string,
  text: string,
  options: Options,
): Promise<number> {
  const { powers, terminal } = shell;
  const failing = `nothing was set on ${place}`;
  const wish = readWish(place, text);
  if ("code" in wish) return terminal.fail(failing, wish);
  const route = await routeTo(powers, wish.node, options.local === true);
  if ("code" in route) return terminal.fail(failing, route);
  const { node, loop, quantity } = wish;
  const absent = absentLoop(route.node?.control, loop);
  if (absent !== undefined) return terminal.fail(failing, absent);
  const misfit = unitMisfit(quantity, `${node}/${loop}`, unitOf(route.node, loop));
  if (misfit !== undefined) return terminal.fail(failing, misfit);
  const answer = await powers.askLocal(
    route.through.path,
    {
      v: 1,
      verb: "set",
      node,
      loop,
      value: wish.quantity.value,
      for: options.for,
      owner: ownerOf(powers),
      reason: options.reason,
    },
    askOptions,
  );
  if (!answer.ok) return terminal.fail(failing, answer.fault);
  const until = powers.now() + options.for;
  const { role, id } = route.through;
  const above = role === "region" ? overrideOn(route.node, loop) : undefined;
  const undo = `holdfast set ${node}/${loop} ${wish.quantity.value} --for 1s --reason undo${role === "node" ? " --local" : ""}`;
  if (options.json) {
    const { value } = wish.quantity;
    terminal.printJson({
      node,
      loop,
      value,
      through: { role, id },
      above: above === undefined ? null : { authority: "override", value: above },
      until,
      undo,
      answer: answer.body,
    });
    return exit.ok;
  }
  const unit = unitOf(route.node, loop);
  terminal.print([
    `${node}/${loop} is set to ${quantityText(wish.quantity.value, unit ?? wish.quantity.unit)} through ${role} ${id}, as ${powers.user}: ${options.reason}`,
    `  ends      ${clockTime(until, terminal.scene())} (in ${formatDuration(options.for)})${
      role === "region"
        ? `; sooner if ${node} loses the region's lease`
        : "; the region cannot overrule it until then"
    }`,
    ...(above === undefined
      ? []
      : [
          `  above it  ${quantityText(above, unit)}, which somebody set at the node itself: until that ends, this does nothing`,
        ]),
    `  undo      ${undo}`,
  ]);
  return exit.ok;
}

/** What a person at the node set, which the region cannot overrule. */
function overrideOn(status: NodeStatus | undefined, name: string): number | undefined {
  const loop = status?.control?.loops.find((one) => one.loop === name);
  return loop?.authority === "override" ? loop.setpoint : undefined;
}

interface Wish {
  readonly node: string;
  readonly loop: string;
  readonly quantity: Quantity;
}

function readWish(place: string, text: string): Wish | Fault {
  const [node = "", loop = "", ...more] = place.split("/");
  if (!isId(node) || !isId(loop) || more.length > 0) {
    return fault("USAGE", { why: `"${place}" is not NODE/LOOP, such as pump-1/level` });
  }
  const quantity = parseQuantity(text);
  if (quantity === undefined) {
    const why = `"${text.trim()}" is not a number with an optional unit, such as 3.5 or "3.5 degC"`;
    return fault("USAGE", { why });
  }
  return { node, loop, quantity };
}

interface Route {
  readonly through: LocalInstance;
  /** The node's own word, where it runs here too. */
  readonly node: NodeStatus | undefined;
}

/** A region that knows the node, unless a person at the node is meant or there is none. */
async function routeTo(powers: Powers, node: string, local: boolean): Promise<Route | Fault> {
  const here = await findLocal(powers, "node", node);
  const said = here === undefined ? undefined : (await hear(powers, here)).status;
  const status = said?.role === "node" ? said : undefined;
  if (!local) {
    const all = await hearAll(powers);
    const region = all.find(
      (one) =>
        one.status?.role === "region" && one.status.nodes.some((known) => known.node === node),
    );
    if (region !== undefined) return { through: region.instance, node: status };
  }
  if (here !== undefined) return { through: here, node: status };
  return notRunning(
    powers,
    local ? `node "${node}"` : `node "${node}" and no region that knows it`,
  );
}

/** Undefined when it is not known, null when there is none. */
function unitOf(status: NodeStatus | undefined, name: string): string | null | undefined {
  const control = status?.control;
  const loop = control?.loops.find((one) => one.loop === name);
  return control?.inputs.find((input) => input.input === loop?.input)?.unit;
}
