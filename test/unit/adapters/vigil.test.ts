import fc from "fast-check";
import { expect, test } from "vitest";
import { Vigil } from "#src/adapters/vigil.ts";

test("VG1: however often it is asked, it is awake for its share of the time, and what it had saved", () => {
  const wait = fc.record({
    sleeps: fc.nat(4),
    wanted: fc.nat(12).map((quarters) => quarters / 4),
  });
  fc.assert(
    fc.property(fc.array(wait, { minLength: 100, maxLength: 200 }), (waits) => {
      const vigil = new Vigil(0.1, 2);
      let now = 1_000;
      let awake = 0;
      vigil.left(now);
      for (const { sleeps, wanted } of waits) {
        now += sleeps;
        if (wanted > vigil.left(now)) continue;
        vigil.begins(now);
        now += wanted;
        awake += wanted;
      }
      expect(awake).toBeLessThanOrEqual(0.1 * (now - 1_000) + 2 + 1e-9);
    }),
  );
});

test("VG2: what was not used is saved up to its bound", () => {
  const vigil = new Vigil(0.1, 2);
  expect(vigil.left(1_000)).toBe(0);
  expect(vigil.left(1_010)).toBeCloseTo(1);
  expect(vigil.left(5_000)).toBe(2);
  vigil.begins(5_000);
  expect(vigil.left(5_001)).toBeCloseTo(2 - 1 + 0.1);
});

test("VG3: what it stayed awake for is gone, and it slept: that is not held against it", () => {
  const vigil = new Vigil(0.1, 2);
  vigil.left(1_000);
  expect(vigil.left(1_010)).toBeCloseTo(1);
  vigil.begins(1_010);
  expect(vigil.left(601_010)).toBe(2);
  vigil.begins(601_010);
  expect(vigil.left(601_015)).toBeCloseTo(0.5);
});
