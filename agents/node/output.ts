import { fault } from "#src/base/fault.ts";
import { after, elapsed, type Instant, type Millis } from "#src/base/units.ts";
import type { Reading } from "#src/contract/image.ts";
import type { Authority } from "#src/contract/query.ts";
import type { Held } from "#src/core/authority/setpoint.ts";
import { type Claim, solve } from "#src/core/authority/solve.ts";
import { firstOrder, isExplained, type Orders, withOrder } from "#src/core/control/orders.ts";
import { ramp } from "#src/core/control/ramp.ts";
import type { ControlEffect } from "#src/core/control-io.ts";
import { type Permit, permitRun, withStart } from "#src/core/safety/run-times.ts";
import type { Entered } from "#src/core/safety/safe-state.ts";
import type { OutputPlan } from "./plan-outputs.ts";
import { type Cause, plainly, type Reason } from "./reason.ts";

export interface OutputState {
  /** What was last ordered, or adopted from the device; undefined before either. */
  readonly value: number | undefined;
  readonly since: Instant;
  /** Since when its machine runs, or stands; from then its run times count. */
  readonly switchedAt: Instant;
  /** Undefined: it must be said at once, for nobody fed the device's watchdog meanwhile. */
  readonly writtenAt: Instant | undefined;
  /** When another value was last ordered: what reads back until then may be older. */
  readonly orderedAt: Instant | undefined;
  readonly authority: Authority;
  readonly reason: Reason;
  /** When the device was last heard, to know that it was away. */
  readonly heardAt: Instant | undefined;
  /** When its value was last taken over from the device. */
  readonly adoptedAt: Instant | undefined;
  /** The device still said that the machine had not switched after it was ordered to. */
  readonly lags: boolean;
  /** What was ordered of late, or taken over from a device that was away. */
  readonly orders: Orders | undefined;
  /** Since when its device has said what no order explains, and whether that was told. */
  readonly defied: { readonly since: Instant; readonly isTold: boolean } | undefined;
  /** Which safe state it is in, and since when. */
  readonly entered: Entered | undefined;
  /** What a person ordered in place of its loop. */
  readonly hand: Held | undefined;
  readonly decidedAt: Instant;
  readonly starts: readonly Instant[];
}

export const startOutput = (now: Instant): OutputState => ({
  value: undefined,
  since: now,
  switchedAt: now,
  writtenAt: undefined,
  orderedAt: undefined,
  authority: "safe-state",
  reason: plainly({ kind: "started" }),
  heardAt: undefined,
  adoptedAt: undefined,
  lags: false,
  orders: undefined,
  defied: undefined,
  entered: undefined,
  hand: undefined,
  decidedAt: now,
  starts: [],
});

const takenOver = plainly({ kind: "taken-over" });

/** Its safe value was ordered right now: what the device said before is no news (RT1). */
export const failedOutput = (rule: OutputPlan, now: Instant): OutputState => ({
  ...startOutput(now),
  value: rule.safe,
  writtenAt: now,
  orderedAt: now,
  orders: firstOrder(rule.safe, now),
  reason: plainly({ kind: "agent-failed" }),
  heardAt: now,
});

/**
 * Takes over what the device says of its output where that differs from what was ordered long
 * enough ago: the device restarted, or somebody moved it by hand. Where it says something for the
 * first time, or after a silence, nothing that was ordered before has reached it (D4). Run times count
 * from now where the machine switched, or was out of sight, for nobody knows when it happened: also
 * where it does by itself, or late, what it was told meanwhile.
 */
export function adopt(
  rule: OutputPlan | undefined,
  output: OutputState,
  reading: Reading | undefined,
  now: Instant,
): OutputState {
  if (
    rule === undefined ||
    reading === undefined ||
    reading.quality !== "good" ||
    !Number.isFinite(reading.value) ||
    (output.heardAt !== undefined && reading.at <= output.heardAt)
  ) {
    return output;
  }
  const wasAway = output.heardAt === undefined || elapsed(output.heardAt, reading.at) > rule.settle;
  const { orders, defied } = compare(rule, output, reading, wasAway, now);
  const heard = { ...output, orders, defied, heardAt: reading.at };
  const settled =
    wasAway || output.orderedAt === undefined || reading.at >= after(output.orderedAt, rule.settle);
  const differs =
    output.value === undefined || Math.abs(reading.value - output.value) > rule.resolution;
  const switched = differs && runs(rule, reading) !== runs(rule, output);
  if (differs && settled) {
    return {
      ...heard,
      value: reading.value,
      since: now,
      reason: takenOver,
      switchedAt: wasAway || switched ? now : output.switchedAt,
      writtenAt: wasAway ? undefined : output.writtenAt,
      orderedAt: undefined,
      adoptedAt: now,
      lags: false,
    };
  }
  if (switched) {
    const lags = output.orderedAt !== undefined && reading.at > output.orderedAt;
    return lags ? { ...heard, lags } : heard;
  }
  const isNews = output.heardAt === undefined || output.switchedAt > output.heardAt;
  return output.lags || (wasAway && isNews)
    ? { ...heard, since: now, switchedAt: now, lags: false }
    : heard;
}

/**
 * Whether it does what it was told. A value that moves with each turn of its loop is never taken over, as
 * the device always had too little time for the last order; but it lies among those of late, or defies them.
 */
function compare(
  rule: OutputPlan,
  { orders, defied }: OutputState,
  reading: Reading,
  wasAway: boolean,
  now: Instant,
): Pick<OutputState, "orders" | "defied"> {
  if (wasAway || orders === undefined) {
    return { orders: firstOrder(reading.value, now), defied: undefined };
  }
  return isExplained(orders, reading, rule.settle, rule.resolution)
    ? { orders, defied: undefined }
    : { orders, defied: defied ?? { since: now, isTold: false } };
}

