import { describe, expect, test } from "vitest";
import { broken, startDevice, stepDevice } from "#firmware-sim/device.ts";
import {
  type DeviceMemory,
  readWord,
  registerMap,
  writeWords,
} from "#firmware-sim/register-map.ts";
import { hours, seconds } from "#src/base/units.ts";
import { decode, encode, type RegisterKind } from "#src/contract/registers.ts";
import { site } from "./site.ts";

const config = site();
const map = registerMap(config, "plc");
const fresh: DeviceMemory = { state: startDevice(map.plant, 7), written: new Map() };
const float = config.outputs["defrost"]?.register ?? expect.unreachable();

const read = (kind: RegisterKind, address: number, memory = fresh) =>
  readWord(map, memory, kind, address);
const write = (kind: "coil" | "holding", address: number, words: number[], memory = fresh) =>
  writeWords(map, memory, kind, address, words);
const commands = (memory: DeviceMemory | undefined) => memory?.state.commands;

describe("the registers of a device", () => {
  test("show sensors in the units and scales of the site file", () => {
    expect(read("input", 0)).toBe(700);
    const words = [read("input", 2) ?? 0, read("input", 3) ?? 0];
    expect(decode({ ...float, kind: "input" }, words)).toBeCloseTo(5, 5);
    expect(read("discrete", 0)).toBe(0);
    expect(read("holding", 40)).toBe(0);
  });

  test("RM1: have nothing at any other address or of another kind", () => {
    expect(read("input", 1)).toBeUndefined();
    expect(read("holding", 0)).toBeUndefined();
    expect(read("coil", 2)).toBeUndefined();
  });

  test("RM1: refuse a write that reaches beyond them, as a whole", () => {
    expect(write("coil", 1, [1, 1])).toBeUndefined();
    expect(write("holding", 11, [1, 1, 1])).toBeUndefined();
  });

  test("RM1: refuse a write to what is only read", () => {
    expect(write("holding", 40, [1])).toBeUndefined();
  });

  test("carry a write to the actuator behind it", () => {
    expect(commands(write("coil", 0, [1, 1]))).toEqual({ compressor: 1, fan: 1, defrost: 0 });
  });

  test("RM2: read back what was written, in every output and in an input on its register", () => {
    const written = write("coil", 0, [1]);
    expect(read("coil", 0, written)).toBe(1);
    expect(read("coil", 1, written)).toBe(0);
    expect(read("holding", 12, write("holding", 12, [4_711]))).toBe(4_711);
  });

  test("RM2: read back what was written even when the actuator clips it", () => {
    const written = write("holding", 10, encode(float, 7));
    expect(commands(written)?.["defrost"]).toBe(1);
    expect([read("holding", 10, written), read("holding", 11, written)]).toEqual(encode(float, 7));
  });

  test("RM2: read back the real position of a stuck actuator", () => {
    const stuck = { ...fresh, state: broken(fresh.state, stuckCompressor) };
    const written = write("coil", 0, [1], stuck) ?? expect.unreachable();
    const passed = { real: seconds(1), plant: seconds(1) };
    const state = stepDevice(map.plant, written.state, passed, hours(1));
    expect(state.commands["compressor"]).toBe(1);
    expect(read("coil", 0, { ...written, state })).toBe(0);
  });

  test("RM3: take both words of a value in one request as one value", () => {
    const written = write("holding", 10, encode(float, 0.25));
    expect(commands(written)?.["defrost"]).toBeCloseTo(0.25, 6);
  });

  test("take a value that is no number for 0", () => {
    const written = write("holding", 10, [0x7fc0, 0]);
    expect(commands(written)?.["defrost"]).toBe(0);
  });

  test("convert per cent to the plant's 0 … 1 and back", () => {
    const percent = site((said) => {
      said.outputs["defrost"] = {
        device: "plc",
        register: { kind: "holding", address: 10, scale: 0.1 },
        unit: "%",
        bounds: [0, 100],
        safe: 0,
        onSensorBad: "safe",
        onPartition: "keep",
        onAgentLoss: "safe",
      };
    });
    const inPercent = registerMap(percent, "plc");
    const memory = { state: startDevice(inPercent.plant, 7), written: new Map() };
    const written = writeWords(inPercent, memory, "holding", 10, [255]);
    expect(commands(written)?.["defrost"]).toBeCloseTo(0.255, 9);
    expect(readWord(inPercent, written ?? memory, "holding", 10)).toBe(255);
  });
});

const stuckCompressor = { kind: "stuck-actuator", signal: "compressor" } as const;
