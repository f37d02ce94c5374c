import fc from "fast-check";
import { expect, test } from "vitest";
import { type Instant, instant, millis } from "#src/base/units.ts";
import type { Reading } from "#src/contract/image.ts";
import { type Sensed, type SensorRule, sense } from "#src/core/control/sensor.ts";

const length = fc.integer({ min: 1, max: 20_000 }).map(millis);
const rule = fc.record({
  min: fc.constant(-40),
  max: fc.constant(60),
  maxAge: length,
  maxRate: fc.option(fc.double({ min: 0.01, max: 100, noNaN: true }), { nil: undefined }),
  frozenAfter: fc.option(length, { nil: undefined }),
  offset: fc.double({ min: -2, max: 2, noNaN: true }),
  substitute: fc.option(
    fc.record({ for: length, value: fc.option(fc.constant(7), { nil: undefined }) }),
    { nil: undefined },
  ),
});
const value = fc.oneof(fc.double(), fc.double({ min: -50, max: 70 }), fc.constantFrom(4, 4.5));
const turn = fc.record({
  value,
  bad: fc.boolean(),
  later: fc.nat(8_000),
  fresh: fc.boolean(),
});
const turns = fc.array(turn, { maxLength: 60 });

interface Turn {
  readonly sensed: Sensed;
  readonly reading: Reading;
  readonly now: Instant;
}

function history(of: SensorRule, inputs: typeof turns extends fc.Arbitrary<infer T> ? T : never) {
  const all: Turn[] = [];
  let last: Sensed | undefined;
  let reading: Reading | undefined;
  let now = instant(0);
  for (const input of inputs) {
    now = instant(now + input.later);
    if (reading === undefined || input.fresh) {
      reading = { value: input.value, quality: input.bad ? "bad" : "good", at: now };
    }
    last = sense(of, last, reading, now);
    all.push({ sensed: last, reading, now });
  }
  return all;
}

test("SV1: whatever comes, what may be acted on is a number within its range and age, or a substitute", () => {
  fc.assert(
    fc.property(rule, turns, (of, inputs) => {
      for (const { sensed, reading, now } of history(of, inputs)) {
        expect(sensed.usable).toBe(["good", "substitute"].includes(sensed.quality));
        if (!sensed.usable) continue;
        expect(Number.isFinite(sensed.value)).toBe(true);
        expect(sensed.value >= of.min && sensed.value <= of.max).toBe(true);
        if (sensed.quality === "substitute") expect(of.substitute).toBeDefined();
        else expect(now - reading.at <= of.maxAge && reading.quality === "good").toBe(true);
      }
    }),
  );
});

test("SV3: a substitute ends in time, whatever comes after", () => {
  fc.assert(
    fc.property(rule, turns, (of, inputs) => {
      let since: Instant | undefined;
      for (const { sensed, now } of history(of, inputs)) {
        since = sensed.quality === "good" ? undefined : (since ?? now);
        if (sensed.quality !== "substitute" || since === undefined) continue;
        expect(now - since).toBeLessThan(of.substitute?.for ?? 0);
      }
    }),
  );
});
