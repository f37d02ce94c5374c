import fc from "fast-check";
import { expect, test } from "vitest";
import { lookUp, mapOf, put, remove, valuesOf } from "#src/base/persistent-map.ts";

const key = fc.string({ maxLength: 3 });
const change = fc.record({ key, value: fc.option(fc.integer(), { nil: undefined }) });

test("holds what a plain map holds, and leaves every older one as it was", () => {
  fc.assert(
    fc.property(fc.array(change, { maxLength: 300 }), (changes) => {
      const plain = new Map<string, number>();
      let map = mapOf<number>([]);
      const before = { map, held: [] as number[] };
      for (const { key: name, value } of changes) {
        if (value === undefined) plain.delete(name);
        else plain.set(name, value);
        map = value === undefined ? remove(map, name) : put(map, name, value);
        expect(map.size).toBe(plain.size);
        expect(lookUp(map, name)).toBe(plain.get(name));
      }
      expect([...valuesOf(map)].sort()).toEqual([...plain.values()].sort());
      expect([...valuesOf(before.map)]).toEqual(before.held);
      expect([...valuesOf(mapOf([...plain]))].sort()).toEqual([...plain.values()].sort());
    }),
  );
});

test("a change copies one shelf in sixty-four", () => {
  const map = mapOf(Array.from({ length: 1_000 }, (_, i) => [`node-${i}`, i] as const));
  const changed = put(map, "node-7", 0);
  const kept = changed.shelves.filter((shelf, at) => shelf === map.shelves[at]);
  expect(kept).toHaveLength(63);
  expect(Math.max(...map.shelves.map((shelf) => shelf.size))).toBeLessThan(50);
});
