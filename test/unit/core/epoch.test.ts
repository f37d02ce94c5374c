import { expect, test } from "vitest";
import { hearEpoch } from "#src/core/authority/epoch.ts";

test.each([
  ["E1: a lower epoch is refused", 4, "c2", "LEASE_EPOCH"],
  ["E2: a rival whose name sorts after the holder's is refused", 5, "c3", "LEASE_RIVAL"],
  ["E2: a rival whose name sorts before the holder's is refused", 5, "c1", "LEASE_RIVAL"],
])("%s", (_, epoch, controller, code) => {
  const verdict = hearEpoch({ epoch: 5, controller: "c2" }, { epoch, controller });
  expect(verdict).toMatchObject({ kind: "refused", fault: { code } });
});

test("E2, E3: the holder is known by its epoch, and anybody is new by a higher one", () => {
  const known = { epoch: 5, controller: "c2" };
  expect(hearEpoch(known, known)).toEqual({ kind: "known" });
  expect(hearEpoch(known, { epoch: 6, controller: "c1" })).toEqual({ kind: "new" });
});
