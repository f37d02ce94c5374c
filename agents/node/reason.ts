import { elapsed, type Instant, type Millis, seconds } from "#src/base/units.ts";
import type { Quality } from "#src/contract/messages.ts";
import { formatDuration } from "#src/contract/quantity.ts";
import type { Kill } from "#src/contract/safety-memory.ts";
import type { Held } from "#src/core/authority/setpoint.ts";
import type { Permit } from "#src/core/safety/run-times.ts";
import type { ControlPlan } from "./plan.ts";
import type { LoopPlan } from "./plan-loops.ts";
import type { OutputPlan } from "./plan-outputs.ts";

/**
 * Why an output is what it is, as data: it is put into words only when somebody asks, which is far
 * more seldom than a cycle.
 */
export type Cause =
  | { readonly kind: "started" }
  | { readonly kind: "agent-failed" }
  | { readonly kind: "no-loop" }
  | {
      readonly kind: "on-off";
      readonly loop: number;
      readonly deadband: number;
      readonly setpoint: number;
      readonly value: number;
      readonly on: boolean;
      readonly was: boolean;
    }
  | {
      readonly kind: "pid";
      readonly loop: number;
      readonly setpoint: number;
      readonly value: number;
    }
  | { readonly kind: "taken-over" }
  | { readonly kind: "staged"; readonly why: string; readonly of: Cause }
  | { readonly kind: "bad-input"; readonly source: number; readonly quality: Quality | "missing" }
  | { readonly kind: "loop-failed"; readonly loop: number; readonly why: string }
  | { readonly kind: "tuning"; readonly owner: string; readonly reason: string }
  | { readonly kind: "follows"; readonly source: number }
  | { readonly kind: "hand"; readonly hand: Held }
  | { readonly kind: "partition" }
  | { readonly kind: "kill"; readonly kill: Kill }
  | { readonly kind: "interlock"; readonly interlock: number; readonly isBlind: boolean };

export interface Reason {
  readonly cause: Cause;
  /** What was asked lay outside the bounds. */
  readonly isBounded: boolean;
  /** What was asked is no number. */
  readonly isBroken: boolean;
  readonly held: Permit["held"];
  /** On its way to what was asked, at the output's own rate. */
  readonly isRamping: boolean;
}

export const plainly = (cause: Cause): Reason => ({
  cause,
  isBounded: false,
  isBroken: false,
  held: undefined,
  isRamping: false,
});

export function sayReason(
  plan: ControlPlan,
  rule: OutputPlan,
  reason: Reason,
  now: Instant,
): string {
  const { cause, isBounded, isBroken, isRamping, held } = reason;
  const why = isBroken ? "its loop gave no number" : sayCause(plan, cause, now);
  const bounded = isBounded ? `, kept within ${rule.min} … ${rule.max}` : "";
  const ramping = isRamping ? `; moves by ${rule.rate} a second` : "";
  return why + bounded + ramping + sayHeld(held, now);
}

export function sayCause(plan: ControlPlan, cause: Cause, now: Instant): string {
  switch (cause.kind) {
    case "started":
      return "just started";
    case "agent-failed":
      return "the control agent failed";
    case "no-loop":
      return "no loop drives it";
    case "on-off":
      return sayOnOff(cause);
    case "pid": {
      const unit = sourceUnit(plan, plan.loops[cause.loop]?.source ?? -1);
      return `steers ${short(cause.value)} to ${quantity(short(cause.setpoint), unit)}`;
    }
    case "taken-over":
      return "taken over from its device";
    case "staged":
      return `${cause.why}; ${sayCause(plan, cause.of, now)}`;
    case "bad-input":
      return `${sourceName(plan, cause.source)} is ${cause.quality}`;
    case "loop-failed":
      return `loop ${plan.loops[cause.loop]?.name} failed: ${cause.why}`;
    case "kill":
      return `killed by ${cause.kill.owner}: ${cause.kill.reason}`;
    case "tuning":
      return `swings its process for a test by ${cause.owner}: ${cause.reason}`;
    case "follows":
      return `follows ${sourceName(plan, cause.source)}`;
    case "hand":
      return sayHand(cause.hand, now);
    case "partition":
      return "the region is silent, and the output is not to go on without it";
    case "interlock":
      return `interlock ${plan.interlocks[cause.interlock]?.name} ${cause.isBlind ? "tripped: a value it needs is not good" : "tripped"}`;
  }
}

/** The loop whose request it is. */
export function loopOf(cause: Cause): number | undefined {
  switch (cause.kind) {
    case "on-off":
    case "pid":
    case "loop-failed":
      return cause.loop;
    case "staged":
      return loopOf(cause.of);
    default:
      return undefined;
  }
}

/** Whose setpoint a loop follows when nobody gave it one. */
export function whose(plan: ControlPlan, { follow }: LoopPlan): string {
  if (follow === undefined) return "its own";
  return follow.kind === "loop"
    ? `loop ${plan.loops[follow.loop]?.name}'s`
    : `${sourceName(plan, follow.source)}'s`;
}

export const sourceUnit = (plan: ControlPlan, source: number): string | null =>
  (plan.inputs[source] ?? plan.signals[source - plan.inputs.length])?.unit ?? null;

export const quantity = (value: number, unit: string | null): string =>
  unit === null ? `${value}` : `${value} ${unit}`;

export const sourceName = (plan: ControlPlan, source: number): string =>
  plan.inputs[source]?.name ?? plan.signals[source - plan.inputs.length]?.name ?? "?";

function sayOnOff(cause: Extract<Cause, { kind: "on-off" }>): string {
  const { deadband, setpoint, value, on, was } = cause;
  const side = value > setpoint ? "above" : "below";
  const [pv, sp, half] = [short(value), short(setpoint), short(deadband / 2)];
  if (on !== was) return `${pv} is ${side} ${sp} by more than ${half}`;
  return Math.abs(value - setpoint) <= deadband / 2
    ? `${pv} is within ${half} of ${sp}: left ${on ? "on" : "off"}`
    : `${pv} is still ${side} ${sp}`;
}

const sayHand = ({ owner, reason, until }: Held, now: Instant): string =>
  `by hand of ${owner}: ${reason}, for ${formatDuration(roundUp(elapsed(now, until)))} more`;

/** To whole seconds. */
const roundUp = (length: Millis): Millis => seconds(Math.max(0, Math.ceil(length / 1_000)));

/** Six digits are more than any sensor has. */
const short = (value: number): number => Number(value.toPrecision(6));

function sayHeld(held: Permit["held"], now: Instant): string {
  if (held === undefined) return "";
  const rest = Math.max(0, Math.ceil(elapsed(now, held.until) / 1_000));
  return held.rule === "minOn"
    ? `; runs ${rest} s more (minOn)`
    : `; rests ${rest} s more (${held.rule})`;
}
