import { expect, test } from "vitest";
import { season, swing } from "#firmware-sim/day.ts";
import { hours } from "#src/base/units.ts";

const days = (count: number): number => count * hours(24);

test("a day is warmest at three in the afternoon and coldest at three in the night", () => {
  const byHour = Array.from({ length: 24 }, (_, hour) => swing(hours(hour)));
  expect(byHour.indexOf(Math.max(...byHour))).toBe(15);
  expect(byHour.indexOf(Math.min(...byHour))).toBe(3);
});

test("a year begins between its ends, is coldest after a quarter and warmest after three, and goes round", () => {
  const year = Array.from({ length: 365 }, (_, day) => season(days(day)));
  expect(season(0)).toBeCloseTo(0, 9);
  expect(year.indexOf(Math.min(...year))).toBe(91);
  expect(year.indexOf(Math.max(...year))).toBe(274);
  expect(Math.min(...year)).toBeCloseTo(-1, 2);
  expect(Math.max(...year)).toBeCloseTo(1, 2);
  expect(season(days(365 + 91))).toBeCloseTo(season(days(91)), 9);
});
