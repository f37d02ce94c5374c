import { setTimeout as pause } from "node:timers/promises";
import { afterEach, beforeEach, expect, test } from "vitest";
import { type ServedDevice, serveDevice } from "#firmware-sim/modbus-server.ts";
import { modbusDevices } from "#src/adapters/modbus-device.ts";
import { systemClock } from "#src/adapters/system-clock.ts";
import type { Devices } from "#src/ports/devices.ts";
import { site } from "#test/unit/firmware-sim/site.ts";
import { until } from "./modbus-site.ts";

let served: ServedDevice;
let devices: Devices;
let told: string[];

const names = { inputs: Object.keys(site().inputs), outputs: Object.keys(site().outputs) };
const input = (name: string) => devices.image().inputs[names.inputs.indexOf(name)];
const output = (name: string) => devices.image().outputs[names.outputs.indexOf(name)];
const write = (name: string, value: number) => devices.write(names.outputs.indexOf(name), value);

beforeEach(async () => {
  told = [];
  served = await serveDevice({ config: site(), device: "plc", host: "127.0.0.1", port: 0 });
  const config = site((said) => {
    Object.assign(said.devices.plc, { port: served.port, poll: "20ms", timeout: "200ms" });
  });
  devices = modbusDevices({
    config,
    clock: systemClock(),
    events: {
      lost: (device) => told.push(`lost ${device}`),
      found: (device) => told.push(`found ${device}`),
      refused: (_, fault) => told.push(fault.message),
    },
  });
  await until(() => names.inputs.every((name) => input(name)?.quality === "good"));
});

afterEach(async () => {
  await devices.close();
  await served.close();
});

test("a simulated device is read whole, though it has no address that nobody uses", () => {
  expect(input("air")?.value).toBeCloseTo(7, 0);
  expect(input("product")?.value).toBeCloseTo(5, 0);
  expect(told).toEqual([]);
});

test("a simulated device obeys, and its read-backs follow", async () => {
  write("compressor", 1);
  write("defrost", 0.75);
  await until(() => output("compressor")?.value === 1 && output("defrost")?.value === 0.75);
  expect(served.snapshot().commands).toMatchObject({ compressor: 1, defrost: 0.75 });
});

test("D4: a simulated device whose watchdog fell is not started by an old order", async () => {
  write("compressor", 1);
  await until(() => output("compressor")?.value === 1);
  served.inject({ kind: "dropout" });
  await until(() => told.length > 0);
  write("compressor", 1);
  await until(() => served.snapshot().tripped);
  served.clear();
  await until(() => told.length > 1 && output("compressor")?.value === 0);
  await pause(150);
  expect(told).toEqual(["lost plc", "found plc"]);
  expect(served.snapshot().commands).toMatchObject({ compressor: 0 });
});
