import { connect, type Socket } from "node:net";
import { PassThrough } from "node:stream";
import { setTimeout as pause } from "node:timers/promises";
import modbus from "modbus-serial";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { type DeviceEvent, obeyLines, runDevices } from "#firmware-sim/main.ts";
import { type ServedDevice, serveDevice } from "#firmware-sim/modbus-server.ts";
import { rngOf } from "#src/base/rng.ts";
import { site } from "#test/unit/firmware-sim/site.ts";

type Client = InstanceType<typeof modbus.default>;

const config = site();
let served: ServedDevice;
let client: Client;
const open: Client[] = [];

beforeEach(async () => {
  served = await serveDevice({ config, device: "plc", host: "127.0.0.1", port: 0 });
  client = await newClient(served.port);
});

afterEach(async () => {
  for (const one of open.splice(0)) one.close(() => {});
  await served.close();
});

async function newClient(port: number): Promise<Client> {
  const fresh = new modbus.default();
  await fresh.connectTCP("127.0.0.1", { port });
  fresh.setID(1);
  fresh.setTimeout(500);
  open.push(fresh);
  return fresh;
}

async function until(holds: () => boolean): Promise<void> {
  for (let i = 0; i < 100; i += 1) {
    if (holds()) return;
    await pause(30);
  }
  expect.unreachable("it came about within three seconds");
}

const rawSocket = (): Promise<Socket> =>
  new Promise((resolve, reject) => {
    const socket = connect(served.port, "127.0.0.1", () => resolve(socket));
    socket.on("error", reject);
  });

/** One request of a unit id, a function code and what follows, as it goes over the wire. */
const frame = (...pdu: number[]): Buffer =>
  Buffer.from([0, 1, 0, 0, pdu.length >> 8, pdu.length & 255, ...pdu]);

/** Everything that comes back within a moment. */
async function answersTo(...bytes: Buffer[]): Promise<Buffer> {
  const socket = await rawSocket();
  const got: Buffer[] = [];
  socket.on("data", (chunk) => got.push(chunk));
  for (const some of bytes) socket.write(some);
  await pause(150);
  socket.destroy();
  return Buffer.concat(got);
}

