import { afterEach, beforeEach, describe, expect, test } from "vitest";
import type { Fault } from "#src/base/fault.ts";
import { NodeConfig } from "#src/contract/config.ts";
import type { DeviceEvents, Devices } from "#src/ports/devices.ts";

/** What a family of devices lets a test do to the two devices of `contractConfig`. */
export interface DeviceWorld {
  open(events: DeviceEvents): Devices;
  /** Puts an engineering value where the input reads it. */
  show(input: string, value: number): void;
  /** What the device holds for an output. */
  holds(output: string): number | undefined;
  /** Reads and writes as they reached the device, in order: "read" or "write compressor 1". */
  heard(device: string): readonly string[];
  /** The device takes no notice of anything, or does again. */
  mute(device: string, isMute: boolean): void;
  /** The device says no to everything about this signal. */
  refuse(signal: string): void;
  /** Lets time pass until it holds; fails after a bounded time. */
  until(holds: () => boolean): Promise<void>;
  /** Lets a few poll periods pass. */
  pass(): Promise<void>;
  now(): number;
  end(): Promise<void>;
}

/** Two devices; the first with inputs of several kinds and two outputs, the second with one each. */
export const contractConfig = (ports: { readonly near: number; readonly far: number }) =>
  NodeConfig.parse({
    role: "node",
    node: "n1",
    region: "north",
    devices: {
      near: { driver: "modbus-tcp", port: ports.near, timeout: "150ms", poll: "30ms" },
      far: { driver: "modbus-tcp", port: ports.far, timeout: "150ms", poll: "30ms" },
    },
    inputs: {
      air: input("near", { kind: "input", address: 0, scale: 0.1 }),
      product: input("near", { kind: "input", address: 1, type: "float32" }),
      door: input("near", { kind: "discrete", address: 4 }),
      level: input("far", { kind: "holding", address: 100, type: "int32", wordOrder: "little" }),
    },
    outputs: {
      compressor: output("near", { kind: "coil", address: 0 }, 1),
      valve: output("near", { kind: "holding", address: 10, type: "float32" }, 100),
      pump: output("far", { kind: "holding", address: 20 }, 1_000),
    },
    loops: {},
  });

const input = (device: string, register: object) => ({ device, register, range: [-1e6, 1e6] });
const output = (device: string, register: object, most: number) => ({
  device,
  register,
  bounds: [0, most],
  safe: 0,
  onSensorBad: "deenergize",
  onPartition: "keep",
  onAgentLoss: "safe",
});

const inputs = ["air", "product", "door", "level"];
const outputs = ["compressor", "valve", "pump"];

