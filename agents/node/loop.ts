import { type Fault, fault } from "#src/base/fault.ts";
import { elapsed, type Instant, type Millis, millis } from "#src/base/units.ts";
import type { Mode } from "#src/contract/messages.ts";
import { type Chosen, chooseSetpoint, type Held } from "#src/core/authority/setpoint.ts";
import { scheduledGain } from "#src/core/control/gain-schedule.ts";
import { type LeadLagState, leadLag, startLeadLag } from "#src/core/control/lead-lag.ts";
import { onOff } from "#src/core/control/on-off.ts";
import { type Pid, type PidState, pid, track } from "#src/core/control/pid.ts";
import { ramp } from "#src/core/control/ramp.ts";
import type { Sensed } from "#src/core/control/sensor.ts";
import { demandNow } from "./demand-now.ts";
import { handOn } from "./hand.ts";
import { type OutputState, runs } from "./output.ts";
import type { ControlPlan } from "./plan.ts";
import type { DrivePlan } from "./plan-drives.ts";
import type { LoopPlan, OnOffPlan, PidPlan } from "./plan-loops.ts";
import type { OutputPlan } from "./plan-outputs.ts";
import type { Cause } from "./reason.ts";
import { drivenBy, isTuning, type Tuning, tuneOn } from "./tuning.ts";

/** One loop from its process value to what it asks of its output, drive or inner loop. */
export interface LoopState {
  readonly override: Held | undefined;
  readonly grant: Held | undefined;
  readonly chosen: Chosen;
  /** The setpoint in force: what was chosen, within its envelope and at its rate. */
  readonly setpoint: number;
  readonly pid: PidState | undefined;
  readonly forward: LeadLagState | undefined;
  /** The last test of its process, if it runs or is over. */
  readonly tuning: Tuning | undefined;
  /** Undefined before its first turn. */
  readonly request: Request | undefined;
  readonly lastRun: Instant | undefined;
  /** Greatest lateness since the last record. */
  readonly lateness: Millis;
}

/** What a loop asks; no value when it may not ask for any. */
export interface Request {
  readonly value: number | undefined;
  readonly cause: Cause;
}

export const startLoop = (loop: LoopPlan): LoopState => ({
  override: undefined,
  grant: undefined,
  chosen: { authority: "default", value: loop.setpoint },
  setpoint: loop.setpoint,
  pid: undefined,
  forward: undefined,
  tuning: undefined,
  request: undefined,
  lastRun: undefined,
  lateness: millis(0),
});

/** What a loop sees when its turn has come; nothing of it changes meanwhile. */
export interface Surroundings {
  readonly plan: ControlPlan;
  readonly loops: readonly LoopState[];
  readonly outputs: readonly OutputState[];
  readonly values: readonly Sensed[];
  readonly mode: Mode;
  readonly now: Instant;
}

export interface Turn {
  readonly loop: LoopState;
  readonly fault: Fault | undefined;
}

export function turn(place: number, lateness: Millis, around: Surroundings): Turn {
  const { plan, loops, values, mode, now } = around;
  const rule = plan.loops[place] as LoopPlan;
  const state = loops[place] as LoopState;
  const { override, grant } = state;
  const setpoint = ownSetpoint(rule, around);
  // In safe mode a loop that says no safe setpoint goes on to follow whom it follows.
  const safeSetpoint = rule.safeSetpoint ?? setpoint;
  const chosen = chooseSetpoint({ override, grant, setpoint, safeSetpoint }, mode, now);
  const next: LoopState = {
    ...state,
    chosen,
    setpoint: inForce(rule, state, chosen, mode, now),
    override: live(override, now),
    grant: live(grant, now),
    lastRun: now,
    lateness: millis(Math.max(state.lateness, lateness)),
  };
  const input = values[rule.source];
  if (isTuning(next)) {
    const tested = test(rule, next, input, around);
    // Also in the turn in which it ends: the output goes back to where it was, and the loop on from there.
    if (isTuning(tested) || input?.usable === true) return { loop: tested, fault: undefined };
    return turn(place, lateness, {
      ...around,
      loops: loops.map((one, at) => (at === place ? tested : one)),
    });
  }
  if (input === undefined || !input.usable) {
    const quality = input === undefined ? "missing" : input.quality;
    return stands(next, { kind: "bad-input", source: rule.source, quality });
  }
  try {
    const loop =
      rule.kind === "on-off"
        ? switchOnOff(rule, next, input.value, around)
        : modulate(rule, state, next, input.value, around);
    const isSound = Number.isFinite(loop.request?.value);
    const met = { loop: rule.name, why: "it gave no number" };
    return { loop, fault: isSound ? undefined : fault("LOOP_FAILED", met) };
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    const met = fault("LOOP_FAILED", { loop: rule.name, why });
    return { ...stands(next, { kind: "loop-failed", loop: place, why }), fault: met };
  }
}

