import { invariant } from "#src/base/assert.ts";
import type { Millis } from "#src/base/units.ts";
import type { Action } from "./on-off.ts";

/**
 * PI controller in the standard form, u = Kc·(e + ∫e/Ti), after Åström and Hägglund, "Advanced PID
 * Control" (2006), with back-calculation against windup (Tt = Ti).
 *
 * PI1  The result is always within min … max.
 * PI2  `track` makes the next step continue from a given output without a bump.
 */
export interface Pi {
  readonly action: Action;
  /** Kc, output units per input unit, above 0. */
  readonly gain: number;
  readonly integralTime: Millis;
  readonly period: Millis;
  readonly min: number;
  readonly max: number;
}

export interface PiState {
  /** The integral part, in output units. */
  readonly integral: number;
}

/** The state from which an error of `setpoint` and `value` gives `output` (PI2). */
export function track(rule: Pi, setpoint: number, value: number, output: number): PiState {
  return { integral: output - rule.gain * errorOf(rule, setpoint, value) };
}

export function pi(
  rule: Pi,
  state: PiState,
  setpoint: number,
  value: number,
  sinceLast: Millis,
): { readonly state: PiState; readonly output: number } {
  invariant(rule.min < rule.max, "a controller has room to move");
  const error = errorOf(rule, setpoint, value);
  // A missed cycle is skipped, not made up for: the step counts for at most five periods.
  const h = Math.min(5, Math.max(0.2, sinceLast / rule.period)) * rule.period;
  const share = Math.min(1, h / rule.integralTime);
  const integral = state.integral + rule.gain * error * (h / rule.integralTime);
  const wanted = rule.gain * error + integral;
  const output = Math.min(rule.max, Math.max(rule.min, wanted));
  return { state: { integral: integral + share * (output - wanted) }, output };
}

const errorOf = (rule: Pi, setpoint: number, value: number): number =>
  rule.action === "direct" ? value - setpoint : setpoint - value;
