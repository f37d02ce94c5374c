import { expect, test } from "vitest";
import { millis } from "#src/base/units.ts";
import { scheduledGain } from "#src/core/control/gain-schedule.ts";

const points = [
  { at: 0, gain: 1, integralTime: millis(1_000), derivativeTime: millis(0) },
  { at: 10, gain: 3, integralTime: millis(3_000), derivativeTime: millis(200) },
];

test("GS1: between two points the parameters are linear, beyond the ends as at the end", () => {
  expect(scheduledGain(points, 5)).toEqual({ gain: 2, integralTime: 2_000, derivativeTime: 100 });
  for (const [at, gain] of [
    [-1e9, 1],
    [0, 1],
    [10, 3],
    [1e9, 3],
  ] as const) {
    expect(scheduledGain(points, at).gain).toBe(gain);
  }
});

test("GS1: a single point holds everywhere", () => {
  for (const at of [-5, 0, 5]) expect(scheduledGain(points.slice(0, 1), at).gain).toBe(1);
});
