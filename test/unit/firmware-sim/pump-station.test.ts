import { describe, expect, test } from "vitest";
import type { Values } from "#firmware-sim/plant.ts";
import { type PumpStation, pumpStation as station } from "#firmware-sim/pump-station.ts";
import { hours, type Millis, minutes, seconds } from "#src/base/units.ts";

const from = (more: Partial<PumpStation> = {}) => ({ ...station.start(7), ...more });
const later = (actuators: Values, length: Millis, more: Partial<PumpStation> = {}) =>
  station.sense(station.step(from(more), actuators, length));

describe("a pump station", () => {
  test("fills while its pumps rest and falls while one runs", () => {
    expect(later({}, minutes(5))["level-1"]).toBeGreaterThan(1.5);
    expect(later({ "pump-1": 1 }, minutes(5))["level-1"]).toBeLessThan(1.5);
  });

  test("lifts more with two pumps than with one, and less than twice as much", () => {
    const one = later({ "pump-1": 1 }, seconds(10))["flow"] ?? 0;
    const two = later({ "pump-1": 1, "pump-2": 1 }, seconds(10))["flow"] ?? 0;
    expect(two / one).toBeCloseTo(1.5, 6);
  });

  test("shows one level to three transmitters", () => {
    const seen = later({ "pump-1": 1 }, minutes(3));
    expect(seen["level-2"]).toBe(seen["level-1"]);
    expect(seen["level-3"]).toBe(seen["level-1"]);
  });

  test("keeps its books: what came in less what was lifted and ran over is what it holds", () => {
    const still = (state: PumpStation) => station.step(state, {}, seconds(2));
    let state = from();
    let inflow = 0;
    let out = 0;
    for (let i = 0; i < 1_000; i += 1) {
      // A well with no pump on shows by its rise what comes in at this moment.
      const probe = still({ ...state, level: 1 });
      inflow += (probe.level - 1) * 6;
      state = station.step(state, { "pump-1": 1 }, seconds(2));
      out += ((state.flow + state.over) * 2) / 3_600;
    }
    expect((state.level - 1.5) * 6).toBeCloseTo(inflow - out, 6);
  });

  test("runs over at the brim and says so, until a pump draws it down", () => {
    const full = station.step(from(), {}, hours(2));
    expect(station.sense(full)).toMatchObject({ "level-1": 4, overflow: 1 });
    const drawn = station.sense(station.step(full, { "pump-1": 1 }, minutes(2)));
    expect(drawn["overflow"]).toBe(0);
    expect(drawn["level-1"]).toBeLessThan(4);
  });

  test("gives less while a pump draws air, and takes less current", () => {
    const low = later({ "pump-1": 1 }, seconds(2), { level: 0.15 });
    const high = later({ "pump-1": 1 }, seconds(2), { level: 1 });
    expect((low["flow"] ?? 0) / (high["flow"] ?? 1)).toBeCloseTo(0.5, 6);
    expect(low["current-1"]).toBeLessThan((high["current-1"] ?? 0) - 4);
  });

  test("trips a pump that has run dry for long, and lets it run again after it cooled", () => {
    const both = { "pump-1": 1, "pump-2": 1 };
    const dry = station.step(from({ level: 0.1 }), both, seconds(60));
    expect(station.sense(dry)).toMatchObject({ "fault-1": 1, "fault-2": 1, "current-1": 0 });
    expect(station.sense(station.step(dry, {}, minutes(11)))["fault-1"]).toBe(0);
  });

  test("forgives a pump that draws air for a moment", () => {
    expect(later({ "pump-1": 1 }, seconds(14), { level: 0.19 })["fault-1"]).toBe(0);
  });

  test("has busy hours, quiet nights and, now and then, a storm that one pump cannot master", () => {
    let state = station.start(7);
    const rises: number[] = [];
    for (let i = 0; i < 24 * 30 * 6; i += 1) {
      state = station.step({ ...state, level: 1 }, {}, minutes(1));
      rises.push((state.level - 1) * 6 * 60);
      state = station.step({ ...state, level: 1 }, {}, minutes(9));
    }
    const sorted = rises.sort((a, b) => a - b);
    expect(sorted[0]).toBeGreaterThan(5);
    expect(sorted.at(-1)).toBeGreaterThan(60);
    expect(sorted.at(-1)).toBeLessThan(90);
    expect(sorted[Math.floor(sorted.length * 0.9)]).toBeLessThan(60);
  });

  test("trips a motor rarely of itself, and only one that runs", () => {
    let state = station.start(7);
    let trips = 0;
    for (let i = 0; i < 24 * 90 * 20; i += 1) {
      state = station.step({ ...state, level: 2 }, { "pump-1": 1 }, minutes(3));
      trips += station.sense(state)["fault-1"] ?? 0;
      expect(station.sense(state)["fault-2"]).toBe(0);
    }
    expect(trips).toBeGreaterThan(5);
    expect(trips).toBeLessThan(120);
  });
});
