import { expect, test } from "vitest";
import { select } from "#src/core/control/select.ts";

test("SL1: a request that is no number never wins, unless there is no other", () => {
  const requests = [Number.NaN, 5, Number.NEGATIVE_INFINITY, 3, Number.POSITIVE_INFINITY];
  expect(select("min", requests)).toEqual({ winner: 3, value: 3 });
  expect(select("max", requests)).toEqual({ winner: 1, value: 5 });
  expect(select("max", [Number.NaN])).toEqual({ winner: 0, value: Number.NaN });
});

test("SL2: of equal requests the first wins", () => {
  for (const take of ["min", "max"] as const) {
    expect(select(take, [4, 4]).winner).toBe(0);
  }
});
