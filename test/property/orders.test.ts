import fc from "fast-check";
import { expect, test } from "vitest";
import { instant, millis } from "#src/base/units.ts";
import { firstOrder, isExplained, withOrder } from "#src/core/control/orders.ts";

const settle = millis(1_500);
const story = fc.array(
  fc.record({
    pause: fc.integer({ min: 1, max: 4_000 }),
    value: fc.integer({ min: 0, max: 9 }),
  }),
  { maxLength: 40 },
);
const late = fc.integer({ min: 0, max: 4_000 });
const values = Array.from({ length: 12 }, (_, value) => value - 1);

/** From when to when each order stood. */
function stoodOf(told: readonly { readonly pause: number; readonly value: number }[]) {
  const stood = [{ value: 5, from: 0, to: Number.POSITIVE_INFINITY }];
  let now = 0;
  for (const { pause, value } of told) {
    now += pause;
    const last = stood.at(-1);
    if (last === undefined || last.value === value) continue;
    last.to = now;
    stood.push({ value, from: now, to: Number.POSITIVE_INFINITY });
  }
  return { stood, now };
}

test("RB1, RB2: what stood within settle explains a read-back, what was replaced long ago does not", () => {
  fc.assert(
    fc.property(story, late, (told, pause) => {
      let orders = firstOrder(5, instant(0));
      let time = 0;
      for (const one of told) {
        time += one.pause;
        orders = withOrder(orders, one.value, settle, instant(time));
      }
      const { stood, now } = stoodOf(told);
      const at = instant(now + pause);
      const last = stood.at(-1);
      const isRecent = at - (last?.from ?? 0) < settle;
      const within = (length: number): readonly number[] =>
        stood.filter(({ to }) => at - to < length).map(({ value }) => value);
      const [must, may] = isRecent
        ? [within(settle), within(3 * settle)]
        : [[last?.value ?? 5], [last?.value ?? 5]];
      for (const value of values) {
        const explained = isExplained(orders, { value, at }, settle, 0.25);
        if (value >= Math.min(...must) && value <= Math.max(...must)) expect(explained).toBe(true);
        if (value < Math.min(...may) || value > Math.max(...may)) expect(explained).toBe(false);
      }
    }),
    { numRuns: 2_000 },
  );
});

test("the same order again is no other, and tolerance is added at both ends", () => {
  const orders = firstOrder(5, instant(0));
  expect(withOrder(orders, 5, settle, instant(900))).toBe(orders);
  expect(withOrder(undefined, 5, settle, instant(0))).toEqual(orders);
  const says = (value: number) => isExplained(orders, { value, at: instant(9) }, settle, 0.25);
  expect([4.7, 4.75, 5.25, 5.3].map(says)).toEqual([false, true, true, false]);
});
