import { fault } from "#src/base/fault.ts";
import { isId } from "#src/base/id.ts";
import type { Millis } from "#src/base/units.ts";
import { formatDuration, parseQuantity } from "#src/contract/quantity.ts";
import { absentOutput } from "../absent-name.ts";
import { exit } from "../exit.ts";
import { askOptions, findLocal, hear, notRunning } from "../local.ts";
import { ownerOf } from "../owner-of.ts";
import type { JsonOption, Shell } from "../shell.ts";
import { clockTime } from "../show/moment.ts";
import { quantityText } from "../show/text.ts";
import { unitMisfit } from "../unit-misfit.ts";

interface Options extends JsonOption {
  readonly for: Millis;
  readonly reason: string;
}

/** An output by hand, for a while, at the node itself. */
export async function force(
  shell: Shell,
  place: string,
  text: string,
  options: Options,
): Promise<number> {
  const { powers, terminal } = shell;
  const failing = `${place} was not forced`;
  const [node = "", output = "", ...more] = place.split("/");
  if (!isId(node) || !isId(output) || more.length > 0) {
    const why = `"${place}" is not NODE/OUTPUT, such as room-1/compressor`;
    return terminal.fail(failing, fault("USAGE", { why }));
  }
  const here = await findLocal(powers, "node", node);
  if (here === undefined) return terminal.fail(failing, notRunning(powers, `node "${node}"`));
  const { status } = await hear(powers, here);
  const control = status?.role === "node" ? status.control : undefined;
  const absent = absentOutput(control, output);
  if (absent !== undefined) return terminal.fail(failing, absent);
  const known = control?.outputs.find((one) => one.output === output);
  const quantity = parseQuantity(text);
  if (quantity === undefined) {
    const why = `"${text.trim()}" is not a number with an optional unit, such as 1 or "40 %"`;
    return terminal.fail(failing, fault("USAGE", { why }));
  }
  const misfit = unitMisfit(quantity, place, known?.unit);
  if (misfit !== undefined) return terminal.fail(failing, misfit);
  const { value } = quantity;
  const owner = ownerOf(powers);
  const { reason } = options;
  const said = { v: 1, verb: "force", output, value, for: options.for, owner, reason } as const;
  const answer = await powers.askLocal(here.path, said, askOptions);
  if (!answer.ok) return terminal.fail(failing, answer.fault);
  const until = powers.now() + options.for;
  const undo = `holdfast release ${place} --reason TEXT`;
  if (options.json) {
    terminal.printJson({ node, output, value, owner, reason, until, undo, answer: answer.body });
    return exit.ok;
  }
  terminal.print([
    `${place} is ${quantityText(value, known?.unit ?? quantity.unit)} by hand, as ${powers.user}: ${reason}`,
    `  ends      ${clockTime(until, terminal.scene())} (in ${formatDuration(options.for)}), or when the node restarts; then its loop goes on`,
    "  above it  a kill, interlocks, and its minimum run and rest: holdfast why says which",
    `  undo      ${undo}`,
  ]);
  return exit.ok;
}
