import { describe, expect, test } from "vitest";
import { hvacTwoZone } from "#firmware-sim/hvac-two-zone.ts";
import type { Values } from "#firmware-sim/plant.ts";
import { hours } from "#src/base/units.ts";

const later = (actuators: Values, length = hours(1)) =>
  hvacTwoZone.sense(hvacTwoZone.step(hvacTwoZone.start(7), actuators, length));
const air = { fan: 1, "damper-1": 1, "damper-2": 1 };
const of = (values: Values, name: string): number => values[name] ?? Number.NaN;

describe("an air handler", () => {
  test("heats both zones with its heating valve and cools them with its cooling valve", () => {
    const idle = later(air);
    const hot = later({ ...air, heating: 1 });
    const cold = later({ ...air, cooling: 1 });
    for (const zone of ["zone-1", "zone-2", "supply-air"]) {
      expect(of(hot, zone)).toBeGreaterThan(of(idle, zone) + 2);
      expect(of(cold, zone)).toBeLessThan(of(idle, zone) - 2);
    }
  });

  test("serves the zone whose damper is open", () => {
    const one = later({ ...air, heating: 1, "damper-2": 0 });
    const both = later({ ...air, heating: 1 });
    expect(of(both, "zone-2") - of(one, "zone-2")).toBeGreaterThan(3);
  });

  test("moves nothing without its fan", () => {
    const still = later({ ...air, heating: 1, fan: 0 });
    expect(still["fan-status"]).toBe(0);
    expect(of(still, "zone-1")).toBeCloseTo(of(later({}), "zone-1"), 6);
    expect(later(air)["fan-status"]).toBe(1);
  });

  test("leaves its zones somewhat above the day's outdoor mean when off: people and lights", () => {
    let state = hvacTwoZone.start(7);
    let zones = 0;
    let outdoor = 0;
    for (let i = 0; i < 24 * 40; i += 1) {
      state = hvacTwoZone.step(state, {}, hours(1));
      if (i < 24 * 20) continue;
      const seen = hvacTwoZone.sense(state);
      zones += of(seen, "zone-2");
      outdoor += of(seen, "outdoor");
    }
    const excess = (zones - outdoor) / (24 * 20);
    expect(excess).toBeGreaterThan(1);
    expect(excess).toBeLessThan(8);
  });
});
