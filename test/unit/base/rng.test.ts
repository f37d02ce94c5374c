import { expect, test } from "vitest";
import { rngOf } from "#src/base/rng.ts";

const draws = (seed: string, count = 5): number[] => {
  const rng = rngOf(seed);
  return Array.from({ length: count }, () => rng.below(1_000));
};

test("one seed tells one story, another another", () => {
  expect(draws("7")).toEqual(draws("7"));
  expect(draws("7")).not.toEqual(draws("8"));
});

test("a draw from one stream moves no draw of another", () => {
  const rng = rngOf(1);
  const before = rng.fork("door").below(1_000_000);
  rng.below(10);
  rng.fork("noise").below(10);
  expect(rng.fork("door").below(1_000_000)).toBe(before);
});

test("draws are spread evenly enough over their range", () => {
  const counts = new Array<number>(10).fill(0);
  const rng = rngOf(3);
  for (let i = 0; i < 100_000; i += 1) counts[rng.below(10)] = (counts[rng.below(10)] ?? 0) + 1;
  const total = counts.reduce((sum, count) => sum + count, 0);
  expect(Math.max(...counts) / (total / 10)).toBeLessThan(1.05);
});
