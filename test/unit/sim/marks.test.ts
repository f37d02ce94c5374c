import { expect, test } from "vitest";
import { Marks } from "#src/sim/marks.ts";

test("MK1: a report names every mark, reached or not, and no fault that proves nothing", () => {
  const marks = new Marks();
  expect(Object.keys(marks.all).length).toBeGreaterThan(25);
  expect(Object.values(marks.all).every((count) => count === 0)).toBe(true);
  marks.reach("safe");
  marks.meet("STORE_FULL");
  marks.meet("AGENT_FAILED");
  expect(marks.all).toMatchObject({ safe: 1, STORE_FULL: 1 });
  expect(marks.all).not.toHaveProperty("AGENT_FAILED");
});
