import { expect, test } from "vitest";
import { nothing, readTally, sum, tallyLine, tallyRow } from "#test/tally.ts";

test("a line names what was skipped only where something was", () => {
  expect(tallyLine({ passed: 3, failed: 0, skipped: 0 })).toBe("3 passed, 0 failed");
  expect(tallyLine({ passed: 3, failed: 1, skipped: 2 })).toBe("3 passed, 1 failed, 2 skipped");
});

test("rows of a file are read back and added up", () => {
  const one = { passed: 3, failed: 0, skipped: 1 };
  const other = { passed: 4, failed: 2, skipped: 0 };
  expect(readTally(tallyRow(one) + tallyRow(other))).toEqual(sum(one, other));
  expect(readTally("")).toEqual(nothing);
});

test("a row that breaks off counts as a failure", () => {
  expect(readTally("7\n").failed).toBe(1);
});
