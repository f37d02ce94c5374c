import { setTimeout as pause } from "node:timers/promises";
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { systemClock } from "#src/adapters/system-clock.ts";
import { hurried, ModbusSite, twoPlcs, until } from "./modbus-site.ts";
import type { PlcAnswer } from "./scripted-plc.ts";

describe("a Modbus device", () => {
  let site: ModbusSite;

  beforeEach(async () => {
    site = new ModbusSite(await twoPlcs());
  });

  afterEach(() => site.end());

  test("that is busy lets its signals age, and says so once", async () => {
    await site.openWhole();
    site.near.behave = ({ kind }) => (kind === "discrete" ? { exception: 6 } : "usual");
    await until(() => site.told.length > 0);
    const before = site.door;
    await pause(150);
    expect(site.door).toEqual(before);
    expect(site.told).toMatchObject([
      { kind: "refused", fault: { message: expect.stringContaining("busy") } },
    ]);
  });

  test("behind a gateway that cannot reach it is lost", async () => {
    site.near.behave = () => ({ exception: 11 });
    site.open();
    await until(() => site.told.length > 0);
    expect(site.told).toMatchObject([{ kind: "lost", device: "near" }]);
    expect(site.told[0]?.fault?.message).toContain("gateway");
  });

  test("is forgiven one lost answer", async () => {
    await site.openWhole();
    let lost = 0;
    site.near.behave = () => (lost++ === 0 ? "silent" : "usual");
    const before = site.near.connections;
    await until(() => lost > 20);
    expect(site.told).toEqual([]);
    expect(site.near.connections).toBe(before);
  });

  test("that answers late is never taken for one that answers the next request", async () => {
    site.near.set("input", 0, 111, 0, 0);
    site.near.set("discrete", 4, 1);
    await site.openWhole();
    let late = 0;
    site.near.behave = ({ kind }) =>
      kind === "input" && late++ % 2 === 0 ? { after: 170 } : "usual";
    for (let i = 0; i < 60; i += 1) {
      await pause(20);
      const values = site.devices.image().inputs.map(({ value }) => value);
      expect(values.slice(0, 3)).toEqual([expect.closeTo(11.1), 0, 1]);
    }
  });

  test.each<[string, PlcAnswer]>([
    ["a frame of another function", { raw: (usual) => changed(usual, 7, 0x63) }],
    ["a frame of another unit", { raw: (usual) => changed(usual, 6, 9) }],
    ["a frame that is too short", { raw: (usual) => shorter(usual) }],
    ["an empty frame", { raw: (usual) => Buffer.concat([usual.subarray(0, 4), Buffer.alloc(4)]) }],
    ["no Modbus at all", { raw: () => Buffer.from("HTTP/1.1 400 Bad Request\r\n\r\n".repeat(99)) }],
    ["half a frame", { raw: (usual) => usual.subarray(0, 5) }],
  ])(
    "that answers with %s is lost, and found when it has come to its senses",
    async (_, answer) => {
      await site.openWhole();
      site.near.behave = () => answer;
      await until(() => site.toldOf("lost") > 0);
      const before = site.door;
      expect(before?.value).toBe(0);
      site.near.behave = () => "usual";
      site.near.set("discrete", 4, 1);
      await until(() => site.toldOf("found") > 0);
      expect(site.told).toHaveLength(2);
      expect(site.door?.value).toBe(1);
    },
  );

  test("MC2: that dies in the middle of a request is asked again on a new connection", async () => {
    await site.openWhole();
    site.near.behave = ({ kind }) => (kind === "discrete" ? "close" : "usual");
    const before = site.near.connections;
    await until(() => site.near.connections > before + 2);
    site.near.behave = () => "usual";
    const last = site.door?.at ?? 0;
    await until(() => (site.door?.at ?? 0) > last && site.toldOf("lost") === site.toldOf("found"));
  });

  test("that is not there is lost at once, and found when it comes", async () => {
    await site.near.stop();
    site.open();
    await until(() => site.told.length > 0, 1_000);
    expect(site.told[0]?.fault?.message).toContain("nothing listens there");
    await site.near.start();
    await until(() => site.told.length > 1);
    expect(site.told[1]).toEqual({ kind: "found", device: "near" });
  });

  test("that has no name is lost, and its neighbour is not", async () => {
    const device = site.config.devices["near"];
    if (device !== undefined) Object.assign(device, { host: "nowhere.invalid" });
    site.open();
    await until(() => site.told.length > 0);
    expect(site.told).toMatchObject([{ kind: "lost", device: "near" }]);
    await until(() => site.devices.image().inputs[3]?.quality === "good");
  });

  test("MC1: that takes the connection and nothing else holds up no end", async () => {
    site.near.behave = () => "silent";
    site.open();
    await until(() => site.near.log.length > 0);
    const began = performance.now();
    await site.devices.close();
    expect(performance.now() - began).toBeLessThan(400);
  });

  test("D2: that answers nothing is still tried once at the end, within its timeout", async () => {
    await site.openWhole();
    site.near.behave = () => "silent";
    site.near.log.length = 0;
    site.devices.write(0, 1);
    const began = performance.now();
    await site.devices.close();
    expect(performance.now() - began).toBeLessThan(400);
    expect(site.near.log.some((text) => text === "write coil 0 1")).toBe(true);
  });

  test("MD1: that closes what lasted is opened again without a word", async () => {
    site.patience(20_000);
    await site.openWhole(hurried(systemClock(), 40));
    await pause(300);
    expect(site.told).toEqual([]);
    site.near.hangUp();
    const last = site.door?.at ?? 0;
    await until(() => (site.door?.at ?? 0) > last && site.near.connections === 2);
    expect(site.told).toEqual([]);
  });

  test("is left for longer and longer while it cannot be reached, and begins anew when it lasted", async () => {
    await site.near.stop();
    site.withoutFar();
    site.patience(4_000);
    site.open(hurried(systemClock(), 10));
    await pause(850);
    await site.near.start();
    await until(() => site.door?.quality === "good");
    await pause(550);
    const last = site.door?.at ?? 0;
    site.near.hangUp();
    await until(() => site.near.connections === 2 && (site.door?.at ?? 0) > last + 1);
    expect((site.door?.at ?? 0) - last).toBeLessThan(2_500);
    expect(site.told).toHaveLength(2);
  });

  test("is not waited for at the end, while it cannot be reached", async () => {
    await site.near.stop();
    site.open();
    await pause(900);
    const began = performance.now();
    await site.devices.close();
    expect(performance.now() - began).toBeLessThan(300);
  });

  test("leaves nothing behind over a thousand connections", async () => {
    site.near.behave = ({ kind }) => (kind === "discrete" ? "close" : "usual");
    site.patience(30_000);
    site.withoutFar();
    site.open(hurried(systemClock(), 500));
    await until(() => site.near.connections > 100, 20_000);
    const before = leftovers();
    await until(() => site.near.connections > 1_100, 25_000);
    const after = leftovers();
    expect(site.near.open).toBeLessThanOrEqual(1);
    expect(after.handles - before.handles).toBeLessThan(10);
    // A socket with its driver is more than ten kilobytes: a thousand of them would show.
    expect(after.heap - before.heap).toBeLessThan(4_000_000);
    expect(site.toldOf("lost")).toBe(1);
  });
});

function changed(usual: Buffer, at: number, byte: number): Buffer {
  usual.writeUInt8(byte, at);
  return usual;
}

const shorter = (usual: Buffer): Buffer => {
  const cut = Buffer.from(usual.subarray(0, usual.length - 1));
  cut.writeUInt16BE(cut.length - 6, 4);
  return cut;
};

function leftovers(): { handles: number; heap: number } {
  setFlagsFromString("--expose-gc");
  const collect = runInNewContext("gc") as () => void;
  collect();
  return { handles: process.getActiveResourcesInfo().length, heap: process.memoryUsage().heapUsed };
}
