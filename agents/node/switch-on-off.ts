import { onOff } from "#src/core/control/on-off.ts";
import { demandNow } from "./demand-now.ts";
import { isTaken } from "./driven.ts";
import type { LoopState, Surroundings } from "./loop.ts";
import { type OutputState, runs } from "./output.ts";
import type { DrivePlan } from "./plan-drives.ts";
import type { OnOffPlan } from "./plan-loops.ts";
import type { OutputPlan } from "./plan-outputs.ts";

/** What an on-off loop asks in its turn. */
export function switchOnOff(
  rule: OnOffPlan,
  place: number,
  next: LoopState,
  value: number,
  around: Surroundings,
): LoopState {
  const was = wasOn(rule, around.loops[place] as LoopState, around);
  const on = onOff(rule, next.setpoint, value, was);
  const { deadband } = rule;
  return {
    ...next,
    request: {
      value: on ? rule.high : rule.low,
      cause: { kind: "on-off", loop: place, deadband, setpoint: next.setpoint, value, on, was },
    },
  };
}

/** On which side of its band it was: what it asked while that was its own to say, else what its output does. */
function wasOn(
  rule: OnOffPlan,
  { request, lastRun }: LoopState,
  { plan, outputs }: Surroundings,
): boolean {
  const middle = (rule.low + rule.high) / 2;
  const asked = request?.value;
  if (rule.output?.kind === "output") {
    const output = outputs[rule.output.output] as OutputState;
    const { adoptedAt } = output;
    const isMoved = adoptedAt !== undefined && lastRun !== undefined && adoptedAt > lastRun;
    if (asked === undefined || isMoved || isTaken(output)) {
      return runs(plan.outputs[rule.output.output] as OutputPlan, output);
    }
  } else if (rule.output?.kind === "drive" && asked === undefined) {
    const drive = plan.drives[rule.output.drive] as DrivePlan;
    return demandNow(plan, drive, outputs) > middle;
  }
  return asked !== undefined && asked > middle;
}
