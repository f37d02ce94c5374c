import { expect, test } from "vitest";
import { millis, wallTime } from "#src/base/units.ts";
import { devicesPlan } from "#src/sim/devices-plan.ts";
import { later } from "#src/sim/moment.ts";
import { PlantField } from "#src/sim/plant-field.ts";
import { plantLayout } from "#src/sim/plant-layout.ts";
import { SimDevices } from "#src/sim/sim-devices.ts";
import { SimMachine } from "#src/sim/sim-machine.ts";
import { World } from "#src/sim/world.ts";
import { siteOf } from "./site.ts";

function begin(awaited: readonly number[] = []) {
  const { config } = siteOf("cold-room");
  const world = new World(1);
  const machine = new SimMachine(world, wallTime(0), millis(50_000));
  const process = machine.spawn();
  const field = new PlantField({ layout: plantLayout(config, "plc"), seed: 5, now: world.now });
  const told: string[] = [];
  const devices = new SimDevices({
    plan: devicesPlan(config),
    process,
    fields: new Map([["plc", field]]),
    events: {
      lost: (device) => told.push(`lost ${device}`),
      found: (device) => told.push(`found ${device}`),
      refused: (device) => told.push(`refused ${device}`),
      changed: (inputs) => told.push(`changed ${inputs} at ${process.now()}`),
    },
    awaited: new Set(awaited),
  });
  const pass = (length: number): void => world.run(later(world.now, millis(length)));
  const air = () => devices.image().inputs[0];
  return { world, machine, process, field, devices, told, pass, air };
}

test("VD1: a reading has the instant at which the device answered a poll", () => {
  const { pass, air, world } = begin();
  expect(air()).toEqual({ value: Number.NaN, quality: "bad", at: 0 });
  pass(10);
  expect(air()?.at).toBe(50_002);
  pass(3_700);
  expect(air()?.at).toBe(53_002);
  expect(world.counters.events).toBe(0);
});

test("VD1: who looks late finds what was polled then, not what is now", () => {
  const prompt = begin();
  const late = begin();
  for (const { devices, pass } of [prompt, late]) {
    pass(10);
    devices.image();
    devices.write(0, 1);
  }
  prompt.pass(4_995);
  late.pass(5_900);
  expect(late.devices.image()).toEqual(prompt.devices.image());
  expect(late.air()?.at).toBe(55_002);
});

test("VD1: an image is the same until something new was polled", () => {
  const { pass, devices } = begin();
  pass(10);
  const image = devices.image();
  pass(900);
  expect(devices.image()).toBe(image);
  pass(200);
  expect(devices.image()).not.toBe(image);
});

test("VD1: who looks after something broke finds what was polled before it did", () => {
  const { field, pass, air } = begin();
  pass(10);
  air();
  pass(3_000);
  field.inject({ kind: "dropout" });
  expect(air()?.at).toBe(53_002);
});

test("VD1: a device that is slow is heard as much later, and not at all beyond its timeout", () => {
  const { field, pass, air, devices } = begin();
  field.inject({ kind: "slow", millis: 150 });
  pass(1_100);
  expect(air()?.at).toBe(50_150);
  pass(100);
  expect(air()?.at).toBe(51_150);
  field.inject({ kind: "slow", millis: 250 });
  pass(2_000);
  expect(air()?.at).toBe(51_150);
  devices.write(0, 1);
  pass(5_000);
  expect(field.position("compressor")).toBe(0);
});

test("VD2: a device is lost after two silences, and found once it was read", () => {
  const { field, pass, air, told } = begin();
  pass(500);
  air();
  field.inject({ kind: "dropout" });
  pass(700);
  air();
  expect(told).toEqual([]);
  pass(300);
  air();
  expect(told).toEqual(["lost plc"]);
  pass(5_000);
  air();
  field.mend({ kind: "dropout" });
  pass(1_000);
  expect(air()?.at).toBeGreaterThan(56_000);
  expect(told).toEqual(["lost plc", "found plc"]);
});

test("VD2: a short silence costs one poll and no write", () => {
  const { field, pass, air, told, devices } = begin();
  pass(900);
  air();
  field.inject({ kind: "dropout" });
  pass(200);
  devices.write(0, 1);
  pass(100);
  field.mend({ kind: "dropout" });
  air();
  pass(1_000);
  air();
  expect(told).toEqual([]);
  pass(10);
  field.stepTo(later(0 as never, millis(4_000)));
  expect(field.position("compressor")).toBe(1);
});

test("VD3: the room goes on while its node sleeps", () => {
  const awake = begin();
  const asleep = begin();
  for (const one of [awake, asleep]) {
    one.pass(1_000);
    one.air();
    one.devices.write(0, 1);
  }
  asleep.machine.suspend();
  awake.pass(8_000);
  asleep.pass(8_000);
  asleep.machine.resume();
  awake.pass(1_002);
  asleep.pass(1_002);
  expect(asleep.air()?.at).toBe(60_002);
  expect(awake.air()?.at).toBe(60_002);
  expect(asleep.field.truth("room-air")).toBeCloseTo(awake.field.truth("room-air"), 1);
});

test("VD5: an order that waits while its node sleeps gives way to what is decided at the wake", () => {
  const { field, machine, pass, air, devices } = begin();
  pass(900);
  air();
  field.inject({ kind: "dropout" });
  pass(200);
  devices.write(0, 1);
  machine.suspend();
  pass(60_000);
  field.mend({ kind: "dropout" });
  machine.resume();
  const written: number[] = [];
  field.onWritten = (_, value) => written.push(value);
  air();
  devices.write(0, 0);
  pass(10);
  expect(written).toEqual([0]);
});

test("VD4: a new value of what is awaited is told when it was polled, and nothing of all else", () => {
  const { field, pass, told, devices } = begin([0]);
  field.inject({ kind: "stuck", signal: "room-air" });
  pass(1_500);
  expect(told).toEqual(["changed 0 at 50002"]);
  expect(devices.image().inputs[0]?.at).toBe(51_002);
  field.inject({ kind: "offset", signal: "room-air", by: 5 });
  field.mend({ kind: "stuck", signal: "room-air" });
  pass(1_000);
  expect(told).toEqual(["changed 0 at 50002", "changed 0 at 52002"]);
});

test("VD4: a device that is silent changes nothing, and is found by its own poll", () => {
  const { field, pass, told } = begin([0]);
  pass(500);
  field.inject({ kind: "dropout" });
  pass(5_000);
  field.mend({ kind: "dropout" });
  pass(1_000);
  const [first, lost, ...back] = told;
  expect([first, lost]).toEqual(["changed 0 at 50002", "lost plc"]);
  expect(back).toContain("found plc");
});

test("VD4: the dead and the closed are told nothing", async () => {
  const { devices, pass, told, process } = begin([0]);
  await devices.close();
  pass(3_000);
  expect(told).toEqual([]);
  const other = begin([0]);
  other.process.end("killed");
  other.pass(3_000);
  expect(other.told).toEqual([]);
  expect(process.alive).toBe(true);
});

test("the dead write nothing", () => {
  const { process, devices, field, pass, air } = begin();
  pass(100);
  air();
  process.end("killed");
  devices.write(0, 1);
  pass(2_000);
  field.stepTo(later(0 as never, millis(5_000)));
  expect(field.position("compressor")).toBe(0);
});
