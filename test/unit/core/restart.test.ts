import { expect, test } from "vitest";
import { after, instant, millis } from "#src/base/units.ts";
import { limits } from "#src/contract/limits.ts";
import { type Restarts, restartAfter } from "#src/core/protect/restart.ts";

const began = instant(1_000_000);
const failing = (count: number): Restarts =>
  Array.from({ length: count }).reduce<Restarts>(
    (restarts) => restartAfter(restarts, began).restarts,
    [],
  );

test("an agent that failed too often lately rests, and only lately counts", () => {
  const often = failing(limits.restarts);
  const late = after(began, millis(limits.restartWindow - 1));
  expect(restartAfter(often, late).at).toBe(after(late, limits.restartRest));
  const over = after(began, limits.restartWindow);
  expect(restartAfter(often, over)).toEqual({ restarts: [over], at: over });
});

test("what is remembered of failures is bounded", () => {
  expect(failing(100).length).toBeLessThanOrEqual(limits.restarts + 1);
});
