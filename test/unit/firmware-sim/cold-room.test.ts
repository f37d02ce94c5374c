import { describe, expect, test } from "vitest";
import { type ColdRoom, coldRoom } from "#firmware-sim/cold-room.ts";
import type { Values } from "#firmware-sim/plant.ts";
import { hours, type Millis, millis, minutes, seconds } from "#src/base/units.ts";

const cooling = { compressor: 1, fan: 1 };
const settled: ColdRoom = { ...coldRoom.start(7), air: 4, coil: 4, product: 4 };

const later = (state: ColdRoom, actuators: Values, length: Millis): ColdRoom =>
  coldRoom.step(state, actuators, length);

/** Kelvin in a minute, over the first ten of them with the door shut. */
function ratePerMinute(actuators: Values): number {
  const shut = { ...settled, seed: shutSeed };
  return (later(shut, actuators, minutes(10)).air - shut.air) / 10;
}
const shutSeed = (() => {
  for (let seed = 0; ; seed += 1) {
    let state = coldRoom.start(seed);
    let opened = false;
    for (let i = 0; i < 120; i += 1) {
      state = later(state, {}, seconds(5));
      opened ||= coldRoom.sense(state)["door"] === 1;
    }
    if (!opened) return seed;
  }
})();

describe("a cold room at 4 degC", () => {
  test("cools by 0.2 to 0.5 K a minute with compressor and fan", () => {
    const rate = -ratePerMinute(cooling);
    expect(rate).toBeGreaterThan(0.2);
    expect(rate).toBeLessThan(0.5);
  });

  test("warms by 0.1 to 0.2 K a minute in the first minutes without", () => {
    const shut = { ...settled, seed: shutSeed };
    const rate = (later(shut, {}, minutes(3)).air - shut.air) / 3;
    expect(rate).toBeGreaterThan(0.1);
    expect(rate).toBeLessThan(0.2);
  });

  test("cools far less when the fan stands still, and its coil gets colder", () => {
    const still = later(settled, { compressor: 1 }, minutes(10));
    const blown = later(settled, cooling, minutes(10));
    expect(still.air).toBeGreaterThan(blown.air + 1);
    expect(still.coil).toBeLessThan(blown.coil - 10);
  });

  test("keeps its product behind the air, both ways", () => {
    const cooled = later(settled, cooling, minutes(20));
    expect(cooled.product).toBeGreaterThan(cooled.air);
    const warmed = later(settled, {}, minutes(20));
    expect(warmed.product).toBeLessThan(warmed.air);
  });

  test("follows ambient once left alone: no heat comes from nowhere", () => {
    let state = settled;
    for (let i = 0; i < 24 * 20; i += 1) state = later(state, {}, hours(1));
    let above = 0;
    for (let i = 0; i < 24; i += 1) {
      state = later(state, {}, hours(1));
      above += state.air - (coldRoom.sense(state)["ambient"] ?? Number.NaN);
    }
    expect(above / 24).toBeGreaterThan(-0.5);
    expect(above / 24).toBeLessThan(0.5);
  });
});

describe("the evaporator", () => {
  test("gathers frost while it cools, and a defrost takes it off", () => {
    const iced = later({ ...settled, air: -15, coil: -25 }, { compressor: 1 }, hours(6));
    expect(iced.frost).toBeGreaterThan(0.2);
    const thawed = later(iced, { defrost: 1 }, minutes(45));
    expect(thawed.frost).toBe(0);
    expect(thawed.coil).toBeGreaterThan(0);
  });

  test("cools worse with frost on it", () => {
    const clean = later(settled, cooling, minutes(10));
    const iced = later({ ...settled, frost: 3 }, cooling, minutes(10));
    expect(iced.air).toBeGreaterThan(clean.air + 0.5);
  });

  test("is spared by the heater's cut-out when the defrost never ends", () => {
    expect(later(settled, { defrost: 1 }, hours(12)).coil).toBeLessThan(56);
  });
});

describe("its instruments", () => {
  test("show a current while the compressor runs, and none otherwise", () => {
    const current = (actuators: Values) =>
      coldRoom.sense(later(settled, actuators, seconds(10)))["compressor-current"];
    expect(current({})).toBe(0);
    expect(current(cooling)).toBeGreaterThan(2);
  });

  test("show a daily cycle of ambient around 25 degC", () => {
    const byHour = Array.from({ length: 24 }, (_, hour) => {
      const state = later(settled, {}, hours(hour));
      return coldRoom.sense(state)["ambient"] ?? Number.NaN;
    });
    expect(byHour[0]).toBeCloseTo(25, 1);
    expect(byHour[6]).toBeCloseTo(29, 0);
    expect(byHour[18]).toBeCloseTo(21, 0);
  });

  test("see the door a few times an hour by day, for less than a minute each", () => {
    let state = coldRoom.start(3);
    let openings = 0;
    let length = 0;
    let longest = 0;
    let was = 0;
    for (let i = 0; i < 8 * 3_600; i += 1) {
      state = later(state, {}, seconds(1));
      const is = coldRoom.sense(state)["door"] ?? 0;
      if (is > was) openings += 1;
      length = is === 1 ? length + 1 : 0;
      longest = Math.max(longest, length);
      was = is;
    }
    expect(openings / 8).toBeGreaterThan(1);
    expect(openings / 8).toBeLessThan(6);
    expect(longest).toBeGreaterThan(14);
    expect(longest).toBeLessThan(46);
  });

  test("show warmer air after the door stood open", () => {
    let state = settled;
    for (let i = 0; coldRoom.sense(state)["door"] === 0; i += 1) {
      expect(i).toBeLessThan(3_600);
      state = later({ ...state, air: 4, coil: 4, product: 4 }, {}, seconds(1));
    }
    const before = state.air;
    expect(later(state, {}, millis(14_000)).air - before).toBeGreaterThan(0.2);
  });
});
