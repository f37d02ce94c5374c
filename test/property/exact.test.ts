import fc from "fast-check";
import { expect, test } from "vitest";
import { readExact, writeExact } from "#src/contract/exact.ts";
import { firstDifference } from "#src/contract/first-difference.ts";

const key = fc.oneof(
  fc.string({ maxLength: 4, unit: "binary" }),
  fc.constantFrom("$", "of", "__proto__", "constructor", "toJSON", "length", "0"),
);
const number = fc.oneof(
  fc.double(),
  fc.integer(),
  fc.constantFrom(Number.NaN, Infinity, -Infinity, -0, 0, 5e-324, Number.MAX_VALUE),
);
const leaf = fc.oneof(
  number,
  fc.string({ unit: "binary" }),
  fc.constantFrom<unknown>(undefined, null, true, false, "NaN", "undefined"),
  fc.array(number).map((list) => Float64Array.from(list)),
  fc.uint8Array(),
);
const { data } = fc.letrec<{ data: unknown }>((tie) => ({
  data: fc.oneof(
    { maxDepth: 4, depthSize: "small" },
    leaf,
    fc.array(tie("data"), { maxLength: 5 }),
    fc.array(fc.tuple(key, tie("data")), { maxLength: 5 }).map((all) => Object.fromEntries(all)),
    fc.array(fc.tuple(leaf, tie("data")), { maxLength: 4 }).map((all) => new Map(all)),
    fc.array(tie("data"), { maxLength: 4 }).map((all) => new Set(all)),
  ),
}));

test("EX1: what was written reads as the same value, bit for bit", () => {
  fc.assert(
    fc.property(data, (value) => {
      expect(firstDifference(value, readExact(writeExact(value)))).toBeUndefined();
    }),
    { numRuns: 2_000 },
  );
});

test("EX2: what is written is one line of JSON", () => {
  fc.assert(
    fc.property(data, (value) => {
      const text = writeExact(value);
      expect(text).not.toMatch(/[\n\r]/);
      expect(() => JSON.parse(text)).not.toThrow();
    }),
  );
});

test("a text that nobody wrote is refused or read, and nothing else happens", () => {
  fc.assert(
    fc.property(fc.json(), fc.constantFrom("$", "a"), (json, name) => {
      const text = `{"${name}":${json},"of":[[1,2],["x",{"$":"undefined"}]]}`;
      try {
        readExact(text);
      } catch (error) {
        expect(error).toBeInstanceOf(SyntaxError);
      }
    }),
  );
});
