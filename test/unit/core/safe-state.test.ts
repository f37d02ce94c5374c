import { expect, test } from "vitest";
import { instant, millis } from "#src/base/units.ts";
import { enter, type SafeState, safeValueAt } from "#src/core/safety/safe-state.ts";

const entered = { want: "sensor", at: instant(10_000), from: 0.8 } as const;
const after = (rule: SafeState, gone: number): number | undefined =>
  safeValueAt(rule, entered, instant(10_000 + gone));

test("SS1: a fixed safe state is there at once", () => {
  expect(after({ kind: "value", value: 0.2 }, 0)).toBe(0.2);
});

test("SS2: hold keeps the value for its time, and not a moment longer", () => {
  const rule: SafeState = { kind: "hold", for: millis(60_000), value: 0 };
  expect([after(rule, 0), after(rule, 59_999), after(rule, 60_000)]).toEqual([0.8, 0.8, 0]);
});

test("SS2: ramp arrives within its time, in a straight line", () => {
  const rule: SafeState = { kind: "ramp", over: millis(10_000), value: 0.3 };
  expect(after(rule, 0)).toBe(0.8);
  expect(after(rule, 5_000)).toBeCloseTo(0.55, 12);
  expect([after(rule, 10_000), after(rule, 1e9)]).toEqual([0.3, 0.3]);
});

test("SS2: what is held or ramped from a value that nobody knows is left alone until its time is over", () => {
  const hold: SafeState = { kind: "hold", for: millis(60_000), value: 0 };
  const ramp: SafeState = { kind: "ramp", over: millis(60_000), value: 0 };
  for (const rule of [hold, ramp]) {
    const unknown = (gone: number) =>
      safeValueAt(rule, { ...entered, from: undefined }, instant(10_000 + gone));
    expect([unknown(0), unknown(59_999), unknown(60_000)]).toEqual([undefined, undefined, 0]);
  }
});

test("SS2, SS4: an entry lasts until another is due, or until its value is first known", () => {
  const later = instant(20_000);
  expect(enter(entered, "sensor", 0.3, later)).toBe(entered);
  expect(enter(entered, "region", 0.3, later)).toEqual({ want: "region", at: later, from: 0.3 });
  expect(enter(undefined, "sensor", 0.3, later)).toEqual({ want: "sensor", at: later, from: 0.3 });
  const unknown = enter(undefined, "sensor", undefined, instant(10_000));
  expect(enter(unknown, "sensor", undefined, later)).toBe(unknown);
  expect(enter(unknown, "sensor", 0.3, later)).toEqual({ want: "sensor", at: later, from: 0.3 });
});

test("SS3: the minimal loop pauses first, and then runs by the clock", () => {
  const rule: SafeState = {
    kind: "minimal",
    on: millis(6_000),
    off: millis(10_000),
    high: 1,
    low: 0,
  };
  const minutes = Array.from({ length: 33 }, (_, second) => after(rule, second * 1_000));
  expect(minutes.join("")).toBe(
    `${"0".repeat(10)}${"1".repeat(6)}${"0".repeat(10)}${"1".repeat(6)}0`,
  );
});
