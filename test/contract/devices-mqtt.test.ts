import { connectAsync, type MqttClient } from "mqtt";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { fieldDevices } from "#src/adapters/field-devices.ts";
import { systemClock } from "#src/adapters/system-clock.ts";
import type { Fault } from "#src/base/fault.ts";
import type { NodeConfig } from "#src/contract/config.ts";
import { InputTopic, MqttDevice, OutputTopic } from "#src/contract/config-mqtt.ts";
import { limits } from "#src/contract/limits.ts";
import type { Devices } from "#src/ports/devices.ts";
import { freePort } from "./free-port.ts";
import { until } from "./modbus-site.ts";
import { type PlainBroker, plainBroker } from "./plain-broker.ts";
import { ScriptedPlc } from "./scripted-plc.ts";

const maxAge = 5_000;
const clock = systemClock();
let broker: PlainBroker;
let world: MqttClient;
let devices: Devices | undefined;
let told: { readonly kind: string; readonly device: string; readonly fault?: Fault }[];
let changed: number[];
/** What the actuators were told, in order. */
let orders: string[];

const inputTopic = (said: object) => ({
  device: "sensors",
  topic: InputTopic.parse(said),
  maxAge,
  range: [
    { value: -100, unit: undefined },
    { value: 100, unit: undefined },
  ],
});

/** As much of a site as devices look at. */
const site = (more: object = {}) =>
  ({
    node: "n1",
    region: "north",
    devices: { sensors: MqttDevice.parse({ driver: "mqtt", url: broker.url }) },
    inputs: {
      air: inputTopic({ name: "home/room", path: "temperature" }),
      humidity: inputTopic({ name: "home/room", path: "humidity" }),
      door: inputTopic({ name: "home/door" }),
    },
    outputs: {
      fan: {
        device: "sensors",
        topic: OutputTopic.parse({
          name: "home/fan/set",
          words: { on: "ON", off: "OFF" },
          state: { name: "home/fan", path: "state" },
        }),
      },
      valve: { device: "sensors", topic: OutputTopic.parse({ name: "home/valve", qos: 1 }) },
    },
    ...more,
  }) as unknown as NodeConfig;

const open = (config: NodeConfig): void => {
  devices = fieldDevices({
    config,
    clock,
    events: {
      lost: (device, fault) => told.push({ kind: "lost", device, fault }),
      found: (device) => told.push({ kind: "found", device }),
      refused: (device, fault) => told.push({ kind: "refused", device, fault }),
      changed: (inputs) => changed.push(...inputs),
    },
  });
};

const reading = (index: number) => devices?.image().inputs[index];
const readBack = (index: number) => devices?.image().outputs[index];
const say = (topic: string, payload: string, retain = false) =>
  world.publishAsync(topic, payload, { retain });

/** Until the devices hear: what is said before is said to nobody. */
async function listening(): Promise<void> {
  for (let heard = reading(2); heard === undefined || heard.value !== 7; heard = reading(2)) {
    await say("home/door", "7");
    await until(() => true);
  }
  changed = [];
}

beforeEach(async () => {
  broker = await plainBroker();
  world = await connectAsync(broker.url, { reconnectPeriod: 20 });
  told = [];
  changed = [];
  orders = [];
  world.on("message", (topic, payload, { retain }) => {
    orders.push(`${topic} ${payload.toString()}${retain ? " retained" : ""}`);
  });
  await world.subscribeAsync(["home/fan/set", "home/valve"], { qos: 1 });
});

afterEach(async () => {
  await devices?.close();
  devices = undefined;
  world.end(true);
  await broker.end();
});

