import { describe, expect, test } from "vitest";
import type { Values } from "#firmware-sim/plant.ts";
import { solarBattery as house, type SolarBattery } from "#firmware-sim/solar-battery.ts";
import { hours, seconds } from "#src/base/units.ts";

const from = (more: Partial<SolarBattery> = {}) => ({ ...house.start(7), ...more });
const run = (actuators: Values, length: number, more: Partial<SolarBattery> = {}) =>
  house.step(from(more), actuators, hours(length));

describe("a house with cells and a battery", () => {
  test("balances at its meter: what the house and the battery take comes from cells and grid", () => {
    for (const actuators of [{}, { charge: 0.7 }, { discharge: 0.4 }, { curtail: 0.5 }]) {
      const seen = house.sense(run(actuators, 0.5));
      const { "load-power": load = 0, "battery-power": battery = 0, "pv-power": pv = 0 } = seen;
      expect(seen["grid-power"]).toBeCloseTo(load + battery - pv, 9);
    }
  });

  test("has sun by day and none at night", () => {
    expect(house.sense(run({}, 3))["pv-power"]).toBeGreaterThan(0.5);
    expect(house.sense(run({}, 13))["pv-power"]).toBe(0);
  });

  test("throws away of its sun what it is told to", () => {
    const all = house.sense(run({}, 3))["pv-power"] ?? 0;
    expect(house.sense(run({ curtail: 0.25 }, 3))["pv-power"]).toBeCloseTo(0.75 * all, 9);
    expect(house.sense(run({ curtail: 1 }, 3))["pv-power"]).toBe(0);
  });

  test("loses a tenth between charging and discharging", () => {
    const full = house.step(from(), { charge: 0.5 }, hours(1));
    expect(full.energy - 4).toBeCloseTo(2.5 * 0.95, 2);
    const back = house.step(full, { discharge: 0.5 }, hours(1));
    expect(full.energy - back.energy).toBeCloseTo(2.5 / 0.95, 2);
  });

  test("takes nothing when it is full and gives nothing when it is empty", () => {
    const full = run({ charge: 1 }, 12);
    expect(house.sense(full)["soc"]).toBeGreaterThan(99);
    expect(house.sense(full)["battery-power"]).toBeLessThan(0.1);
    const empty = run({ discharge: 1 }, 24);
    expect(house.sense(empty)["soc"]).toBeLessThan(1);
    expect(house.sense(empty)["battery-power"]).toBeGreaterThan(-0.1);
  });

  test("does nothing when it is told to charge and discharge alike", () => {
    expect(house.sense(run({ charge: 1, discharge: 1 }, 0.1))["battery-power"]).toBe(0);
  });

  test("warms up with its power and cools to its garage, which is near frost in winter", () => {
    const worked = run({ charge: 1 }, 0.5);
    expect(worked.temperature).toBeGreaterThan(house.start(7).temperature + 2);
    expect(house.step(worked, {}, hours(24)).temperature).toBeLessThan(house.start(7).temperature);
    const winter = run({}, 24, { at: hours(24 * 91) });
    expect(winter.temperature).toBeGreaterThan(-2);
    expect(winter.temperature).toBeLessThan(4);
    expect(run({}, 24, { at: hours(24 * 273) }).temperature).toBeGreaterThan(15);
  });

  test("has a kettle that jumps by two kilowatts", () => {
    let state = from();
    const loads: number[] = [];
    for (let second = 0; second < 3_600 * 6; second += 10) {
      state = house.step(state, {}, seconds(10));
      loads.push(house.sense(state)["load-power"] ?? 0);
    }
    const jumps = loads.filter((load, at) => load - (loads[at - 1] ?? load) > 1.9);
    expect(jumps.length).toBeGreaterThan(0);
    expect(jumps.length).toBeLessThan(10);
  });
});
