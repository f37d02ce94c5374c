import { type Fault, fault } from "#src/base/fault.ts";
import { after, elapsed, type Instant, type Millis, millis } from "#src/base/units.ts";
import { limits } from "#src/contract/limits.ts";
import type { Mode } from "#src/contract/messages.ts";
import { isAlone } from "#src/core/authority/mode.ts";
import { type Chosen, chooseSetpoint, type Held } from "#src/core/authority/setpoint.ts";
import type { LeadLagState } from "#src/core/control/lead-lag.ts";
import type { PidState } from "#src/core/control/pid.ts";
import { ramp } from "#src/core/control/ramp.ts";
import type { Sensed } from "#src/core/control/sensor.ts";
import { drivenBy } from "./driven.ts";
import { modulate } from "./modulate.ts";
import type { OutputState } from "./output.ts";
import type { ControlPlan } from "./plan.ts";
import type { LoopPlan } from "./plan-loops.ts";
import type { Cause } from "./reason.ts";
import { switchOnOff } from "./switch-on-off.ts";
import { isTuning, type Tuning, tuneOn } from "./tuning.ts";

/**
 * One loop from its process value to what it asks of its output, drive or inner loop.
 *
 * LP1  It has its turn each period, and at once when its input becomes usable or stops to be, when the
 *      setpoint that somebody gave it begins or ends, and when the mode changes.
 * LP2  A program that has just started waits for a loop's first value before it calls it missing; until
 *      then the loop asks for nothing, and its output stays as its device has it.
 * LP3  A setpoint with a rate begins where the process value is: after a restart, and after a failed input.
 * LP4  A disturbance that is not known any more is taken as it was last seen.
 */
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
  /** When it gives up to wait for its first value. */
  readonly waitsUntil: Instant;
  /** Something that concerns its setpoint changed since its last turn. */
  readonly isCalled: boolean;
  /** Greatest lateness since the last record. */
  readonly lateness: Millis;
}

/** What a loop asks; no value when it may not ask for any. */
export interface Request {
  readonly value: number | undefined;
  readonly cause: Cause;
}

export const startLoop = (loop: LoopPlan, now: Instant): LoopState => ({
  override: undefined,
  grant: undefined,
  chosen: { authority: "default", value: loop.setpoint },
  setpoint: loop.setpoint,
  pid: undefined,
  forward: undefined,
  tuning: undefined,
  request: undefined,
  lastRun: undefined,
  waitsUntil: after(now, limits.firstValues),
  isCalled: false,
  lateness: millis(0),
});

/** Whether it cannot wait for its next turn (LP1). */
export function isUrgent(loop: LoopState, input: Sensed | undefined, now: Instant): boolean {
  const { request, override, grant } = loop;
  const isOver = (held: Held | undefined) => held !== undefined && now >= held.until;
  if (loop.isCalled || isOver(override) || isOver(grant)) return true;
  const isUsable = input?.usable === true;
  if (request === undefined) return isUsable || now >= loop.waitsUntil;
  if (request.value !== undefined) return !isUsable;
  return isUsable && request.cause.kind === "bad-input";
}

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
  const input = values[rule.source];
  const next: LoopState = {
    override: live(override, now),
    grant: live(grant, now),
    chosen,
    setpoint: inForce(rule, state, chosen, input, around),
    pid: state.pid,
    forward: state.forward,
    tuning: state.tuning,
    request: state.request,
    lastRun: now,
    waitsUntil: state.waitsUntil,
    isCalled: false,
    lateness: millis(Math.max(state.lateness, lateness)),
  };
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
    if (state.request === undefined && now < state.waitsUntil)
      return { loop: next, fault: undefined };
    const quality = input === undefined ? "missing" : input.quality;
    return stands(next, { kind: "bad-input", source: rule.source, quality });
  }
  try {
    const loop =
      rule.kind === "on-off"
        ? switchOnOff(rule, place, next, input.value, around)
        : modulate(rule, place, next, input.value, around);
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
export function ownSetpoint(
  rule: LoopPlan,
  { loops, values }: Pick<Surroundings, "loops" | "values">,
): number {
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
  input: Sensed | undefined,
  { mode, now }: Surroundings,
): number {
  const { envelope, setpointRate } = rule;
  const [least, most] =
    envelope === undefined || !isAlone(mode) || chosen.authority === "override"
      ? [rule.min, rule.max]
      : envelope;
  const wanted = Math.min(most, Math.max(least, chosen.value));
  if (setpointRate === undefined) return wanted;
  if (state.request?.value === undefined && input?.usable === true) {
    return Math.min(most, Math.max(least, input.value));
  }
  if (state.lastRun === undefined) return wanted;
  return ramp(setpointRate, state.setpoint, wanted, elapsed(state.lastRun, now));
}
