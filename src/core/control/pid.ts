import { invariant } from "#src/base/assert.ts";
import type { Millis } from "#src/base/units.ts";
import type { Action } from "./on-off.ts";

/**
 * PID controller with two degrees of freedom in the standard form, u = Kc·(b·r − y) + I + D + feed
 * forward, after Åström and Hägglund, "Advanced PID Control" (2006), with the derivative on the process
 * value behind a filter of Td/10, and back-calculation against windup.
 *
 * PID1  The result is always within min … max.
 * PID2  `track` makes the next step continue from a given output without a bump. Only a controller
 *       without an integral part has no past: the same setpoint and value always give the same output.
 * PID3  A step of the setpoint by Δr moves the output by Kc·b·Δr in that step, without derivative kick.
 * PID4  What was applied instead of what was asked is taken over by the integral part within the
 *       tracking time: √(Ti·Td), or Ti without a derivative.
 * PID5  Other parameters from one step to the next move the output by nothing of their own.
 */
export interface Pid {
  readonly action: Action;
  /** Kc, output units per input unit, above 0. */
  readonly gain: number;
  /** Undefined: no integral part. */
  readonly integralTime: Millis | undefined;
  /** 0: no derivative part. */
  readonly derivativeTime: Millis;
  /** b, 0 … 1. */
  readonly setpointWeight: number;
  readonly period: Millis;
  readonly min: number;
  readonly max: number;
}

export interface PidState {
  /** The integral part, in output units. */
  readonly integral: number;
  /** The derivative part, in output units. */
  readonly derivative: number;
  /** The process value, turned so that more of it wants less output. */
  readonly value: number;
  /** What was last asked for, before it was kept within min … max. */
  readonly wanted: number;
  /** The proportional part's gain and weight, to carry over when they change. */
  readonly gain: number;
  readonly weight: number;
  readonly setpoint: number;
}

export interface PidInput {
  readonly setpoint: number;
  readonly value: number;
  /** In output units, added before saturation. */
  readonly feedForward: number;
  /** What the output really was since the last step; undefined: what was given out. */
  readonly applied: number | undefined;
}

const filter = 10;

/** The state from which the same setpoint and value give `output` (PID2). */
export function track(rule: Pid, setpoint: number, value: number, output: number): PidState {
  const [r, y] = turned(rule, setpoint, value);
  const { gain, setpointWeight: weight } = rule;
  const integral = output - gain * (weight * r - y);
  return { integral, derivative: 0, value: y, wanted: output, gain, weight, setpoint: r };
}

export function pid(
  rule: Pid,
  state: PidState,
  { setpoint, value, feedForward, applied }: PidInput,
  sinceLast: Millis,
): { readonly state: PidState; readonly output: number } {
  invariant(rule.min < rule.max, "a controller has room to move");
  const [r, y] = turned(rule, setpoint, value);
  const { gain, setpointWeight: weight, integralTime, derivativeTime, min, max } = rule;
  // A missed cycle is skipped, not made up for: the integral counts at most five periods. A turn that
  // a new value brought about may follow closely, and counts for as little as it lasted.
  const h = Math.max(0, Math.min(5 * rule.period, sinceLast));
  const given = Math.min(max, Math.max(min, state.wanted));
  const lost = (applied ?? given) - state.wanted;
  // What counts for this step is known: an integral part that moved in it would bump (PID2, PID3).
  const integral =
    integralTime === undefined ? 0 : carryOver(state, gain, weight) + lost * trackingShare(rule, h);
  const smooth = derivativeTime / filter;
  const derivative =
    derivativeTime === 0
      ? 0
      : (smooth * state.derivative - gain * derivativeTime * (y - state.value)) /
        (smooth + Math.max(0, sinceLast));
  const wanted = gain * (weight * r - y) + integral + derivative + feedForward;
  const output = Math.min(max, Math.max(min, wanted));
  const next = integralTime === undefined ? 0 : integral + (gain * (r - y) * h) / integralTime;
  return {
    state: { integral: next, derivative, value: y, wanted, gain, weight, setpoint: r },
    output,
  };
}

/** The integral part that keeps the output where it was although the proportional gain changed. */
function carryOver(state: PidState, gain: number, weight: number): number {
  if (gain === state.gain && weight === state.weight) return state.integral;
  const before = state.gain * (state.weight * state.setpoint - state.value);
  return state.integral + before - gain * (weight * state.setpoint - state.value);
}

function trackingShare({ integralTime, derivativeTime }: Pid, h: number): number {
  if (integralTime === undefined) return 0;
  const time = derivativeTime === 0 ? integralTime : Math.sqrt(integralTime * derivativeTime);
  return Math.min(1, h / time);
}

/** More output lowers the process value of a direct action: its signs are turned. */
const turned = ({ action }: Pid, setpoint: number, value: number): readonly [number, number] =>
  action === "direct" ? [-setpoint, -value] : [setpoint, value];
