import { expect, test } from "vitest";
import { millis } from "#src/base/units.ts";
import { limits } from "#src/contract/limits.ts";
import { afterSession, type Backoff, nextPause } from "#src/core/protect/backoff.ts";

const tired: Backoff = { attempt: 9, seed: 1 };

test("BO2: a session that lasted begins the count anew, and a shorter one does not", () => {
  expect(afterSession(tired, limits.backoffReset).attempt).toBe(0);
  expect(afterSession(tired, millis(limits.backoffReset - 1)).attempt).toBe(9);
});

test("BO2: every attempt counts, so that the ceiling of the pause doubles", () => {
  let state: Backoff = { attempt: 0, seed: 1 };
  for (let attempt = 0; attempt < 5; attempt += 1) {
    const { pause, state: next } = nextPause(state);
    expect(pause).toBeLessThanOrEqual(limits.backoffBase * 2 ** attempt);
    expect(next.attempt).toBe(attempt + 1);
    state = next;
  }
});
