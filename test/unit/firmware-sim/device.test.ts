import { describe, expect, test } from "vitest";
import {
  answerDelay,
  broken,
  command,
  type DeviceState,
  fed,
  mended,
  startDevice,
  stepDevice,
} from "#firmware-sim/device.ts";
import type { DeviceFault } from "#firmware-sim/device-fault.ts";
import { type AnyPlant, plants } from "#firmware-sim/plant.ts";
import { hours, type Millis, millis, minutes, seconds } from "#src/base/units.ts";

const room = plants["cold-room"];
const tank = plants.tank;
const never = hours(1_000);

const run = (
  plant: AnyPlant,
  from: DeviceState,
  count: number,
  each: Millis = seconds(1),
  watchdog: Millis = never,
): DeviceState => {
  let state = from;
  for (let i = 0; i < count; i += 1)
    state = stepDevice(plant, state, { real: each, plant: each }, watchdog);
  return state;
};

const shown = (state: DeviceState, name = "room-air"): number => state.shown[name] ?? Number.NaN;
const truth = (state: DeviceState, name = "room-air"): number =>
  room.sense(state.plant)[name] ?? Number.NaN;
const fresh = startDevice(room, 7);
const faulty = (fault: DeviceFault): DeviceState => broken(run(room, fresh, 3), fault);

describe("a device without faults", () => {
  test("DV1: shows the truth with a little noise, centred on it", () => {
    let state = fresh;
    let sum = 0;
    let squares = 0;
    const count = 4_000;
    for (let i = 0; i < count; i += 1) {
      state = run(room, state, 1);
      const error = shown(state) - truth(state);
      sum += error;
      squares += error * error;
      expect(Math.abs(error)).toBeLessThan(0.03 * 3.6);
    }
    expect(Math.abs(sum / count)).toBeLessThan(0.002);
    expect(Math.sqrt(squares / count)).toBeCloseTo(0.03, 2);
  });

  test("DV1: shows flags without noise", () => {
    expect([0, 1]).toContain(shown(run(room, fresh, 50), "door"));
  });

  test("moves a relay at once and a valve with its lag", () => {
    expect(run(room, command(room, fresh, "compressor", 1), 1).positions["compressor"]).toBe(1);
    const opening = command(tank, startDevice(tank, 7), "valve", 1);
    const soon = run(tank, opening, 60, millis(50)).positions["valve"] ?? 0;
    expect(soon).toBeGreaterThan(0.55);
    expect(soon).toBeLessThan(0.7);
    expect(run(tank, opening, 600, millis(50)).positions["valve"]).toBeCloseTo(1, 3);
  });

  test("clips what it is commanded, and takes NaN for 0", () => {
    const commanded = (value: number) => command(tank, startDevice(tank, 7), "pump", value);
    expect(commanded(7).commands["pump"]).toBe(1);
    expect(commanded(-7).commands["pump"]).toBe(0);
    expect(commanded(Number.NaN).commands["pump"]).toBe(0);
  });

  test("DV4: one seed and one history give one story", () => {
    const story = (seed: number) => {
      const on = command(room, startDevice(room, seed), "compressor", 1);
      return run(room, broken(on, { kind: "noise", signal: "product", times: 5 }), 200);
    };
    expect(story(3)).toEqual(story(3));
    expect(story(3).shown).not.toEqual(story(4).shown);
  });
});

describe("the watchdog", () => {
  const on = command(room, fed(fresh), "compressor", 1);
  const silent = (count: number) => run(room, on, count, seconds(1), seconds(10));

  test("DV2: puts every command to 0 after its time without a write, not before", () => {
    expect(silent(9)).toMatchObject({ tripped: false, commands: { compressor: 1 } });
    expect(silent(10)).toMatchObject({ tripped: true, commands: { compressor: 0 } });
    expect(silent(10).positions["compressor"]).toBe(0);
  });

  test("DV2: is satisfied by a write, and lets go at the next one", () => {
    const twice = run(room, fed(silent(8)), 8, seconds(1), seconds(10));
    expect(twice).toMatchObject({ tripped: false, commands: { compressor: 1 } });
    const again = command(room, fed(silent(30)), "compressor", 1);
    expect(run(room, again, 1, seconds(1), seconds(10)).positions["compressor"]).toBe(1);
  });

  test("DV2: counts real time, however fast the plant runs", () => {
    const passed = { real: millis(50), plant: minutes(10) };
    expect(stepDevice(room, on, passed, seconds(10)).tripped).toBe(false);
  });
});

