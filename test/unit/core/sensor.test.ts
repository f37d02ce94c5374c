import { expect, test } from "vitest";
import { instant, millis, minutes } from "#src/base/units.ts";
import { computed, type Sensed, type SensorRule, sense } from "#src/core/control/sensor.ts";

const rule: SensorRule = {
  min: -40,
  max: 60,
  maxAge: millis(5_000),
  maxRate: undefined,
  frozenAfter: undefined,
  offset: 0,
  substitute: undefined,
};

/** What a sensor that is read every second comes to after these values. */
function read(of: SensorRule, values: readonly number[], first?: Sensed): Sensed[] {
  let last = first;
  const from = first?.memory === undefined ? 0 : first.memory.at + 1_000;
  return values.map((value, place) => {
    const at = instant(from + place * 1_000);
    last = sense(of, last, { value, quality: Number.isNaN(value) ? "bad" : "good", at }, at);
    return last;
  });
}
const qualities = (of: SensorRule, values: readonly number[]) =>
  read(of, values).map(({ quality }) => quality);

test("SV1: every value outside min … max, and every one that is no number, is refused", () => {
  const values = [61, -41, 1e300, Number.POSITIVE_INFINITY, Number.NaN, 20];
  expect(qualities(rule, values)).toEqual(["range", "range", "range", "bad", "bad", "good"]);
  expect(sense(rule, undefined, undefined, instant(0)).usable).toBe(false);
});

test("SV1: a value is stale once it is older than maxAge, and not before", () => {
  const reading = { value: 4, quality: "good", at: instant(0) } as const;
  const fresh = sense(rule, undefined, reading, instant(5_000));
  expect(fresh.quality).toBe("good");
  const stale = sense(rule, fresh, reading, instant(5_001));
  expect(stale).toMatchObject({ quality: "stale", usable: false });
});

test("SV1: a value that is read and never changes is frozen, one that moves again is good", () => {
  const frozen = { ...rule, frozenAfter: millis(3_000) };
  expect(qualities(frozen, [4, 4, 4, 4, 4, 4.1])).toEqual([
    "good",
    "good",
    "good",
    "frozen",
    "frozen",
    "good",
  ]);
});

test("SV1: at least 95 of 100 sensors that stick are found within twice frozenAfter", () => {
  const frozen = { ...rule, frozenAfter: millis(60_000) };
  let found = 0;
  for (let sensor = 0; sensor < 100; sensor += 1) {
    const noisy = Array.from({ length: 200 }, (_, second) =>
      Number((4 + 0.3 * Math.sin(second * 1.7 + sensor)).toFixed(2)),
    );
    const before = read(frozen, noisy);
    expect(before.every(({ quality }) => quality === "good")).toBe(true);
    const stuck = read(frozen, new Array(120).fill(noisy.at(-1)), before.at(-1));
    if (stuck.at(-1)?.quality === "frozen") found += 1;
  }
  expect(found).toBeGreaterThanOrEqual(95);
});

test("SV1: a sensor that sticks is found on a bus that fails to answer now and then", () => {
  const frozen = { ...rule, frozenAfter: minutes(10) };
  for (const every of [550, 300, 100]) {
    const stuck = Array.from({ length: 700 }, (_, second) =>
      second % every === every - 1 ? Number.NaN : 1.5,
    );
    expect(qualities(frozen, stuck).indexOf("frozen"), `each ${every} s`).toBe(600);
  }
});

test("SV1: a value that is the same after a long silence was not read meanwhile", () => {
  const frozen = { ...rule, frozenAfter: millis(60_000) };
  const failed = new Array(3_600).fill(Number.NaN);
  expect(qualities(frozen, [4, ...failed, 4]).at(-1)).toBe("good");
  const [before] = read(frozen, [4]);
  const late = { value: 4, quality: "good", at: instant(3_600_000) } as const;
  expect(sense(frozen, before, late, late.at).quality).toBe("good");
});

test("SV2: a spike is never good; a step is, from the third reading that keeps to the rate", () => {
  const rated = { ...rule, maxRate: 1 };
  expect(qualities(rated, [4, 4, 30, 4, 4, 4, 4])).toEqual([
    "good",
    "good",
    "rate",
    "rate",
    "rate",
    "rate",
    "good",
  ]);
  expect(qualities(rated, [4, 12, 12, 12, 12])).toEqual(["good", "rate", "rate", "rate", "good"]);
});

test("SV2: a spike right after an answer that failed is still a spike", () => {
  const rated = { ...rule, maxRate: 1 };
  expect(qualities(rated, [4, Number.NaN, 30])).toEqual(["good", "bad", "rate"]);
  expect(qualities(rated, [4, Number.NaN, 5])).toEqual(["good", "bad", "good"]);
});

test("SV3: the last good value stands in from the moment it is bad, for as long as declared", () => {
  const replaced = { ...rule, substitute: { for: millis(2_000), value: undefined } };
  const [, first, second, third] = read(replaced, [4, 99, 99, 99]);
  for (const sensed of [first, second]) {
    expect(sensed).toMatchObject({ value: 4, quality: "substitute", usable: true });
  }
  expect(third).toMatchObject({ value: 99, quality: "range", usable: false });
});

test("SV3: what was never good has no substitute but a declared one", () => {
  const last = { ...rule, substitute: { for: millis(2_000), value: undefined } };
  expect(read(last, [99])[0]?.usable).toBe(false);
  const declared = { ...rule, substitute: { for: millis(2_000), value: 7 } };
  expect(read(declared, [99])[0]).toMatchObject({ value: 7, quality: "substitute" });
});

test("SV5: what is computed from a substitute is a substitute", () => {
  const declared = { ...rule, substitute: { for: millis(2_000), value: 7 } };
  const [good, dead] = read(declared, [4, Number.NaN]) as [Sensed, Sensed];
  expect(computed(4, [good])).toMatchObject({ quality: "good", usable: true });
  expect(computed(11, [good, dead])).toMatchObject({ quality: "substitute", usable: true });
  expect(computed(Number.NaN, [dead])).toMatchObject({ quality: "bad", usable: false });
});

test("SV4: the offset is added before the range is judged", () => {
  const offset = { ...rule, offset: -2 };
  expect(read(offset, [61])[0]).toMatchObject({ value: 59, quality: "good" });
  expect(read(offset, [-39])[0]?.quality).toBe("range");
});

test("a reading that was judged good already costs no new value", () => {
  const reading = { value: 4, quality: "good", at: instant(0) } as const;
  const once = sense(rule, undefined, reading, instant(0));
  expect(sense(rule, once, reading, instant(100))).toBe(once);
});
