import { describe, expect, test } from "vitest";
import type { Values } from "#firmware-sim/plant.ts";
import { tank } from "#firmware-sim/tank.ts";
import { hours, minutes, seconds } from "#src/base/units.ts";

const later = (actuators: Values, length = hours(1)) =>
  tank.sense(tank.step(tank.start(7), actuators, length));

describe("a tank", () => {
  test("rises with the valve open and falls with the pump on", () => {
    expect(later({ valve: 1 })["level"]).toBeGreaterThan(2);
    expect(later({ pump: 1 })["level"]).toBeLessThan(2);
    expect(later({})["level"]).toBe(2);
  });

  test("fills to the brim and no higher", () => {
    expect(later({ valve: 1 }, hours(10))["level"]).toBe(4);
  });

  test("is pumped empty and no lower, and then reports a dry run", () => {
    const dry = later({ pump: 1 }, hours(10));
    expect(dry["level"]).toBeGreaterThanOrEqual(0);
    expect(dry["level"]).toBeLessThan(0.02);
    expect(dry["dry-run"]).toBe(1);
    expect(dry["outflow"]).toBeLessThan(0.1);
  });

  test("gives less and less while the pump draws air", () => {
    const low = tank.step({ ...tank.start(7), level: 0.03 }, { pump: 1 }, seconds(5));
    const high = tank.step({ ...tank.start(7), level: 1 }, { pump: 1 }, seconds(5));
    expect(low.outflow / high.outflow).toBeCloseTo(0.5, 6);
    expect(low.pressure).toBeLessThan(high.pressure - 1);
  });

  test("reports no dry run while the pump rests", () => {
    const empty = tank.step(tank.start(7), { pump: 1 }, hours(10));
    expect(tank.sense(tank.step(empty, {}, seconds(5)))["dry-run"]).toBe(0);
  });

  test("keeps its books: what came in less what went out is what it holds", () => {
    let state = tank.start(7);
    let volume = state.level * 5;
    for (let i = 0; i < 720; i += 1) {
      state = tank.step(state, { valve: 0.4, pump: 0.6 }, seconds(5));
      volume += ((state.inflow - state.outflow) * 5) / 3_600;
    }
    expect(state.level * 5).toBeCloseTo(volume, 6);
  });

  test("has more pressure with the pump on", () => {
    const still = later({}, minutes(1))["pump-pressure"] ?? 0;
    expect(later({ pump: 1 }, minutes(1))["pump-pressure"]).toBeGreaterThan(still + 1);
  });

  test("sees its consumers change what they take", () => {
    let state = tank.start(7);
    const flows: number[] = [];
    for (let i = 0; i < 48; i += 1) {
      state = tank.step({ ...state, level: 2 }, { pump: 1 }, minutes(30));
      flows.push(tank.sense({ ...state })["outflow"] ?? 0);
    }
    expect(Math.max(...flows) / Math.min(...flows)).toBeGreaterThan(1.5);
  });
});