describe("a broken device", () => {
  test("holds the last value of a stuck sensor", () => {
    const state = faulty({ kind: "stuck", signal: "room-air" });
    expect(shown(run(room, state, 600))).toBe(shown(state));
    expect(truth(run(room, state, 600))).not.toBeCloseTo(shown(state), 2);
  });

  test("shows an offset, and saturates at the sensor's range", () => {
    const by = (offset: number) =>
      run(room, faulty({ kind: "offset", signal: "room-air", by: offset }), 1);
    expect(shown(by(5)) - truth(by(5))).toBeCloseTo(5, 0);
    expect(shown(by(500))).toBe(80);
    expect(shown(by(-500))).toBe(-60);
  });

  test("drifts by so much in an hour", () => {
    const state = run(room, faulty({ kind: "drift", signal: "room-air", perHour: 6 }), 1_800);
    expect(shown(state) - truth(state)).toBeCloseTo(3, 0);
  });

  test("is noisier in a burst of noise", () => {
    let state = faulty({ kind: "noise", signal: "room-air", times: 20 });
    let squares = 0;
    for (let i = 0; i < 500; i += 1) {
      state = run(room, state, 1);
      squares += (shown(state) - truth(state)) ** 2;
    }
    expect(Math.sqrt(squares / 500)).toBeGreaterThan(1);
  });

  test("leaves a stuck actuator where it is, whatever is commanded", () => {
    const half = run(tank, command(tank, startDevice(tank, 7), "valve", 0.5), 60);
    const stuck = broken(half, { kind: "stuck-actuator", signal: "valve" });
    const told = run(tank, command(tank, stuck, "valve", 0), 60);
    expect(told.positions["valve"]).toBe(half.positions["valve"]);
    expect(told.commands["valve"]).toBe(0);
  });

  test("leaves even the watchdog without power over a stuck actuator", () => {
    const on = run(room, command(room, fresh, "compressor", 1), 1);
    const stuck = broken(on, { kind: "stuck-actuator", signal: "compressor" });
    const later = run(room, stuck, 60, seconds(1), seconds(10));
    expect(later).toMatchObject({ tripped: true, positions: { compressor: 1 } });
  });

  test("answers late when slow and never when dropped out", () => {
    expect(answerDelay(fresh)).toBe(0);
    expect(answerDelay(faulty({ kind: "slow", millis: 250 }))).toBe(250);
    const gone = broken(faulty({ kind: "slow", millis: 250 }), { kind: "dropout" });
    expect(answerDelay(gone)).toBeUndefined();
  });

  test("DV3: differs from a sound one in the broken signal alone", () => {
    const sound = run(room, fresh, 100);
    const one = broken(fresh, { kind: "offset", signal: "product", by: 3 });
    const { product: _, ...others } = run(room, one, 100).shown;
    expect(sound.shown).toMatchObject(others);
    expect(run(room, one, 100).plant).toEqual(sound.plant);
  });

  test("DV3: is as before once mended", () => {
    const state = mended(faulty({ kind: "offset", signal: "room-air", by: 9 }));
    expect(Math.abs(shown(run(room, state, 1)) - truth(run(room, state, 1)))).toBeLessThan(0.2);
  });

  test("has one fault of a kind on a signal: the newest", () => {
    const twice = broken(faulty({ kind: "offset", signal: "room-air", by: 9 }), {
      kind: "offset",
      signal: "room-air",
      by: 1,
    });
    const both = broken(twice, { kind: "offset", signal: "product", by: 2 });
    expect(both.faults.map(({ fault }) => fault)).toEqual([
      { kind: "offset", signal: "room-air", by: 1 },
      { kind: "offset", signal: "product", by: 2 },
    ]);
  });
});