export function devicesContract(family: string, begin: () => Promise<DeviceWorld>): void {
  describe(`the ${family} devices`, () => {
    let world: DeviceWorld;
    let devices: Devices;
    let told: { kind: string; device: string; fault?: Fault }[];

    const reading = (input: string) => devices.image().inputs[inputs.indexOf(input)];
    const readBack = (output: string) => devices.image().outputs[outputs.indexOf(output)];
    const write = (output: string, value: number) => devices.write(outputs.indexOf(output), value);
    const isGood = (name: string) => (reading(name) ?? readBack(name))?.quality === "good";
    const allGood = () => [...inputs, ...outputs].every(isGood);
    const open = () =>
      world.open({
        lost: (device, fault) => told.push({ kind: "lost", device, fault }),
        found: (device) => told.push({ kind: "found", device }),
        refused: (device, fault) => told.push({ kind: "refused", device, fault }),
      });

    beforeEach(async () => {
      told = [];
      world = await begin();
      devices = open();
    });

    afterEach(async () => {
      await devices.close();
      await world.end();
    });

    test("D1: know nothing before the first answer, and say so", () => {
      const { inputs: all, outputs: back } = devices.image();
      expect([...all, ...back]).toEqual(
        Array.from({ length: 7 }, () => ({ value: Number.NaN, quality: "bad", at: 0 })),
      );
    });

    test("D1: show what the newest answer held, in the order of the configuration", async () => {
      world.show("air", 4.5);
      world.show("product", -18.25);
      world.show("door", 1);
      world.show("level", -123_456);
      await world.until(() => reading("level")?.value === -123_456 && reading("door")?.value === 1);
      const values = devices.image().inputs.map(({ value }) => value);
      expect(values).toEqual([4.5, -18.25, 1, -123_456]);
      world.show("air", 7);
      await world.until(() => reading("air")?.value === 7);
    });

    test("D1: give each value its time, which goes on as long as the device answers", async () => {
      await world.until(allGood);
      const first = reading("air")?.at ?? 0;
      expect(first).toBeGreaterThan(0);
      expect(first).toBeLessThanOrEqual(world.now());
      await world.until(() => (reading("air")?.at ?? 0) > first);
    });

    test("D1: an image does not change under the hands of who took it", async () => {
      await world.until(allGood);
      const image = devices.image();
      const before = structuredClone(image);
      world.show("air", 33);
      await world.until(() => reading("air")?.value === 33);
      expect(image).toEqual(before);
    });

    test("D2: write, and read back what the device holds", async () => {
      await world.until(allGood);
      write("compressor", 1);
      write("valve", 62.5);
      write("pump", 700);
      await world.until(() => world.holds("pump") === 700 && world.holds("valve") === 62.5);
      await world.until(() => readBack("compressor")?.value === 1);
      await world.until(() => readBack("valve")?.value === 62.5 && readBack("pump")?.value === 700);
    });

    test("D2: of several writes to one output the newest wins", async () => {
      await world.until(allGood);
      for (let value = 1; value <= 50; value += 1) write("pump", value);
      await world.until(() => world.holds("pump") === 50);
      await world.pass();
      expect(world.holds("pump")).toBe(50);
      const written = world.heard("far").filter((one) => one.startsWith("write"));
      expect(written.at(-1)).toBe("write pump 50");
      expect(written.length).toBeLessThan(10);
    });

    test("D2: what was written before the end is still tried", async () => {
      await world.until(allGood);
      write("compressor", 1);
      await world.until(() => world.holds("compressor") === 1);
      write("compressor", 0);
      write("valve", 0.5);
      await devices.close();
      expect(world.holds("compressor")).toBe(0);
      expect(world.holds("valve")).toBe(0.5);
    });

    test("close twice, and write no more", async () => {
      await world.until(allGood);
      await Promise.all([devices.close(), devices.close()]);
      write("compressor", 1);
      await world.pass();
      expect(world.holds("compressor")).toBe(0);
    });

    test("D3: a device that does not answer makes its signals old, and no other's", async () => {
      world.show("air", 5);
      await world.until(() => allGood() && reading("air")?.value === 5);
      world.mute("near", true);
      await world.until(() => told.length > 0);
      const air = reading("air");
      const level = reading("level");
      await world.until(() => (reading("level")?.at ?? 0) > (level?.at ?? 0) + 100);
      expect(reading("air")).toEqual(air);
      expect(air).toMatchObject({ value: 5, quality: "good" });
      write("pump", 12);
      await world.until(() => world.holds("pump") === 12);
    });

    test("D3: tell once that a device is lost, and once that it is found", async () => {
      await world.until(allGood);
      expect(told).toEqual([]);
      world.mute("near", true);
      await world.until(() => told.length > 0);
      for (let i = 0; i < 10; i += 1) await world.pass();
      expect(told).toMatchObject([
        { kind: "lost", device: "near", fault: { code: "DEVICE_UNREACHABLE" } },
      ]);
      world.mute("near", false);
      const lostAt = reading("air")?.at ?? 0;
      await world.until(() => told.length > 1 && (reading("air")?.at ?? 0) > lostAt);
      await world.pass();
      expect(told.slice(1)).toEqual([{ kind: "found", device: "near" }]);
    });

    test("D4: read a device that comes back before they write to it", async () => {
      await world.until(allGood);
      write("compressor", 1);
      await world.until(() => world.holds("compressor") === 1);
      world.mute("near", true);
      await world.until(() => told.length > 0);
      const before = world.heard("near").length;
      world.mute("near", false);
      await world.until(() => {
        write("valve", 77);
        return world.holds("valve") === 77;
      });
      const since = world.heard("near").slice(before);
      expect(since.indexOf("read")).toBeGreaterThanOrEqual(0);
      expect(since.indexOf("read")).toBeLessThan(since.indexOf("write valve 77"));
    });

    test("D4: forget what was written while the device was away", async () => {
      await world.until(allGood);
      world.mute("near", true);
      write("valve", 9);
      await world.until(() => told.length > 0);
      write("compressor", 1);
      await world.pass();
      const before = world.heard("near").length;
      world.mute("near", false);
      await world.until(() => told.length > 1);
      for (let i = 0; i < 5; i += 1) await world.pass();
      const written = world.heard("near").slice(before);
      expect(written.filter((one) => one.startsWith("write"))).toEqual([]);
      expect(world.holds("compressor")).toBe(0);
    });

    test("a refused signal is bad and told once; its neighbours are as good as ever", async () => {
      world.refuse("product");
      await world.until(() => isGood("air") && reading("product")?.at !== 0);
      for (let i = 0; i < 5; i += 1) await world.pass();
      expect(reading("product")).toMatchObject({ value: Number.NaN, quality: "bad" });
      expect(["air", "door", "compressor", "valve", "level"].every(isGood)).toBe(true);
      expect(told).toMatchObject([
        { kind: "refused", device: "near", fault: { code: "DEVICE_REFUSED" } },
      ]);
      expect(told[0]?.fault?.message).toContain("product");
    });

    test("a number that is none is bad", async () => {
      world.show("product", Number.NaN);
      await world.until(() => isGood("air") && (reading("product")?.at ?? 0) > 0);
      expect(reading("product")).toMatchObject({ value: Number.NaN, quality: "bad" });
      world.show("product", 3);
      await world.until(() => isGood("product"));
      expect(reading("product")?.value).toBe(3);
    });
  });
}