const none: readonly ControlEffect[] = [];

export interface Ordered {
  readonly output: OutputState;
  readonly effects: readonly ControlEffect[];
}

/**
 * Who is strongest decides; then bounds, rate and run times: nothing passes around them (C1, RT1).
 *
 * OR1  Every value that is ordered lies within the bounds, also on the way back from beyond them.
 * OR2  But for safety it moves at most by `rate` since it was last decided on, or taken over from the
 *      device, from where it stood then, or from the bound beyond which it stood.
 * OR3  A machine runs when its output is beyond the middle of its bounds. While it may not start or stop
 *      an output that is asked to cross the middle stays where it is, and does not set out for there.
 */
export function order(
  rule: OutputPlan,
  place: number,
  output: OutputState,
  claims: readonly Claim<Cause>[],
  now: Instant,
): Ordered {
  const solved = solve(rule, claims);
  const toSafe = isSafety(solved.authority);
  const wanted = onlyOnOff(rule, solved.value);
  const moved =
    toSafe || rule.rate === undefined || output.value === undefined
      ? wanted
      : ramp(rule.rate, within(rule, output.value), wanted, sinceMoved(output, now));
  const held = heldBy(rule, output, wanted, toSafe, now);
  const value =
    held === undefined ? moved : onlyOnOff(rule, within(rule, output.value ?? rule.min));
  const reason = keep(output.reason, {
    cause: solved.winner.cause,
    isBounded: solved.isBounded,
    isBroken: solved.isBroken,
    held,
    isRamping: held === undefined && moved !== wanted,
  });
  const orders = withOrder(output.orders, value, rule.settle, now);
  return write(rule, place, output, { value, authority: solved.authority, reason, orders }, now);
}

/** Nobody asks for anything: what stands is said again, each `refresh` (C5), as far as the bounds let it. */
export function goOn(rule: OutputPlan, place: number, output: OutputState, now: Instant): Ordered {
  if (output.value === undefined) return { output, effects: none };
  return write(rule, place, output, { ...output, value: within(rule, output.value) }, now);
}

const within = ({ min, max }: OutputPlan, value: number): number =>
  Math.min(max, Math.max(min, value));

const sinceMoved = ({ decidedAt, adoptedAt }: OutputState, now: Instant): Millis =>
  elapsed(adoptedAt !== undefined && adoptedAt > decidedAt ? adoptedAt : decidedAt, now);

/** What lies between on and off would be one of them to the run times, and the other to the device. */
const onlyOnOff = ({ isSwitch, min, max }: OutputPlan, value: number): number =>
  isSwitch ? (value > (min + max) / 2 ? max : min) : value;

const isSafety = (authority: Authority): boolean =>
  authority === "kill" || authority === "interlock" || authority === "safe-state";

/** What keeps its machine from starting or stopping, as is asked. */
function heldBy(
  rule: OutputPlan,
  output: OutputState,
  value: number,
  toSafe: boolean,
  now: Instant,
): Permit["held"] {
  if (rule.times === undefined) return undefined;
  const { switchedAt: since, starts } = output;
  const running = { on: runs(rule, output), since, starts };
  return permitRun(rule.times, running, runs(rule, { value }), toSafe, now).held;
}

export const runs = ({ min, max }: OutputPlan, { value }: Pick<OutputState, "value">): boolean =>
  value !== undefined && value > (min + max) / 2;

/** The same reason is the same object, so that nothing new is kept where nothing changed. */
function keep(last: Reason, next: Reason): Reason {
  const isSame =
    last.cause === next.cause &&
    last.isBounded === next.isBounded &&
    last.isBroken === next.isBroken &&
    last.isRamping === next.isRamping &&
    last.held?.rule === next.held?.rule &&
    last.held?.until === next.held?.until;
  return isSame ? last : next;
}

type Decided = Pick<OutputState, "authority" | "reason" | "orders"> & { readonly value: number };

/** Orders a new value at once and an old one every `refresh` (C5). */
function write(
  rule: OutputPlan,
  place: number,
  output: OutputState,
  { value, authority, reason, orders }: Decided,
  now: Instant,
): Ordered {
  const changed = value !== output.value;
  const due = output.writtenAt === undefined || elapsed(output.writtenAt, now) >= rule.refresh;
  let effects: readonly ControlEffect[] =
    changed || due ? [{ kind: "actuate", output: place, value }] : none;
  const { defied } = output;
  const isTold =
    defied !== undefined && (defied.isTold || elapsed(defied.since, now) >= rule.verify);
  if (defied !== undefined && isTold && !defied.isTold) {
    const told = {
      output: rule.name,
      value: orders?.last ?? value,
      seconds: Math.round(rule.verify / 1_000),
    };
    effects = [...effects, { kind: "report", fault: fault("ACTUATOR_STUCK", told) }];
  }
  const switched = runs(rule, { value }) !== runs(rule, output);
  const starts =
    switched && rule.times !== undefined && runs(rule, { value })
      ? withStart(rule.times, output.starts, now)
      : output.starts;
  return {
    output: {
      value,
      since: changed ? now : output.since,
      switchedAt: switched ? now : output.switchedAt,
      writtenAt: changed || due ? now : output.writtenAt,
      orderedAt: changed ? now : output.orderedAt,
      authority,
      reason,
      heardAt: output.heardAt,
      adoptedAt: output.adoptedAt,
      lags: output.lags,
      orders,
      defied: defied === undefined || defied.isTold === isTold ? defied : { ...defied, isTold },
      entered: output.entered,
      hand: output.hand,
      decidedAt: now,
      starts,
    },
    effects,
  };
}
