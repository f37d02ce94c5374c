import { type SplitPart, splitRange } from "#src/core/control/split-range.ts";
import type { OutputState } from "./output.ts";
import type { ControlPlan } from "./plan.ts";
import type { LoopPlan } from "./plan-loops.ts";
import type { OutputPlan } from "./plan-outputs.ts";

/** An output that a loop moves. */
export interface Driven {
  readonly rule: OutputPlan;
  readonly state: OutputState;
  /** Of a split range; undefined: it takes the loop's value itself. */
  readonly part: SplitPart | undefined;
}

/** Its own output, or those of its drive. */
export function drivenBy(
  plan: ControlPlan,
  { output }: LoopPlan,
  outputs: readonly OutputState[],
): readonly Driven[] {
  if (output === undefined) return [];
  const drive = output.kind === "drive" ? plan.drives[output.drive] : undefined;
  const parts = drive?.kind === "split-range" ? drive.parts : [];
  const places = output.kind === "output" ? [output.output] : (drive?.outputs ?? []);
  return places.map((place, at) => ({
    rule: plan.outputs[place] as OutputPlan,
    state: outputs[place] as OutputState,
    part: parts[at],
  }));
}

export const valueFor = ({ part }: Pick<Driven, "part">, asked: number): number =>
  part === undefined ? asked : (splitRange([part], asked)[0] as number);

/** Somebody stronger has it, or another person. */
export const isTaken = ({ authority, hand }: OutputState): boolean =>
  hand !== undefined ||
  authority === "kill" ||
  authority === "interlock" ||
  authority === "safe-state";
