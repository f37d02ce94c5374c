import { demandNow } from "./demand-now.ts";
import { type Driven, drivenBy, isTaken, valueFor } from "./driven.ts";
import type { LoopState, Request, Surroundings } from "./loop.ts";
import type { DrivePlan } from "./plan-drives.ts";
import type { LoopPlan, PidPlan } from "./plan-loops.ts";
import type { OutputPlan } from "./plan-outputs.ts";
import { isTuning } from "./tuning.ts";

/**
 * What became of what a pid loop asked, so that it never asks further from what is done than its error explains.
 *
 * AP1  Of an output it is the output's value; of a drive, the demand that its outputs show where one of
 *      them that obeys somebody else does not do its part; of an outer loop, the setpoint of its inner loop.
 * AP2  The setpoint of an inner loop that can do no more counts as far as its process value has come.
 * AP3  The controller goes along without a bump where nobody listens to it: while people hold all its
 *      outputs, and with the process value of an inner loop that does not steer.
 */
export interface Applied {
  /** Undefined: what was given out, as far as anybody knows. */
  readonly value: number | undefined;
  readonly goesAlong: boolean;
}

const asGiven: Applied = { value: undefined, goesAlong: false };

export function appliedOf(rule: PidPlan, state: LoopState, around: Surroundings): Applied {
  const { plan, outputs } = around;
  const driven = drivenBy(plan, rule, outputs);
  const goesAlong = driven.length > 0 && driven.every(({ state: { hand } }) => hand !== undefined);
  if (rule.output?.kind === "output") return { value: driven[0]?.state.value, goesAlong };
  if (rule.output?.kind === "drive") {
    const drive = plan.drives[rule.output.drive] as DrivePlan;
    return { value: shownBy(drive, state.request, driven, around), goesAlong };
  }
  return rule.inner === undefined ? asGiven : ledBy(rule.inner, state, around);
}

function shownBy(
  drive: DrivePlan,
  request: Request | undefined,
  driven: readonly Driven[],
  { plan, outputs }: Surroundings,
): number | undefined {
  const asked = request?.value;
  if (asked === undefined) return undefined;
  // Of machines that take turns another one takes the place of one that is held.
  const isHeldBack =
    drive.kind === "staging"
      ? driven.every(({ state }) => isTaken(state))
      : driven.some((one) => isTaken(one.state) && isElsewhere(one, asked));
  return isHeldBack ? demandNow(plan, drive, outputs, asked) : undefined;
}

const isElsewhere = (one: Driven, asked: number): boolean => {
  const due = valueFor(one, asked);
  return Math.abs((one.state.value ?? due) - due) > one.rule.resolution;
};

/** An inner loop and how far it follows. */
function ledBy(place: number, outer: LoopState, around: Surroundings): Applied {
  const { plan, loops, values, outputs } = around;
  const rule = plan.loops[place] as LoopPlan;
  const inner = loops[place] as LoopState;
  if (inner.request === undefined || inner.lastRun === undefined) return asGiven;
  const seen = values[rule.source];
  const process = seen?.usable === true ? seen.value : undefined;
  const driven = drivenBy(plan, rule, outputs);
  const isHeld = driven.length > 0 && driven.every(({ state }) => isTaken(state));
  if (inner.request.value === undefined || isHeld || isTuning(inner)) {
    return { value: process, goesAlong: true };
  }
  if (outer.lastRun === undefined || inner.lastRun < outer.lastRun) return asGiven;
  if (process === undefined || rule.kind === "on-off")
    return { value: inner.setpoint, goesAlong: false };
  const { canRise, canFall } = roomOf(rule, inner, around);
  const highest = canRise ? inner.setpoint : Math.min(inner.setpoint, process);
  return { value: canFall ? highest : Math.max(highest, process), goesAlong: false };
}

/** Whether a loop could still move its process value to either side. */
function roomOf(rule: PidPlan, state: LoopState, around: Surroundings) {
  const asked = state.request?.value as number;
  const done = appliedOf(rule, state, around).value ?? asked;
  const more = asked < rule.high && asked - done <= resolutionOf(rule, around);
  const less = asked > rule.low && done - asked <= resolutionOf(rule, around);
  return rule.action === "reverse"
    ? { canRise: more, canFall: less }
    : { canRise: less, canFall: more };
}

/** What its output may stand beside what was asked without being elsewhere. */
const resolutionOf = ({ output }: PidPlan, { plan }: Surroundings): number =>
  output?.kind === "output" ? (plan.outputs[output.output] as OutputPlan).resolution : 0;
