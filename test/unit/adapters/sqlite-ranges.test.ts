import fc from "fast-check";
import { expect, test } from "vitest";
import { countOf, type Ranges, union, without } from "#src/adapters/sqlite-ranges.ts";

const numbers = fc.uniqueArray(fc.integer({ min: 1, max: 40 }));
const rangesOf = (members: readonly number[]): Ranges => union(members.map((one) => [one, one]));
const membersOf = (ranges: Ranges): number[] =>
  ranges.flatMap(([from, to]) => Array.from({ length: to - from + 1 }, (_, i) => from + i));
const sorted = (members: Iterable<number>): number[] => [...members].sort((a, b) => a - b);

test("a union has each member once, in ranges that do not touch", () => {
  fc.assert(
    fc.property(numbers, numbers, (a, b) => {
      const both = union(rangesOf(a), rangesOf(b));
      expect(membersOf(both)).toEqual(sorted(new Set([...a, ...b])));
      for (const [i, [from]] of both.entries())
        expect(from - (both[i - 1]?.[1] ?? -1)).toBeGreaterThan(1);
    }),
  );
});

test("a difference has what is in the one and not in the other", () => {
  fc.assert(
    fc.property(numbers, numbers, (a, b) => {
      const rest = without(rangesOf(a), rangesOf(b));
      expect(membersOf(rest)).toEqual(sorted(a.filter((one) => !b.includes(one))));
      expect(countOf(rest)).toBe(a.filter((one) => !b.includes(one)).length);
    }),
  );
});
