import { type ChildProcessByStdio, spawn } from "node:child_process";
import { createInterface } from "node:readline";
import type { Readable, Writable } from "node:stream";
import { fileURLToPath } from "node:url";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { modbusDevices } from "#src/adapters/modbus-device.ts";
import { systemClock } from "#src/adapters/system-clock.ts";
import type { Fault } from "#src/base/fault.ts";
import { NodeConfig } from "#src/contract/config.ts";
import type { Devices } from "#src/ports/devices.ts";
import { available, placeOf } from "./outside.ts";
import { until } from "./until.ts";

const script = fileURLToPath(new URL("pymodbus-server.py", import.meta.url));

const site = (port: number) =>
  NodeConfig.parse({
    role: "node",
    node: "n1",
    region: "north",
    devices: { plc: { driver: "modbus-tcp", port, unit: 7, poll: "50ms", timeout: "2s" } },
    inputs: {
      int16: input("input", 0, { type: "int16", scale: 0.1 }),
      uint16: input("input", 1, { type: "uint16" }),
      "big-float": input("input", 2, { type: "float32" }),
      "little-float": input("input", 4, { type: "float32", wordOrder: "little" }),
      "big-int": input("input", 6, { type: "int32" }),
      "little-uint": input("input", 8, { type: "uint32", wordOrder: "little" }),
      "no-number": input("input", 12, { type: "float32" }),
      door: input("discrete", 3),
      shut: input("discrete", 4),
      relay: input("coil", 1),
      absent: input("input", 500, {}),
    },
    outputs: {
      coil: output("coil", 0, {}),
      word: output("holding", 100, { type: "uint16", scale: 0.5 }),
      "big-float": output("holding", 110, { type: "float32" }),
      "little-float": output("holding", 120, { type: "float32", wordOrder: "little" }),
      "little-int": output("holding", 130, { type: "int32", wordOrder: "little" }),
    },
    loops: {},
  });

const input = (kind: string, address: number, register: object = {}) => ({
  device: "plc",
  register: { kind, address, ...register },
  range: [-1e9, 1e10],
});
const output = (kind: string, address: number, register: object) => ({
  device: "plc",
  register: { kind, address, ...register },
  bounds: kind === "coil" ? [0, 1] : [0, 30_000],
  safe: 0,
  onSensorBad: "safe",
  onPartition: "keep",
  onAgentLoss: "safe",
});

describe.skipIf(!available("pymodbus"))("a device served by pymodbus", () => {
  let server: ChildProcessByStdio<Writable, Readable, null>;
  let lines: string[];
  let devices: Devices;
  let config: NodeConfig;
  let told: { readonly kind: string; readonly fault?: Fault }[];

  const readings = () => {
    const { inputs } = devices.image();
    return Object.fromEntries(Object.keys(config.inputs).map((name, at) => [name, inputs[at]]));
  };
  const write = (name: string, value: number): void =>
    devices.write(Object.keys(config.outputs).indexOf(name), value);
  const shown = async () => {
    lines.length = 0;
    server.stdin.write("show\n");
    return JSON.parse(await until("it shows what it holds", () => lines[0]));
  };

  beforeEach(async () => {
    lines = [];
    told = [];
    server = spawn(placeOf("pymodbus") ?? "python3", [script], {
      stdio: ["pipe", "pipe", "inherit"],
    });
    createInterface(server.stdout).on("line", (line) => lines.push(line));
    const { port } = JSON.parse(await until("it serves", () => lines[0]));
    config = site(port);
    devices = modbusDevices({
      config,
      clock: systemClock(),
      events: {
        lost: (_, fault) => told.push({ kind: "lost", fault }),
        found: () => told.push({ kind: "found" }),
        refused: (_, fault) => told.push({ kind: "refused", fault }),
      },
    });
    await until("it is read whole", () => readings()["absent"]?.at !== 0);
  });

  afterEach(async () => {
    await devices.close();
    server.kill();
  });

  test("is read as it was written down, in every type and word order", () => {
    const all = readings();
    const values = Object.entries(all).map(([name, reading]) => [name, reading?.value]);
    expect(Object.fromEntries(values)).toEqual({
      int16: -4.2,
      uint16: 65_000,
      "big-float": -18.375,
      "little-float": 1234.5,
      "big-int": -70_000,
      "little-uint": 4_000_000_000,
      "no-number": Number.NaN,
      door: 1,
      shut: 0,
      relay: 1,
      absent: Number.NaN,
    });
    const bad = Object.entries(all).filter(([, reading]) => reading?.quality !== "good");
    expect(bad.map(([name]) => name)).toEqual(["no-number", "absent"]);
    expect(told).toMatchObject([{ kind: "refused", fault: { code: "DEVICE_REFUSED" } }]);
    expect(told[0]?.fault?.message).toContain("reading absent (input 500)");
  });

  test("holds what it is told, in every type and word order, and reads it back", async () => {
    write("coil", 1);
    write("word", 321.5);
    write("big-float", 0.15625);
    write("little-float", 29_999.75);
    write("little-int", 12_345);
    const wanted = [1, 321.5, 0.15625, 29_999.75, 12_345];
    await until("it reads back", () =>
      devices.image().outputs.every(({ value }, at) => value === wanted[at]),
    );
    expect(await shown()).toEqual({
      coil: true,
      word: 643,
      "big-float": 0.15625,
      "little-float": 29_999.75,
      "little-int": 12_345,
    });
  });

  test("is lost when it is killed", async () => {
    server.kill("SIGKILL");
    await until("it is lost", () => told.some(({ kind }) => kind === "lost"));
    expect(readings()["big-float"]).toMatchObject({ value: -18.375, quality: "good" });
  });
});
