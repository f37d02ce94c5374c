import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { compileRule } from "#src/contract/rule.ts";

const names = ["room-air", "pressure"];
const number = fc.constantFrom("0", "1", "2.5", "1e3", "room_air", "pressure");

/** Rules as people write them, whatever they make of their types, and what is no rule at all. */
const written = fc.letrec<{ any: string }>((tie) => ({
  any: fc.oneof(
    { maxDepth: 4, withCrossShrink: true },
    number,
    fc.constantFrom("true", "false", "nobody", "room-air"),
    fc
      .tuple(
        tie("any"),
        fc.constantFrom("+", "-", "*", "/", "<", ">=", "==", "!=", "&&", "||", "%", "in"),
        tie("any"),
      )
      .map((parts) => parts.join(" ")),
    tie("any").map((inner) => `(${inner})`),
    tie("any").map((inner) => `!${inner}`),
    fc.tuple(tie("any"), tie("any"), tie("any")).map(([a, b, c]) => `${a} ? ${b} : ${c}`),
    fc
      .tuple(fc.constantFrom("min", "max", "abs", "size", "matches"), tie("any"), tie("any"))
      .map(([name, a, b]) => `${name}(${a}, ${b})`),
  ),
})).any;
const text = fc.oneof(
  { weight: 4, arbitrary: written },
  { weight: 1, arbitrary: fc.string({ unit: "binary", maxLength: 60 }) },
);
const sensed = fc.oneof(
  fc.double(),
  fc.constantFrom(Number.NaN, Infinity, -Infinity, 0, -0, 5e-324, 1e308),
);

describe("RU1: whatever is written", () => {
  test("is refused with a reason, or accepted and never throws, whatever the values are", () => {
    let [accepted, refused] = [0, 0];
    fc.assert(
      fc.property(text, sensed, sensed, (said, air, pressure) => {
        const found = compileRule(said, names);
        if (!found.ok) {
          refused += 1;
          expect(found.message.length).toBeGreaterThan(0);
          return;
        }
        accepted += 1;
        const { kind, evaluate } = found.rule;
        const result = evaluate({ "room-air": air, pressure });
        expect([kind === "bool" ? "boolean" : "number", "undefined"]).toContain(typeof result);
        if (typeof result === "number") expect(Number.isFinite(result)).toBe(true);
      }),
      { numRuns: 2_000 },
    );
    expect(Math.min(accepted, refused)).toBeGreaterThan(200);
  });
});
