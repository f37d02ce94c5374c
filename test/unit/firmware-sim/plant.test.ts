import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { type AnyPlant, type PlantState, plants, type Values } from "#firmware-sim/plant.ts";
import { hours, millis, minutes, seconds } from "#src/base/units.ts";

const kinds = Object.values(plants);

const all = (plant: AnyPlant, value: number): Values =>
  Object.fromEntries(Object.keys(plant.actuators).map((name) => [name, value]));

describe.each(kinds.map((plant) => [plant.kind, plant] as const))("the %s plant", (_, plant) => {
  test("PL1: one seed tells one story, another seed another", () => {
    const story = (seed: number): string => {
      let state = plant.start(seed);
      const lines: Values[] = [];
      for (let i = 0; i < 200; i += 1) {
        state = plant.step(state, all(plant, (i % 10) / 9), minutes(5));
        lines.push(plant.sense(state));
      }
      return JSON.stringify(lines);
    };
    expect(story(7)).toBe(story(7));
    expect(story(7)).not.toBe(story(8));
  });

  test("PL2: no actuators, no steps and no seed drive it out of its bounds", () => {
    const value = fc.oneof(
      fc.double({ min: -2, max: 2 }),
      fc.constantFrom(0, 1, Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY),
    );
    const moment = fc.record({
      actuators: fc.record(
        Object.fromEntries(Object.keys(plant.actuators).map((name) => [name, value])),
        { requiredKeys: [] },
      ),
      dt: fc.integer({ min: 0, max: hours(1) }),
    });
    fc.assert(
      fc.property(fc.nat(), fc.array(moment, { maxLength: 40 }), (seed, moments) => {
        let state = plant.start(seed);
        for (const { actuators, dt } of moments) {
          state = plant.step(state, actuators as Values, millis(dt));
          for (const [name, seen] of Object.entries(plant.sense(state))) {
            const [least, greatest] = plant.sensors[name]?.range ?? [Number.NaN, Number.NaN];
            expect(seen).toBeGreaterThanOrEqual(least);
            expect(seen).toBeLessThanOrEqual(greatest);
          }
        }
      }),
      { numRuns: 60 },
    );
  });

  test.each([0, 0.4, 1])("PL2: thirty days with every actuator at %d stay in bounds", (value) => {
    let state = plant.start(1);
    for (let i = 0; i < 24 * 30; i += 1) state = plant.step(state, all(plant, value), hours(1));
    for (const [name, seen] of Object.entries(plant.sense(state))) {
      const [least, greatest] = plant.sensors[name]?.range ?? [Number.NaN, Number.NaN];
      expect(seen).toBeGreaterThanOrEqual(least);
      expect(seen).toBeLessThanOrEqual(greatest);
    }
  });

  test.each([50, 1_000, 7_000, 60_000])("PL3: steps of %d ms end where one hour ends", (dt) => {
    for (const value of [0, 0.6]) {
      const whole = plant.sense(plant.step(plant.start(3), all(plant, value), hours(1)));
      const parts = plant.sense(inParts(plant, plant.start(3), all(plant, value), dt));
      for (const name of Object.keys(whole)) {
        const [least, greatest] = plant.sensors[name]?.range ?? [0, 0];
        const apart = Math.abs((whole[name] ?? 0) - (parts[name] ?? 0));
        expect(apart, name).toBeLessThan((greatest - least) / 200);
      }
    }
  });

  test("stands still over no time", () => {
    const state = plant.step(plant.start(3), all(plant, 1), seconds(30));
    expect(plant.sense(plant.step(state, all(plant, 1), millis(0)))).toEqual(plant.sense(state));
  });

  test("clips its actuators: below is 0, above is 1, and one not named is 0", () => {
    const end = (actuators: Values) =>
      plant.sense(plant.step(plant.start(3), actuators, minutes(5)));
    expect(end(all(plant, -5))).toEqual(end(all(plant, 0)));
    expect(end(all(plant, 50))).toEqual(end(all(plant, 1)));
    expect(end(all(plant, Number.NaN))).toEqual(end({}));
  });

  test("refuses to run back in time", () => {
    expect(() => plant.step(plant.start(3), {}, millis(-1))).toThrow("time goes on");
  });

  test("senses what it says it has, and calls no sensor like an actuator", () => {
    expect(Object.keys(plant.sense(plant.start(3)))).toEqual(Object.keys(plant.sensors));
    const names = [...Object.keys(plant.sensors), ...Object.keys(plant.actuators)];
    expect(new Set(names).size).toBe(names.length);
  });

  test("leaves the state it was given as it was", () => {
    const state = plant.start(3);
    const before = JSON.stringify(state);
    plant.step(state, all(plant, 1), minutes(10));
    expect(JSON.stringify(state)).toBe(before);
  });
});

function inParts(plant: AnyPlant, from: PlantState, actuators: Values, dt: number): PlantState {
  let state = from;
  let left: number = hours(1);
  while (left > 0) {
    const part = Math.min(dt, left);
    state = plant.step(state, actuators, millis(part));
    left -= part;
  }
  return state;
}
