import fc from "fast-check";
import { expect, test } from "vitest";
import { suggest } from "#src/contract/suggest.ts";

const keys = ["setpoint", "safeSetpoint", "bounds", "maxPoints", "minOn", "minOff", "url"];

test.each([
  ["setpiont", "setpoint"],
  ["max_points", "maxPoints"],
  ["MinOff", "minOff"],
  ["bound", "bounds"],
  ["minOf", "minOff"],
  ["ulr", "url"],
])("takes %s for %s", (said, meant) => {
  expect(suggest(said, keys)).toBe(meant);
});

test.each(["colour", "x", "", "---", "hysteresis"])("does not guess what %j means", (said) => {
  expect(suggest(said, keys)).toBeUndefined();
});

test("proposes only what there is", () => {
  fc.assert(
    fc.property(fc.string(), fc.array(fc.string()), (said, known) => {
      const meant = suggest(said, known);
      expect(meant === undefined || known.includes(meant)).toBe(true);
    }),
  );
});

test("answers at once for a word that nobody would type", () => {
  expect(suggest("x".repeat(1_000_000), keys)).toBeUndefined();
});