/** The loop's output belongs to the test while that runs; a controller begins anew after it. */
function test(
  rule: LoopPlan,
  next: LoopState,
  input: Sensed | undefined,
  { plan, outputs, now }: Surroundings,
): LoopState {
  const before = next.tuning as Tuning;
  const value = input?.quality === "good" ? input.value : undefined;
  const { tuning, output: asked } = tuneOn(before, drivenBy(plan, rule, outputs), value, now);
  const cause: Cause = { kind: "tuning", owner: tuning.owner, reason: tuning.reason };
  return { ...next, tuning, pid: undefined, request: { value: asked, cause } };
}

/** A loop that may not ask for anything begins anew, from what its output is, when it may again. */
const stands = (next: LoopState, cause: Cause): Turn => ({
  loop: { ...next, pid: undefined, forward: undefined, request: { value: undefined, cause } },
  fault: undefined,
});

const live = (held: Held | undefined, now: Instant): Held | undefined =>
  held !== undefined && now < held.until ? held : undefined;

/** Its own, or that of the signal or the outer loop it follows, while that is good. */
function ownSetpoint(rule: LoopPlan, { loops, values }: Surroundings): number {
  const { follow } = rule;
  if (follow === undefined) return rule.setpoint;
  const signal = follow.kind === "signal" ? values[follow.source] : undefined;
  const led =
    follow.kind === "loop"
      ? loops[follow.loop]?.request?.value
      : signal?.usable
        ? signal.value
        : undefined;
  if (led === undefined || !Number.isFinite(led)) return rule.setpoint;
  return Math.min(rule.max, Math.max(rule.min, led));
}

/** A person at the node may go beyond the envelope, nobody beyond the bounds. */
function inForce(
  rule: LoopPlan,
  state: LoopState,
  chosen: Chosen,
  mode: Mode,
  now: Instant,
): number {
  const { envelope, setpointRate } = rule;
  const isAlone = mode === "autonomous" || mode === "safe";
  const wanted =
    envelope === undefined || !isAlone || chosen.authority === "override"
      ? chosen.value
      : Math.min(envelope[1], Math.max(envelope[0], chosen.value));
  if (setpointRate === undefined || state.lastRun === undefined) return wanted;
  return ramp(setpointRate, state.setpoint, wanted, elapsed(state.lastRun, now));
}

function switchOnOff(
  rule: OnOffPlan,
  next: LoopState,
  value: number,
  around: Surroundings,
): LoopState {
  const was = isOn(rule, next, around);
  const on = onOff(rule, next.setpoint, value, was);
  const { deadband } = rule;
  return {
    ...next,
    request: {
      value: on ? rule.high : rule.low,
      cause: { kind: "on-off", deadband, setpoint: next.setpoint, value, on, was },
    },
  };
}

/** Whether its output runs; of a drive, whether it asked for it. */
function isOn(rule: OnOffPlan, { request }: LoopState, { plan, outputs }: Surroundings): boolean {
  if (rule.output?.kind === "output") {
    const at = rule.output.output;
    return runs(plan.outputs[at] as OutputPlan, outputs[at] as OutputState);
  }
  return request?.value !== undefined && request.value > (rule.low + rule.high) / 2;
}