describe("a simulated device on Modbus TCP", () => {
  test("is read with function codes 1, 2, 3 and 4", async () => {
    expect((await client.readCoils(0, 2)).data.slice(0, 2)).toEqual([false, false]);
    expect((await client.readDiscreteInputs(0, 1)).data[0]).toBe(false);
    expect((await client.readHoldingRegisters(40, 1)).data).toEqual([0]);
    const [air] = (await client.readInputRegisters(0, 1)).data;
    expect((air ?? 0) / 100).toBeCloseTo(7, 0);
    const product = (await client.readInputRegisters(2, 2)).buffer.readFloatBE(0);
    expect(product).toBeCloseTo(5, 0);
  });

  test("is written with function codes 5, 6, 15 and 16, and reads back what was written", async () => {
    await client.writeCoil(0, true);
    expect(served.snapshot().commands).toMatchObject({ compressor: 1, fan: 0 });
    await client.writeCoils(0, [false, true]);
    expect(served.snapshot().commands).toMatchObject({ compressor: 0, fan: 1 });
    expect((await client.readCoils(0, 2)).data.slice(0, 2)).toEqual([false, true]);
    await client.writeRegister(12, 4_711);
    expect((await client.readHoldingRegisters(12, 1)).data).toEqual([4_711]);
    await client.writeRegisters(10, [0x3f40, 0]);
    expect(served.snapshot().commands).toMatchObject({ defrost: 0.75 });
    expect((await client.readHoldingRegisters(10, 3)).data).toEqual([0x3f40, 0, 4_711]);
  });

  test("answers an address it does not have with exception 2", async () => {
    const refused = { modbusCode: 2 };
    await expect(client.readCoils(7, 1)).rejects.toMatchObject(refused);
    await expect(client.readDiscreteInputs(0, 9)).rejects.toMatchObject(refused);
    await expect(client.readInputRegisters(0, 2)).rejects.toMatchObject(refused);
    await expect(client.readHoldingRegisters(9, 1)).rejects.toMatchObject(refused);
    await expect(client.writeCoil(7, true)).rejects.toMatchObject(refused);
    await expect(client.writeRegister(40, 1)).rejects.toMatchObject(refused);
    await expect(client.writeRegisters(12, [1, 2])).rejects.toMatchObject(refused);
  });

  test("RM1: refuses coils that reach beyond its own as a whole", async () => {
    await expect(client.writeCoils(1, [true, true])).rejects.toMatchObject({ modbusCode: 2 });
    expect(served.snapshot().commands).toMatchObject({ fan: 0 });
  });

  test("serves several clients at once", async () => {
    const second = await newClient(served.port);
    await client.writeCoil(0, true);
    const reads = await Promise.all([second.readCoils(0, 1), client.readCoils(0, 1)]);
    expect(reads.map(({ data }) => data[0])).toEqual([true, true]);
    expect(served.snapshot().connections).toBe(2);
  });

  test("MS2: gives each request one answer, also an empty one", async () => {
    const empty = await answersTo(frame(1, 16, 0, 10, 0, 0, 0));
    expect([...empty]).toEqual([0, 1, 0, 0, 0, 3, 1, 0x90, 2]);
    const unknownFunction = await answersTo(frame(1, 99, 0, 0, 0, 1));
    expect([...unknownFunction]).toEqual([0, 1, 0, 0, 0, 3, 1, 0xe3, 1]);
  });

  test("MS2: answers requests that come in one piece, and one that comes in many", async () => {
    const read = frame(1, 1, 0, 0, 0, 1);
    expect(await answersTo(Buffer.concat([read, read, read]))).toHaveLength(3 * 10);
    const socket = await rawSocket();
    const got: Buffer[] = [];
    socket.setNoDelay(true);
    socket.on("data", (chunk) => got.push(chunk));
    for (const byte of read) {
      socket.write(Buffer.from([byte]));
      await pause(5);
    }
    await until(() => Buffer.concat(got).length === 10);
    socket.destroy();
  });

  test("gives another unit id no answer", async () => {
    expect(await answersTo(frame(9, 1, 0, 0, 0, 1))).toHaveLength(0);
  });

  test("MS1: outlives garbage of every function code and length", async () => {
    const rng = rngOf("garbage");
    for (let round = 0; round < 20; round += 1) {
      const socket = await rawSocket();
      socket.on("data", () => {});
      for (let i = 0; i < 200; i += 1) {
        const length = rng.below(20);
        const body = Array.from({ length }, () => rng.below(256));
        const pdu = rng.chance(1, 8) ? body : [1, rng.below(130), ...body];
        socket.write(frame(...pdu));
      }
      socket.write(Buffer.from(Array.from({ length: 300 }, () => rng.below(256))));
      await pause(5);
      socket.destroy();
    }
    expect((await client.readCoils(0, 2)).data).toHaveLength(8);
  });

  test("MS1: outlives connections that are cut in the middle of everything", async () => {
    served.inject({ kind: "slow", millis: 30 });
    for (let i = 0; i < 50; i += 1) {
      const socket = await rawSocket();
      socket.on("error", () => {});
      socket.write(frame(1, 1, 0, 0, 0, 1));
      if (i % 2 === 0) socket.resetAndDestroy();
      else socket.destroy();
    }
    await pause(100);
    served.clear();
    expect(served.snapshot().broken).toBeGreaterThan(0);
    expect((await client.readCoils(0, 2)).data).toHaveLength(8);
    await until(() => served.snapshot().connections === 1);
  });

  test("MS1: drops a client that never reads its answers", async () => {
    const socket = await rawSocket();
    socket.on("error", () => {});
    socket.pause();
    const many = Buffer.concat(Array.from({ length: 5_000 }, () => frame(1, 3, 0, 10, 0, 3)));
    const gone = new Promise((resolve) => socket.once("close", resolve));
    for (let i = 0; i < 400 && !socket.destroyed; i += 1) {
      socket.write(many);
      await pause(2);
      if (served.snapshot().connections === 1) break;
    }
    await until(() => served.snapshot().connections === 1);
    socket.destroy();
    await gone;
  });

  test("MS3: keeps real time and lets the compressor cool the room", async () => {
    const fast = site((said) => Object.assign(said.simulation["plc"] ?? {}, { speed: 600 }));
    const quick = await serveDevice({ config: fast, device: "plc", host: "127.0.0.1", port: 0 });
    const writer = await newClient(quick.port);
    await writer.writeCoils(0, [true, true]);
    const before = quick.snapshot().truth;
    await pause(700);
    const after = quick.snapshot().truth;
    await quick.close();
    expect((before["room-air"] ?? 0) - (after["room-air"] ?? 0)).toBeGreaterThan(1);
    expect((before["room-air"] ?? 0) - (after["room-air"] ?? 0)).toBeLessThan(8);
  });
});

describe("its watchdog", () => {
  test("DV2: puts the outputs to 0 after a second without a write, and a read does not feed it", async () => {
    await client.writeCoils(0, [true, true]);
    await pause(600);
    expect((await client.readCoils(0, 2)).data.slice(0, 2)).toEqual([true, true]);
    await until(() => served.snapshot().tripped);
    expect((await client.readCoils(0, 2)).data.slice(0, 2)).toEqual([false, false]);
    expect(served.snapshot().positions).toMatchObject({ compressor: 0, fan: 0 });
    await client.writeCoil(0, true);
    expect(served.snapshot()).toMatchObject({
      tripped: false,
      commands: { compressor: 1, fan: 0 },
    });
  });
});

