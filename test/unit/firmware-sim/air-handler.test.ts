import { describe, expect, test } from "vitest";
import { type AirHandler, airHandler as unit } from "#firmware-sim/air-handler.ts";
import type { Values } from "#firmware-sim/plant.ts";
import { hours, type Millis, minutes, seconds } from "#src/base/units.ts";

const winter = 2;
const summer = 3;

const later = (
  seed: number,
  actuators: Values,
  length: Millis = minutes(30),
  more: Partial<AirHandler> = {},
) => unit.sense(unit.step({ ...unit.start(seed), ...more }, actuators, length));
const supply = (seed: number, actuators: Values) => later(seed, actuators)["supply-air"] ?? 0;

describe("an air handler", () => {
  test("has winter with even seeds and summer with odd ones", () => {
    expect(later(winter, {}, hours(4))["outdoor"]).toBeLessThan(8);
    expect(later(summer, {}, hours(4))["outdoor"]).toBeGreaterThan(20);
  });

  test("heats with the one valve and cools with the other", () => {
    const plain = supply(winter, { fan: 1 });
    expect(supply(winter, { fan: 1, "heating-valve": 0.5 })).toBeGreaterThan(plain + 5);
    expect(supply(winter, { fan: 1, "cooling-valve": 0.5 })).toBeLessThan(plain - 2);
  });

  test("cools no deeper than its cold water", () => {
    expect(supply(winter, { fan: 1, "cooling-valve": 1, damper: 0 })).toBeGreaterThan(7);
  });

  test("brings the outdoors in with the damper", () => {
    const shut = supply(winter, { fan: 1, "heating-valve": 0.5 });
    expect(supply(winter, { fan: 1, "heating-valve": 0.5, damper: 1 })).toBeLessThan(shut - 5);
  });

  test("freezes its heating coil in frost with the damper open and the valve shut", () => {
    const frosty = later(winter, { fan: 1, damper: 1 }, hours(18));
    expect(frosty["outdoor"]).toBeLessThan(0);
    expect(frosty["return-water"]).toBeLessThan(1);
    expect(frosty["return-water"]).toBeGreaterThanOrEqual(0);
  });

  test("warms a cold coil within minutes once the valve opens and the fan stands", () => {
    const thawed = later(winter, { "heating-valve": 1 }, minutes(5), { water: 1 });
    expect(thawed["return-water"]).toBeGreaterThan(40);
  });

  test("keeps the balance of its coil: what the water gives, the air takes", () => {
    const state = unit.step(
      { ...unit.start(winter), walls: 20 },
      { fan: 1, "heating-valve": 0.5, damper: 0 },
      hours(1),
    );
    const outdoor = unit.sense(state)["outdoor"] ?? 0;
    const mixed = state.room + 0.1 * (outdoor - state.room);
    expect(750 * (60 - state.water)).toBeCloseTo(1_200 * (state.supply - mixed), -2);
  });

  test("moves its full airflow within half a minute, and none without the fan", () => {
    expect(later(winter, { fan: 1 }, seconds(30))["airflow"]).toBeGreaterThan(3_500);
    expect(later(winter, {}, seconds(30))["airflow"]).toBe(0);
  });

  test("leaves a room alone that is not blown into, but for walls, people and weather", () => {
    expect(later(winter, {}, hours(16))["room-air"]).toBeLessThan(18);
    expect(later(summer, {}, hours(6))["room-air"]).toBeGreaterThan(21);
  });

  test("can hold a room warm in frost and cool in summer", () => {
    const cold = { fan: 1, "heating-valve": 1, damper: 0.2 };
    expect(later(winter, cold, hours(18))["room-air"]).toBeGreaterThan(24);
    const hot = { fan: 1, "cooling-valve": 1, damper: 0.2 };
    expect(later(summer, hot, hours(6))["room-air"]).toBeLessThan(21);
  });
});
