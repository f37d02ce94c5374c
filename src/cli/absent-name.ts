import { type Fault, fault } from "#src/base/fault.ts";
import type { ControlStatus } from "#src/contract/query.ts";
import { suggest } from "#src/contract/suggest.ts";

/** A name that the node has not, by its own word; undefined where its word is not known here. */

type Control = ControlStatus | null | undefined;

export function absentLoop(control: Control, loop: string): Fault | undefined {
  const known = control?.loops.map((one) => one.loop);
  if (known === undefined || known.includes(loop)) return undefined;
  const near = suggest(loop, known);
  const meant = near === undefined ? "" : `did you mean ${near}? `;
  const remedy = known.length === 0 ? "it has no loops" : `${meant}there is ${known.join(", ")}`;
  return { ...fault("SETPOINT_UNKNOWN_LOOP", { loop }), remedy };
}

export function absentOutput(control: Control, output: string): Fault | undefined {
  const known = control?.outputs.map((one) => one.output);
  if (known === undefined || known.includes(output)) return undefined;
  return fault("OUTPUT_UNKNOWN", { output, known: known.join(", ") });
}