describe("its faults", () => {
  test("dropout: it takes connections and answers nothing, until it is mended", async () => {
    client.setTimeout(100);
    served.inject({ kind: "dropout" });
    await expect(client.readCoils(0, 1)).rejects.toThrow(/timed out/i);
    await expect(client.writeCoil(0, true)).rejects.toThrow(/timed out/i);
    expect(served.snapshot().commands).toMatchObject({ compressor: 0 });
    served.clear();
    expect((await client.readCoils(0, 1)).data[0]).toBe(false);
  });

  test("slow: it answers late", async () => {
    served.inject({ kind: "slow", millis: 200 });
    const before = performance.now();
    await client.readCoils(0, 1);
    expect(performance.now() - before).toBeGreaterThan(195);
  });

  test("stuck: its sensor holds while the truth goes on", async () => {
    expect(served.inject({ kind: "stuck", signal: "air" })).toBeUndefined();
    const first = (await client.readInputRegisters(0, 1)).data;
    await pause(200);
    expect((await client.readInputRegisters(0, 1)).data).toEqual(first);
  });

  test("RM2: stuck-actuator: a read-back shows where it really is", async () => {
    served.inject({ kind: "stuck-actuator", signal: "compressor" });
    await client.writeCoil(0, true);
    expect((await client.readCoils(0, 1)).data[0]).toBe(false);
    served.clear();
    expect((await client.readCoils(0, 1)).data[0]).toBe(true);
  });

  test("name a signal it has, or are refused", () => {
    expect(served.inject({ kind: "stuck", signal: "humidity" })).toContain(
      '"humidity" is no sensor',
    );
    expect(served.snapshot().faults).toEqual([]);
  });
});

describe("all devices of some site files", () => {
  const onPort = (node: string, port: number) =>
    site((said) => Object.assign(said, { node, devices: { plc: { ...said.devices.plc, port } } }));

  test("are served where the files say, and obey lines", async () => {
    await served.close();
    const events: DeviceEvent[] = [];
    const onEvent = (event: DeviceEvent) => events.push(event);
    const running = await runDevices({ configs: [onPort("n1", served.port)], onEvent });
    expect(events).toMatchObject([{ kind: "serving", node: "n1", port: served.port }]);
    const lines = new PassThrough();
    obeyLines(lines, running, onEvent);
    lines.write('{"node":"n1","device":"plc","fault":{"kind":"stuck","sig');
    lines.write('nal":"air"}}\nnonsense\n\n{"node":"n2","device":"plc","clear":true}\n');
    lines.write(`${"x".repeat(200_000)}\n{"node":"n1","device":"plc","clear":true}\n`);
    await until(() => events.length === 6);
    expect(events.slice(1)).toMatchObject([
      { kind: "broken", node: "n1", fault: { kind: "stuck", signal: "air" } },
      { kind: "refused", why: expect.stringContaining("not JSON") },
      { kind: "refused", why: expect.stringContaining("there is n1/plc") },
      { kind: "refused", why: expect.stringContaining("at most 4096") },
      { kind: "mended", node: "n1" },
    ]);
    await running.close();
  });

  test("are refused as a whole when one port is taken, and leave none open", async () => {
    const free = await serveDevice({ config, device: "plc", host: "127.0.0.1", port: 0 });
    await free.close();
    const configs = [onPort("n1", free.port), onPort("n2", served.port)];
    await expect(runDevices({ configs, onEvent: () => {} })).rejects.toMatchObject({
      fault: { code: "PORT_IN_USE" },
    });
    const again = await serveDevice({ config, device: "plc", host: "127.0.0.1", port: free.port });
    expect(again.port).toBe(free.port);
    await again.close();
  });

  test("are refused when a signal is not the plant's, naming file place and choices", async () => {
    const wrong = site((said) => {
      Object.assign(said.simulation["plc"]?.signals ?? {}, { air: "humidity" });
    });
    await expect(runDevices({ configs: [wrong], onEvent: () => {} })).rejects.toThrow(
      /SIMULATION_REFUSED: n1: simulation\.plc\.signals\.air: .* has the sensors room-air/,
    );
  });

  test("are refused on an address that is not this machine's", async () => {
    const far = { config, device: "plc", host: "192.0.2.1", port: 0 };
    await expect(serveDevice(far)).rejects.toMatchObject({ fault: { code: "PORT_REFUSED" } });
  });
});
