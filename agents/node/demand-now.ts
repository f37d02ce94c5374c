import { type SplitPart, splitRange } from "#src/core/control/split-range.ts";
import { type OutputState, runs } from "./output.ts";
import type { ControlPlan } from "./plan.ts";
import type { DrivePlan } from "./plan-drives.ts";
import type { OutputPlan } from "./plan-outputs.ts";

/**
 * The demand of a drive that comes nearest to what its outputs do, or to where they are safe; where
 * several come as near, `asked` if it is among them, else the least.
 */
export function demandNow(
  plan: ControlPlan,
  drive: DrivePlan,
  outputs: readonly OutputState[],
  asked?: number,
): number {
  const rules = drive.outputs.map((place) => plan.outputs[place] as OutputPlan);
  const states = drive.outputs.map((place) => outputs[place] as OutputState);
  if (drive.kind === "staging") {
    const running = states.filter((state, at) => runs(rules[at] as OutputPlan, state)).length;
    return Math.min(1, running / drive.staging.most);
  }
  const values = states.map(({ value }, at) => value ?? (rules[at] as OutputPlan).safe);
  const apart = (demand: number): number =>
    splitRange(drive.parts, demand).reduce((sum, wanted, at) => {
      const { min, max } = rules[at] as OutputPlan;
      return sum + Math.abs(wanted - (values[at] as number)) / (max - min);
    }, 0);
  // It is least at an end of a part, or where a part gives its output's value.
  const corners = drive.parts.flatMap((part, at) => [
    part.from,
    part.to,
    demandFor(part, values[at] as number),
  ]);
  const candidates = [0, 1, ...corners].filter((demand) => demand >= 0 && demand <= 1);
  let nearest = asked ?? Math.min(...candidates);
  for (const demand of candidates.sort((one, other) => one - other)) {
    if (apart(demand) < apart(nearest) - rounding) nearest = demand;
  }
  return nearest;
}

const rounding = 1e-9;

const demandFor = ({ from, to, low, high }: SplitPart, value: number): number =>
  low === high ? from : from + ((value - low) / (high - low)) * (to - from);