describe("devices that speak MQTT", () => {
  test("D1: know nothing before a message, and say so", () => {
    open(site());
    const unknown = { value: Number.NaN, quality: "bad", at: 0 };
    expect(devices?.image()).toEqual({
      inputs: [unknown, unknown, unknown],
      outputs: [unknown, unknown],
    });
  });

  test("D1, MV1: show the newest message, each value with the time it came", async () => {
    open(site());
    await listening();
    const before = clock.now();
    await say("home/room", '{"temperature":4.5,"humidity":80}');
    await until(() => reading(0)?.value === 4.5);
    expect(reading(1)).toMatchObject({ value: 80, quality: "good" });
    expect(reading(0)?.at).toBeGreaterThanOrEqual(before);
    expect(reading(0)?.at).toBeLessThanOrEqual(clock.now());
    expect(changed).toEqual([0, 1]);
  });

  test("a message that says the same is no change, but it is news", async () => {
    open(site());
    await listening();
    const { at = 0 } = reading(2) ?? {};
    await say("home/door", "7");
    await until(() => (reading(2)?.at ?? 0) > at);
    expect(changed).toEqual([]);
  });

  test("a message about something else leaves a value as it is", async () => {
    open(site());
    await listening();
    await say("home/room", '{"temperature":4.5}');
    await until(() => reading(0)?.value === 4.5);
    await say("home/room", '{"humidity":60}');
    await until(() => reading(1)?.value === 60);
    expect(reading(0)).toMatchObject({ value: 4.5, quality: "good" });
  });

  test("MV1: what the broker retained is shown, and is too old to control on", async () => {
    await say("home/room", '{"temperature":21}', true);
    open(site());
    await until(() => reading(0)?.value === 21);
    expect(clock.now() - (reading(0)?.at ?? 0)).toBeGreaterThan(maxAge);
    expect(changed).toEqual([]);
    await say("home/room", '{"temperature":22}', true);
    await until(() => reading(0)?.value === 22);
    expect(clock.now() - (reading(0)?.at ?? 0)).toBeLessThan(maxAge);
  });

  test("MV4: what is no number is bad, and told once until a number comes", async () => {
    open(site());
    await listening();
    for (const payload of ["unavailable", "???", "1", "x".repeat(limits.payloadBytes + 1), "2"]) {
      await say("home/door", payload);
    }
    await until(() => reading(2)?.value === 2);
    const refused = told.filter(({ kind }) => kind === "refused");
    expect(refused.map(({ fault }) => fault?.code)).toEqual(["DEVICE_REFUSED", "DEVICE_REFUSED"]);
    await say("home/door", "offline");
    await until(() => reading(2)?.quality === "bad");
  });

  test("D2: tell actuators in their own words, and never retained", async () => {
    open(site());
    await listening();
    devices?.write(0, 1);
    devices?.write(0, 0);
    devices?.write(1, 62.5);
    await until(() => orders.length === 3);
    expect(orders.toSorted()).toEqual(["home/fan/set OFF", "home/fan/set ON", "home/valve 62.5"]);
  });

  test("MV2: a state holds while the connection does; an output without one reads back nothing", async () => {
    open(site());
    await listening();
    await say("home/fan", '{"state":"ON"}');
    await until(() => readBack(0)?.value === 1);
    const { at = 0 } = readBack(0) ?? {};
    await until(() => (readBack(0)?.at ?? 0) > at);
    expect(readBack(1)).toMatchObject({ quality: "bad", at: 0 });
  });

  test("MV3, MV5: a lost broker is told once, forgets orders and states, and is found again", async () => {
    open(site());
    await listening();
    await say("home/fan", '{"state":"ON"}');
    await until(() => readBack(0)?.value === 1);
    await broker.cut();
    await until(() => told.some(({ kind }) => kind === "lost"));
    const { at } = readBack(0) ?? {};
    devices?.write(0, 1);
    await broker.open();
    await until(() => told.some(({ kind }) => kind === "found"));
    await until(() => world.connected);
    await listening();
    expect(told.map(({ kind }) => kind)).toEqual(["lost", "found"]);
    expect(told[0]?.fault).toMatchObject({ code: "DEVICE_UNREACHABLE" });
    expect(readBack(0)?.at).toBe(at);
    expect(orders).toEqual([]);
    devices?.write(0, 0);
    await until(() => orders.length > 0);
    expect(orders).toEqual(["home/fan/set OFF"]);
  });

  test("D3: a broker that is not there touches no other device", async () => {
    const nowhere = MqttDevice.parse({
      driver: "mqtt",
      url: `mqtt://127.0.0.1:${await freePort()}`,
    });
    const config = site();
    const far = { ...inputTopic({ name: "home/far" }), device: "far" };
    open({
      ...config,
      devices: { ...config.devices, far: nowhere },
      inputs: { ...config.inputs, far },
    } as unknown as NodeConfig);
    await listening();
    await until(() => told.some(({ kind }) => kind === "lost"));
    expect(told.map(({ device }) => device)).toEqual(["far"]);
    expect(reading(2)).toMatchObject({ value: 7, quality: "good" });
  });

  test("stand beside devices that speak Modbus, each signal at its place", async () => {
    const plc = new ScriptedPlc();
    await plc.start();
    plc.set("input", 0, 33);
    const config = site();
    const { door, ...others } = config.inputs;
    open({
      ...config,
      devices: {
        plc: {
          driver: "modbus-tcp",
          host: "127.0.0.1",
          port: plc.port,
          unit: 1,
          timeout: 200,
          poll: 20,
        },
        ...config.devices,
      },
      inputs: {
        ...others,
        door,
        level: {
          device: "plc",
          register: {
            kind: "input",
            address: 0,
            type: "int16",
            wordOrder: "big",
            scale: 1,
            offset: 0,
          },
        },
      },
    } as unknown as NodeConfig);
    await listening();
    plc.set("input", 0, 34);
    await until(() => reading(3)?.value === 34);
    expect(changed).toEqual([3]);
    devices?.write(1, 5);
    await until(() => orders.length > 0);
    expect(orders).toEqual(["home/valve 5"]);
    await devices?.close();
    await plc.stop();
  });
});
