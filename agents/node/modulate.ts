import { elapsed, type Instant, type Millis } from "#src/base/units.ts";
import { scheduledGain } from "#src/core/control/gain-schedule.ts";
import { type LeadLagState, leadLag, startLeadLag } from "#src/core/control/lead-lag.ts";
import { type Pid, type PidState, pid, track } from "#src/core/control/pid.ts";
import type { Sensed } from "#src/core/control/sensor.ts";
import { appliedOf } from "./applied.ts";
import { demandNow } from "./demand-now.ts";
import type { LoopState, Surroundings } from "./loop.ts";
import type { DrivePlan } from "./plan-drives.ts";
import type { LoopPlan, PidPlan } from "./plan-loops.ts";
import type { OutputPlan } from "./plan-outputs.ts";

/** What a pid loop asks in its turn. */
export function modulate(
  rule: PidPlan,
  place: number,
  next: LoopState,
  value: number,
  around: Surroundings,
): LoopState {
  const { loops, values, now } = around;
  const last = loops[place] as LoopState;
  const { setpoint } = next;
  const tuned = tuning(rule, values);
  const applied = appliedOf(rule, last, around);
  const isFresh =
    last.pid === undefined ||
    last.lastRun === undefined ||
    applied.goesAlong ||
    isFirstSeen(rule, last, values);
  const sinceLast = isFresh ? rule.period : elapsed(last.lastRun as Instant, now);
  const forward = feedForward(rule, last.forward, values, sinceLast);
  const start = applied.value ?? finite(last.request?.value) ?? startOf(rule, around);
  const from = isFresh
    ? track(tuned, setpoint, value, start - forward.output)
    : (last.pid as PidState);
  const at = {
    setpoint,
    value,
    feedForward: forward.output,
    applied: isFresh ? undefined : applied.value,
  };
  const step = pid(tuned, from, at, sinceLast);
  // A controller that lost its numbers begins anew from what its output is.
  const isSound = Number.isFinite(step.output);
  return {
    ...next,
    pid: isSound ? step.state : undefined,
    forward: forward.state,
    request: { value: step.output, cause: { kind: "pid", loop: place, setpoint, value } },
  };
}

function tuning(rule: PidPlan, values: readonly Sensed[]): Pid {
  const { schedule } = rule;
  const at = schedule === undefined ? undefined : values[schedule.source];
  if (schedule === undefined || at === undefined || !at.usable) return rule.pid;
  return { ...rule.pid, ...scheduledGain(schedule.points, at.value) };
}

const finite = (value: number | undefined): number | undefined =>
  value !== undefined && Number.isFinite(value) ? value : undefined;

const noForward = { state: undefined, output: 0 } as const;

/** A disturbance that was never known is not acted on, one that was is as it was (LP4). */
function feedForward(
  { feedForward: rule }: PidPlan,
  state: LeadLagState | undefined,
  values: readonly Sensed[],
  sinceLast: Millis,
): { readonly state: LeadLagState | undefined; readonly output: number } {
  if (rule === undefined) return noForward;
  const seen = values[rule.source];
  const isKnown = seen?.usable === true;
  if (state === undefined && !isKnown) return noForward;
  const from = state ?? startLeadLag(rule, (seen as Sensed).value);
  return leadLag(rule, from, isKnown ? seen.value : from.lagged, sinceLast);
}

/** What a disturbance asks for when it is first known was there before: the integral part gives way to it. */
const isFirstSeen = (
  { feedForward: rule }: PidPlan,
  { forward }: LoopState,
  values: readonly Sensed[],
): boolean => rule !== undefined && forward === undefined && values[rule.source]?.usable === true;

/** Where a controller begins that has asked for nothing yet: from what is there. */
function startOf(rule: PidPlan, { plan, loops, outputs, values }: Surroundings): number {
  if (rule.output?.kind === "output") return (plan.outputs[rule.output.output] as OutputPlan).safe;
  if (rule.output?.kind === "drive") {
    return demandNow(plan, plan.drives[rule.output.drive] as DrivePlan, outputs);
  }
  if (rule.inner === undefined) return rule.low;
  const process = values[(plan.loops[rule.inner] as LoopPlan).source];
  return process?.usable === true ? process.value : (loops[rule.inner] as LoopState).setpoint;
}