function modulate(
  rule: PidPlan,
  last: LoopState,
  next: LoopState,
  value: number,
  around: Surroundings,
): LoopState {
  const { values, now } = around;
  const { setpoint } = next;
  const tuned = tuning(rule, values);
  const isFresh = last.pid === undefined || last.lastRun === undefined || isByHand(rule, around);
  const sinceLast = isFresh ? rule.period : elapsed(last.lastRun, now);
  const forward = feedForward(rule, last.forward, values, sinceLast);
  const applied = appliedOf(rule, around);
  const from = isFresh
    ? track(
        tuned,
        setpoint,
        value,
        (applied ?? last.request?.value ?? startOf(rule, around)) - forward.output,
      )
    : (last.pid as PidState);
  const at = {
    setpoint,
    value,
    feedForward: forward.output,
    applied: isFresh ? undefined : applied,
  };
  const step = pid(tuned, from, at, sinceLast);
  // A controller that lost its numbers begins anew from what its output is.
  const isSound = Number.isFinite(step.output);
  return {
    ...next,
    pid: isSound ? step.state : undefined,
    forward: forward.state,
    request: { value: step.output, cause: { kind: "pid", setpoint, value } },
  };
}

function tuning(rule: PidPlan, values: readonly Sensed[]): Pid {
  const { schedule } = rule;
  const at = schedule === undefined ? undefined : values[schedule.source];
  if (schedule === undefined || at === undefined || !at.usable) return rule.pid;
  return { ...rule.pid, ...scheduledGain(schedule.points, at.value) };
}

const noForward = { state: undefined, output: 0 } as const;

/** A disturbance that is not known is not acted on. */
function feedForward(
  rule: PidPlan,
  state: LeadLagState | undefined,
  values: readonly Sensed[],
  sinceLast: Millis,
): { readonly state: LeadLagState | undefined; readonly output: number } {
  if (rule.feedForward === undefined) return noForward;
  const seen = values[rule.feedForward.source];
  if (seen === undefined || !seen.usable) return noForward;
  const from = state ?? startLeadLag(rule.feedForward, seen.value);
  return leadLag(rule.feedForward, from, seen.value, sinceLast);
}

/**
 * What became of its last request, against windup: its output's value; for an outer loop the setpoint
 * that its inner loop followed, or where that loop's process is while it can do no more.
 */
function appliedOf(rule: PidPlan, around: Surroundings): number | undefined {
  const { plan, loops, outputs, values } = around;
  if (rule.output?.kind === "output") return outputs[rule.output.output]?.value;
  if (rule.inner === undefined) return undefined;
  const innerRule = plan.loops[rule.inner] as LoopPlan;
  const inner = loops[rule.inner] as LoopState;
  if (inner.request?.value === undefined) return undefined;
  if (inner.chosen.authority !== "default") return inner.setpoint;
  const { value } = inner.request;
  const isSaturated = value <= innerRule.low || value >= innerRule.high;
  return isSaturated ? values[innerRule.source]?.value : undefined;
}

/** Its output follows a person: the controller goes along, to take over without a bump (HA3). */
const isByHand = ({ output }: PidPlan, { outputs, now }: Surroundings): boolean => {
  const driven = output?.kind === "output" ? outputs[output.output] : undefined;
  return driven !== undefined && handOn(driven, now) !== undefined;
};

/** Where a controller begins that has asked for nothing yet. */
function startOf(rule: PidPlan, { plan, loops, outputs }: Surroundings): number {
  if (rule.output?.kind === "output") return (plan.outputs[rule.output.output] as OutputPlan).safe;
  if (rule.output?.kind === "drive") {
    return demandNow(plan, plan.drives[rule.output.drive] as DrivePlan, outputs);
  }
  const inner = rule.inner === undefined ? undefined : loops[rule.inner];
  return inner?.setpoint ?? rule.low;
}
