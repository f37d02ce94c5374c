import { expect, test } from "vitest";
import { type Instant, instant, millis } from "#src/base/units.ts";
import {
  type EarlierTrip,
  type Interlock,
  type InterlockState,
  recallTrip,
  resetInterlock,
  startInterlock,
  watchInterlock,
} from "#src/core/safety/interlock.ts";

const latching: Interlock = { delay: millis(2_000), resetAfter: undefined, onBad: "trip" };

/** Its state after each second's condition. */
function told(
  rule: Interlock,
  conditions: readonly (boolean | undefined)[],
  earlier: EarlierTrip | undefined = undefined,
): readonly InterlockState[] {
  let now: Instant = instant(1_000);
  let state = startInterlock(earlier, now);
  return conditions.map((condition) => {
    now = instant(now + 1_000);
    state = watchInterlock(rule, state, condition, now);
    return state;
  });
}

const tripped = (states: readonly InterlockState[]): string =>
  states.map(({ trippedAt }) => (trippedAt === undefined ? "." : "T")).join("");

test("IL1: it trips when its condition has held for the delay without a break", () => {
  expect(tripped(told(latching, [true, true, false, true, true, true, true]))).toBe(".....TT");
});

test("IL1: without a delay it trips at once", () => {
  expect(tripped(told({ ...latching, delay: millis(0) }, [false, true]))).toBe(".T");
});

test("IL2: a latched one stays tripped when its condition is over, until a person resets it", () => {
  const states = told(latching, [true, true, true, false, false, false]);
  expect(tripped(states)).toBe("..TTTT");
  const last = states.at(-1) as InterlockState;
  expect(resetInterlock(last)?.trippedAt).toBeUndefined();
});

test("IL2: nobody resets one whose condition still holds", () => {
  const states = told(latching, [true, true, true]);
  expect(resetInterlock(states.at(-1) as InterlockState)).toBeUndefined();
});

test("IL2: one that was latched when the last run ended begins tripped", () => {
  const earlier = { at: instant(999), wasSeen: true };
  expect(tripped(told(latching, [false, false], earlier))).toBe("TT");
});

test("IL2: one that resets by itself lets go when its condition has not held for long enough", () => {
  const rule = { ...latching, delay: millis(0), resetAfter: millis(2_000) };
  expect(tripped(told(rule, [true, false, false, true, false, false, false]))).toBe("TTTTTT.");
});

test("IL3: a condition that nobody knows trips it, and it says that it is blind", () => {
  const states = told({ ...latching, delay: millis(0) }, [false, undefined]);
  expect(tripped(states)).toBe(".T");
  expect(states.at(-1)?.isBlind).toBe(true);
});

test("IL3: a trip for want of a value ends with the value, unless the condition was seen meanwhile", () => {
  const rule = { ...latching, delay: millis(0) };
  expect(tripped(told(rule, [false, undefined, undefined, false]))).toBe(".TT.");
  expect(tripped(told(rule, [false, undefined, true, false]))).toBe(".TTT");
  expect(tripped(told(rule, [false, true, undefined, false]))).toBe(".TTT");
});

test("IL4: a program that just started waits five seconds for its first values", () => {
  const rule = { ...latching, delay: millis(0) };
  const nothing = Array.from({ length: 6 }, () => undefined);
  expect(tripped(told(rule, nothing))).toBe("....TT");
  expect(tripped(told(rule, [undefined, undefined, false, undefined]))).toBe("...T");
});

test("IL3: where it is to ignore what is not known, it does", () => {
  const rule: Interlock = { ...latching, onBad: "ignore", delay: millis(0) };
  expect(tripped(told(rule, [false, undefined, undefined]))).toBe("...");
});

test("IL2: nobody resets one whose condition is not known yet", () => {
  const earlier = { at: instant(999), wasSeen: true };
  const states = told(latching, [undefined, undefined, false], earlier);
  expect(states.map((state) => resetInterlock(state) !== undefined)).toEqual([false, false, true]);
});

test("IL3: a trip for want of a value outlives a change to ignore, until the value is back", () => {
  const rule = { ...latching, onBad: "ignore" as const };
  const earlier = { at: instant(999), wasSeen: false };
  const missing = Array.from({ length: 8 }, () => undefined);
  expect(tripped(told(rule, [...missing, false], earlier))).toBe("TTTTTTTT.");
});

test("IL2: the time to let go after a restart begins with the first value", () => {
  const rule = { ...latching, resetAfter: millis(2_000) };
  const earlier = { at: instant(999), wasSeen: true };
  expect(tripped(told(rule, [undefined, undefined, false, false, false], earlier))).toBe("TTTT.");
});

test("IL4: what was tripped for want of a value is tripped while it waits, and ends with the value", () => {
  const earlier = { at: instant(999), wasSeen: false };
  const blind = [...Array.from({ length: 7 }, () => undefined), false];
  expect(tripped(told(latching, blind, earlier))).toBe("TTTTTTT.");
});

test("SM4: of an earlier trip that is heard of late only what was seen stands against a value", () => {
  const [now] = told(latching, [false]);
  const state = now as InterlockState;
  expect(recallTrip(state, { at: instant(5), wasSeen: true })).toMatchObject({ trippedAt: 5 });
  expect(recallTrip(state, { at: instant(5), wasSeen: false })).toBe(state);
});
