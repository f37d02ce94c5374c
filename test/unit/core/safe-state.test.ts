import { expect, test } from "vitest";
import { instant, millis } from "#src/base/units.ts";
import { type SafeState, safeValueAt } from "#src/core/safety/safe-state.ts";

const entered = { at: instant(10_000), from: 0.8 };
const after = (rule: SafeState, gone: number): number =>
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
