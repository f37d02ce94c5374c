import { splitRange } from "#src/core/control/split-range.ts";
import { type OutputState, runs } from "./output.ts";
import type { ControlPlan } from "./plan.ts";
import type { DrivePlan } from "./plan-drives.ts";
import type { OutputPlan } from "./plan-outputs.ts";

/** In how many steps a split range is searched. */
const steps = 200;

/** The demand of a drive that comes nearest to what its outputs do, or to where they are safe. */
export function demandNow(
  plan: ControlPlan,
  drive: DrivePlan,
  outputs: readonly OutputState[],
): number {
  const rules = drive.outputs.map((place) => plan.outputs[place] as OutputPlan);
  const states = drive.outputs.map((place) => outputs[place] as OutputState);
  if (drive.kind === "staging") {
    const running = states.filter((state, at) => runs(rules[at] as OutputPlan, state)).length;
    return Math.min(1, running / drive.staging.most);
  }
  const values = states.map(({ value }, at) => value ?? (rules[at] as OutputPlan).safe);
  const apart = (demand: number): number =>
    splitRange(drive.parts, demand).reduce((sum, asked, at) => {
      const { min, max } = rules[at] as OutputPlan;
      return sum + Math.abs(asked - (values[at] as number)) / (max - min);
    }, 0);
  let nearest = 0;
  for (let step = 1; step <= steps; step += 1) {
    if (apart(step / steps) < apart(nearest)) nearest = step / steps;
  }
  return nearest;
}
