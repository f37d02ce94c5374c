import { describe, expect, test } from "vitest";
import type { Values } from "#firmware-sim/plant.ts";
import {
  type RefrigerationRack,
  refrigerationRack as rack,
} from "#firmware-sim/refrigeration-rack.ts";
import { hours, type Millis, minutes, seconds } from "#src/base/units.ts";

const later = (
  actuators: Values,
  length: Millis = minutes(10),
  more: Partial<RefrigerationRack> = {},
) => rack.sense(rack.step({ ...rack.start(7), ...more }, actuators, length));
const suction = (actuators: Values) => later(actuators)["suction-pressure"] ?? 0;

/** Every value in turn of one sensor, each `every`. */
function story(sensor: string, actuators: Values, every: Millis, count: number): number[] {
  let state = rack.start(7);
  return Array.from({ length: count }, () => {
    state = rack.step(state, actuators, every);
    return rack.sense(state)[sensor] ?? 0;
  });
}

describe("a refrigeration rack", () => {
  test("draws its suction down the more compressors run, and the large one more than the small", () => {
    const none = suction({ "condenser-fan": 1 });
    const small = suction({ "condenser-fan": 1, "compressor-2": 1 });
    const large = suction({ "condenser-fan": 1, "compressor-1": 1 });
    const both = suction({ "condenser-fan": 1, "compressor-1": 1, "compressor-2": 1 });
    expect(none).toBeGreaterThan(small + 0.5);
    expect(small).toBeGreaterThan(large + 0.2);
    expect(large).toBeGreaterThan(both + 0.2);
    expect(both).toBeGreaterThan(1);
  });

  test("rises to the pressure of the goods and no higher while nothing runs", () => {
    expect(later({}, hours(2))["suction-pressure"]).toBeCloseTo(6, 3);
  });

  test("answers a compressor with a time constant between 10 and 60 seconds", () => {
    const on = { "compressor-1": 1, "condenser-fan": 1 };
    const [from, end] = [4.5, suction(on)];
    const portionAfter = (length: Millis) =>
      ((later(on, length)["suction-pressure"] ?? 0) - from) / (end - from);
    expect(portionAfter(seconds(10))).toBeLessThan(0.63);
    expect(portionAfter(seconds(60))).toBeGreaterThan(0.63);
  });

  test("condenses at the pressure of the ambient while nothing runs", () => {
    const still = later({}, hours(2));
    const outside = 11 + 0.4 * ((still["ambient"] ?? 0) - 20);
    expect(still["discharge-pressure"]).toBeCloseTo(outside, 1);
  });

  test("condenses higher with the load, and lower with the fan", () => {
    const at = (fan: number, second: number) =>
      later({ "compressor-1": 1, "compressor-2": second, "condenser-fan": fan })[
        "discharge-pressure"
      ] ?? 0;
    expect(at(1, 0)).toBeLessThan(at(0.5, 0) - 0.3);
    expect(at(1, 1)).toBeGreaterThan(at(1, 0) + 0.3);
    expect(at(1, 1)).toBeLessThan(19);
  });

  test("carries off in the condenser what the compressors bring, once it has settled", () => {
    const state = rack.step(rack.start(7), { "compressor-1": 1, "condenser-fan": 1 }, minutes(10));
    const outside = 11 + 0.4 * ((rack.sense(state)["ambient"] ?? 0) - 20);
    expect(3 * (state.discharge - outside)).toBeCloseTo(1.4 * state.suction, 1);
  });

  test("trips on its own protection at an extreme discharge, and recovers after minutes", () => {
    const on = { "compressor-1": 1 };
    const hot = rack.step({ ...rack.start(7), discharge: 28 }, on, seconds(4));
    expect(rack.sense(hot)).toMatchObject({ "fault-1": 1, "fault-2": 0, "current-1": 0 });
    const cool = rack.step(hot, { ...on, "condenser-fan": 1 }, minutes(6));
    expect(rack.sense(cool)["fault-1"]).toBe(0);
    expect(rack.sense(cool)["current-1"]).toBeGreaterThan(5);
  });

  test("trips rarely of itself, and only while it runs", () => {
    const on = { "compressor-1": 1, "condenser-fan": 1 };
    const trips = story("fault-1", on, minutes(2), 30 * 24 * 30).filter((flag) => flag === 1);
    expect(trips.length).toBeGreaterThan(3);
    expect(trips.length).toBeLessThan(90);
    expect(story("fault-1", {}, minutes(2), 30 * 24 * 30)).not.toContain(1);
  });

  test("has more load by day than at night, and most when cases come back from defrost", () => {
    const on = { "compressor-1": 1, "condenser-fan": 1 };
    const seen = story("suction-pressure", on, minutes(5), 12 * 24);
    const at = (hour: number) => seen[Math.round(((hour + 24 - 9) % 24) * 12)] ?? 0;
    expect(at(15)).toBeGreaterThan(at(3) + 0.4);
    expect(at(10.5)).toBeGreaterThan(at(10.3) + 0.4);
  });

  test("draws current in proportion to a compressor's size", () => {
    const both = later({ "compressor-1": 1, "compressor-2": 1, "condenser-fan": 1 });
    expect((both["current-2"] ?? 0) / (both["current-1"] ?? 1)).toBeCloseTo(0.6, 6);
  });
});
