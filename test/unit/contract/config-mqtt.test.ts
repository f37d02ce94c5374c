import { describe, expect, test } from "vitest";
import { wrongWith } from "./site.ts";

type Site = Parameters<Parameters<typeof wrongWith>[0]>[0];
type Signal = Readonly<Record<string, unknown>>;

/** Moves the level to a broker, and the valve where it is asked for. */
const overMqtt =
  (more: (site: Site) => void = () => {}, topic: object = { name: "tank/level" }) =>
  (site: Site): void => {
    site.devices["sensors"] = { driver: "mqtt" };
    replace(site.inputs, "level", { device: "sensors", topic });
    more(site);
  };

function replace(list: Record<string, unknown>, name: string, said: object): void {
  const { register, ...rest } = list[name] as Signal;
  list[name] = { ...rest, ...said };
}

const valve =
  (said: object) =>
  (site: Site): void =>
    replace(site.outputs, "valve", { device: "sensors", ...said });

test("a site with devices behind a broker is sound", () => {
  expect(wrongWith(overMqtt())).toEqual([]);
  const topic = { name: "tank/level", path: "params.level", scale: 0.01, offset: -1 };
  expect(wrongWith(overMqtt(undefined, topic))).toEqual([]);
  expect(wrongWith(overMqtt(valve({ topic: { name: "tank/valve/set" } })))).toEqual([]);
});

test("a switch in words needs no bounds", () => {
  const pump = (site: Site): void =>
    replace(site.outputs, "pump", {
      device: "sensors",
      topic: { name: "pump/set", words: { on: "ON", off: "OFF" }, qos: 1, state: { name: "pump" } },
    });
  expect(wrongWith(overMqtt(pump))).toEqual([]);
});

const refusals: readonly (readonly [string, (site: Site) => void, string])[] = [
  [
    "a topic on a device that speaks Modbus",
    (site) => Object.assign(site.inputs["level"] ?? {}, { topic: { name: "tank/level" } }),
    "CONFIG_CONFLICT inputs.level.topic: is nothing that a device with the driver modbus-tcp has",
  ],
  [
    "no register on a device that speaks Modbus",
    (site) => replace(site.inputs, "level", {}),
    "CONFIG_MISSING inputs.level.register: is missing",
  ],
  [
    "no topic on a device that speaks MQTT",
    overMqtt((site) => replace(site.inputs, "level", { topic: undefined })),
    "CONFIG_MISSING inputs.level.topic: is missing",
  ],
  [
    "a register on a device that speaks MQTT",
    overMqtt(valve({ register: { kind: "holding", address: 0 } })),
    "CONFIG_CONFLICT outputs.valve.register: is nothing that a device with the driver mqtt has",
  ],
  [
    "a poll of a device that speaks when it likes",
    overMqtt((site) => Object.assign(site.inputs["level"] ?? {}, { poll: "1s" })),
    "CONFIG_CONFLICT inputs.level.poll: is said of a device that nobody polls: it speaks when it likes",
  ],
  [
    "an output without bounds and words",
    overMqtt(valve({ topic: { name: "valve/set" }, bounds: undefined })),
    "CONFIG_MISSING outputs.valve.bounds: is missing",
  ],
  [
    "a filter where one topic is wanted",
    overMqtt(undefined, { name: "tank/+" }),
    "CONFIG_TYPE inputs.level.topic.name: is a filter of many topics, or holds a zero byte",
  ],
  [
    "two inputs that are one",
    overMqtt((site) => Object.assign(site.inputs, { again: site.inputs["level"] })),
    "CONFIG_OVERLAP inputs.again.topic.name: overlaps inputs.level: both use topic tank/level of sensors",
  ],
  [
    "a plant behind a device that speaks MQTT",
    overMqtt((site) => {
      site.simulation = { sensors: { plant: "tank", signals: {} } };
    }),
    "CONFIG_CONFLICT simulation.sensors: speaks mqtt, which no simulated device does",
  ],
  [
    "a broker without a host",
    (site) => Object.assign(site.devices, { sensors: { driver: "mqtt", url: "mqtt://:1" } }),
    "CONFIG_TYPE devices.sensors.url: a broker is named by mqtt://host:port or mqtts://host:port",
  ],
  [
    "a driver that is not there",
    (site) => Object.assign(site.devices, { sensors: { driver: "bacnet" } }),
    'CONFIG_TYPE devices.sensors.driver: expected one of modbus-tcp, mqtt, found "bacnet"',
  ],
];

describe("a site is refused for", () => {
  test.each(refusals)("%s", (_, change, problem) => expect(wrongWith(change)).toEqual([problem]));
});
