import { expect, test } from "vitest";
import {
  broken,
  command,
  type DeviceState,
  fed,
  startDevice,
  stepDevice,
} from "#firmware-sim/device.ts";
import type { DeviceFault } from "#firmware-sim/device-fault.ts";
import { plants } from "#firmware-sim/plant.ts";
import {
  type DeviceMemory,
  readWord,
  registerMap,
  writeWords,
} from "#firmware-sim/register-map.ts";
import { rngOf } from "#src/base/rng.ts";
import { millis } from "#src/base/units.ts";
import { registerOf } from "#src/contract/places.ts";
import { decode, encode, type Register, widthOf } from "#src/contract/registers.ts";
import { moment } from "#src/sim/moment.ts";
import { PlantField } from "#src/sim/plant-field.ts";
import { plantLayout } from "#src/sim/plant-layout.ts";
import { type Site, siteOf } from "./site.ts";

const faults: readonly (readonly DeviceFault[])[] = [
  [],
  [{ kind: "stuck", signal: "room-air" }],
  [
    { kind: "offset", signal: "room-air", by: 3 },
    { kind: "drift", signal: "product", perHour: -40 },
    { kind: "noise", signal: "evaporator", times: 20 },
  ],
  [{ kind: "stuck-actuator", signal: "compressor" }],
];

/** The same story on the served device's own code, read after every step. */
class Served {
  memory: DeviceMemory;
  readonly #site: Site;
  readonly #map;

  constructor(site: Site) {
    this.#site = site;
    this.#map = registerMap(site.config, "plc");
    const seed = site.config.simulation?.["plc"]?.seed ?? 1;
    this.memory = { state: startDevice(this.#map.plant, seed), written: new Map() };
  }

  step(length: number, watchdog: number): void {
    const before = this.memory.state.tripped;
    const passing = { real: millis(length), plant: millis(length) };
    const state = stepDevice(this.#map.plant, this.memory.state, passing, millis(watchdog));
    const isTripped = state.tripped && !before;
    this.memory = { state, written: isTripped ? new Map() : this.memory.written };
  }

  inject(fault: DeviceFault): void {
    this.memory = { ...this.memory, state: broken(this.memory.state, fault) };
  }

  write(output: string, value: number): void {
    const register = this.#site.config.outputs[output]?.register as Register;
    const kind = register.kind === "coil" ? "coil" : "holding";
    const words = encode(register, value);
    const next = writeWords(this.#map, this.memory, kind, register.address, words);
    if (next !== undefined) this.memory = next;
  }

  read(register: Register): number {
    const words = Array.from(
      { length: widthOf(register) },
      (_, index) =>
        readWord(this.#map, this.memory, register.kind, register.address + index) ?? Number.NaN,
    );
    return decode(register, words);
  }
}

test.each(faults.map((one, index) => [index, one] as const))(
  "PF1: shows to the last bit what the served device shows, fault set %i",
  (index, set) => {
    const site = siteOf("cold-room");
    const { config } = site;
    const seed = config.simulation?.["plc"]?.seed ?? 1;
    const field = new PlantField({ layout: plantLayout(config, "plc"), seed, now: moment(0) });
    const served = new Served(site);
    const rng = rngOf(index);
    let now = 0;
    for (let i = 0; i < 2_000; i += 1) {
      if (i === 500) {
        for (const fault of set) {
          field.inject(fault);
          served.inject(fault);
        }
      }
      const length = rng.chance(1, 100) ? 12_000 : 250 * (1 + rng.below(8));
      now += length;
      field.stepTo(moment(now));
      served.step(length, config.simulation?.["plc"]?.watchdog ?? 0);
      for (const [at, input] of Object.values(config.inputs).entries()) {
        expect(field.readInput(at)).toBe(served.read(registerOf(input)));
      }
      for (const [at, output] of Object.values(config.outputs).entries()) {
        expect(field.readOutput(at)).toBe(served.read(registerOf(output)));
      }
      if (!rng.chance(1, 3)) continue;
      const output = rng.below(3);
      const value = rng.below(2);
      field.write(output, value);
      served.write(Object.keys(config.outputs)[output] ?? "", value);
    }
  },
);

test("without a fault it is as before, and fed by any write", () => {
  const { config } = siteOf("cold-room");
  const field = new PlantField({ layout: plantLayout(config, "plc"), seed: 1, now: moment(0) });
  field.inject({ kind: "dropout" });
  expect(field.answerTime).toBeUndefined();
  field.mend({ kind: "dropout" });
  expect(field.answerTime).toBe(2);
  field.write(0, 1);
  field.stepTo(moment(9_000));
  expect(field.position("compressor")).toBe(1);
  field.stepTo(moment(10_000));
  expect(field.position("compressor")).toBe(0);
  expect(field.readOutput(0)).toBe(0);
});

test("the plant in it is the plant", () => {
  const plant = plants["cold-room"];
  let state: DeviceState = startDevice(plant, 7);
  const { config } = siteOf("cold-room");
  const field = new PlantField({ layout: plantLayout(config, "plc"), seed: 7, now: moment(0) });
  state = fed(command(plant, state, "compressor", 1));
  field.write(0, 1);
  for (let at = 1_000; at <= 8_000; at += 1_000) {
    state = stepDevice(plant, state, { real: millis(1_000), plant: millis(1_000) }, millis(1e9));
    field.stepTo(moment(at));
  }
  expect(field.truth("room-air")).toBe(plant.sense(state.plant)["room-air"]);
});
