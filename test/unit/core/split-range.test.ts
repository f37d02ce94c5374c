import { expect, test } from "vitest";
import { splitRange } from "#src/core/control/split-range.ts";

const parts = [
  { from: 0.4, to: 0, low: 0, high: 100 },
  { from: 0.6, to: 1, low: 0, high: 50 },
];

test("SR1: each output moves in its own part of the demand, and stands before and beyond it", () => {
  for (const [demand, cooling, heating] of [
    [-1, 100, 0],
    [0, 100, 0],
    [0.2, 50, 0],
    [0.5, 0, 0],
    [0.8, 0, 25],
    [1, 0, 50],
    [2, 0, 50],
  ] as const) {
    const [falling = Number.NaN, rising = Number.NaN] = splitRange(parts, demand);
    expect(falling).toBeCloseTo(cooling, 9);
    expect(rising).toBeCloseTo(heating, 9);
  }
});

test("SR1: a part without width is a step", () => {
  const step = [{ from: 0.5, to: 0.5, low: 0, high: 1 }];
  expect([0.49, 0.5].map((demand) => splitRange(step, demand)[0])).toEqual([0, 1]);
});
