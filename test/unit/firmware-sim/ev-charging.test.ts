import { describe, expect, test } from "vitest";
import { type EvCharging, evCharging as yard } from "#firmware-sim/ev-charging.ts";
import type { Values } from "#firmware-sim/plant.ts";
import { minutes, seconds } from "#src/base/units.ts";

const places = [1, 2, 3, 4] as const;
const all = (share: number): Values =>
  Object.fromEntries(places.map((place) => [`limit-${place}`, share]));

/** What is seen each ten seconds of a day. */
function day(actuators: Values): Values[] {
  let state: EvCharging = yard.start(3);
  return Array.from({ length: 8_640 }, () => {
    state = yard.step(state, actuators, seconds(10));
    return yard.sense(state);
  });
}
const current = (seen: Values, place: number): number => seen[`current-${place}`] ?? Number.NaN;

describe("a yard with charging points", () => {
  test("draws from the grid what the building and all cars take", () => {
    for (const seen of day(all(1))) {
      const cars = places.reduce((sum, place) => sum + current(seen, place), 0);
      expect(seen["grid-current"]).toBeCloseTo((seen["base-current"] ?? 0) + cars, 9);
    }
  });

  test("has cars that come, charge and go, and none that draws without being plugged in", () => {
    const seen = day(all(1));
    expect(seen.some((one) => one["plugged-1"] === 1)).toBe(true);
    expect(seen.some((one) => one["plugged-1"] === 0)).toBe(true);
    expect(seen.some((one) => current(one, 1) > 10)).toBe(true);
    for (const one of seen) {
      for (const place of places) {
        if (one[`plugged-${place}`] === 0) expect(current(one, place)).toBe(0);
      }
    }
  });

  test("never gives a car more than it is allowed", () => {
    for (const one of day(all(0.375))) {
      for (const place of places) expect(current(one, place)).toBeLessThanOrEqual(12 + 1e-9);
    }
  });

  test("lets a car wait that is offered less than six amperes", () => {
    for (const one of day(all(0.18))) {
      for (const place of places) expect(current(one, place)).toBe(0);
    }
  });

  test("stops at a car that has enough", () => {
    const charged = day(all(1)).filter((one) => one["plugged-2"] === 1);
    expect(charged.some((one) => current(one, 2) < 1)).toBe(true);
  });

  test("follows a new limit within some ten seconds", () => {
    let state = yard.start(3);
    for (let i = 0; i < 600 && (yard.sense(state)["current-1"] ?? 0) < 15; i += 1) {
      state = yard.step(state, all(1), minutes(1));
    }
    expect(yard.sense(state)["current-1"]).toBeGreaterThan(15);
    const later = yard.step(state, all(0.25), seconds(20));
    expect(yard.sense(later)["current-1"]).toBeLessThan(8.1);
  });
});
