import fc from "fast-check";
import { expect, test } from "vitest";
import { InvariantError } from "#src/base/assert.ts";
import { Ring } from "#src/base/ring.ts";

test("keeps the newest in order, and hands back what it sheds", () => {
  const ring = new Ring<number>(3);
  expect([1, 2, 3, 4, 5].map((item) => ring.push(item))).toEqual([
    undefined,
    undefined,
    undefined,
    1,
    2,
  ]);
  expect(ring.items()).toEqual([3, 4, 5]);
});

test("behaves like a plain list with a bound, over any use", () => {
  const use = fc.array(
    fc.oneof(
      fc.constant("shift" as const),
      fc.nat(50).map((n) => n),
    ),
    { maxLength: 3_000 },
  );
  fc.assert(
    fc.property(use, fc.integer({ min: 1, max: 40 }), (steps, capacity) => {
      const ring = new Ring<number>(capacity);
      let list: number[] = [];
      for (const step of steps) {
        if (step === "shift") {
          expect(ring.shift()).toBe(list.shift());
        } else if (step === 50) {
          expect(ring.take(3)).toEqual(list.splice(0, 3));
        } else {
          ring.push(step);
          list = [...list, step].slice(-capacity);
        }
        expect(ring.size).toBe(list.length);
      }
      expect(ring.items()).toEqual(list);
    }),
    { numRuns: 50 },
  );
});

test("has room for at least one item", () => {
  expect(() => new Ring(0)).toThrow(InvariantError);
});
