import type { PlantKind } from "#firmware-sim/plant.ts";
import { plants } from "#firmware-sim/plant.ts";
import { NodeConfig } from "#src/contract/config.ts";

export interface Site {
  readonly config: NodeConfig;
}

/** A site file with one device that shows all of a plant; actuators first, in the plant's order. */
export function siteOf(kind: PlantKind, more: object = {}): Site {
  const plant = plants[kind];
  const outputs = Object.entries(plant.actuators).map(([name, { lag }], address) => [
    name,
    lag === 0
      ? {
          device: "plc",
          register: { kind: "coil", address },
          ...restOf(name),
          safe: 0,
          onSensorBad: "safe",
          onPartition: "keep",
          onAgentLoss: "safe",
        }
      : {
          device: "plc",
          register: { kind: "holding", address, scale: 0.001 },
          bounds: [0, 1],
          safe: 0,
          onSensorBad: "safe",
          onPartition: "keep",
          onAgentLoss: "safe",
        },
  ]);
  const inputs = Object.entries(plant.sensors).map(([name, { unit, range }], address) => [
    name,
    {
      device: "plc",
      register: { kind: "input", address: 2 * address, type: "int32", scale: 0.01 },
      ...(unit === undefined ? {} : { unit }),
      range,
    },
  ]);
  const names = [...outputs, ...inputs].map(([name]) => [name, name]);
  return {
    config: NodeConfig.parse({
      role: "node",
      node: "n1",
      region: "north",
      devices: { plc: { driver: "modbus-tcp", port: 1_502, timeout: "200ms", poll: "1s" } },
      inputs: Object.fromEntries(inputs),
      outputs: Object.fromEntries(outputs),
      loops: {},
      simulation: { plc: { plant: kind, seed: 5, signals: Object.fromEntries(names) } },
      ...more,
    }),
  };
}

const restOf = (name: string): object => (name === "compressor" ? { minOff: "3m" } : {});

const cooling = {
  kind: "on-off",
  input: "room-air",
  output: "compressor",
  setpoint: "4 degC",
  bounds: [2, 8],
  deadband: 1,
  action: "direct",
};

/** A cold room with its region and one loop; `more` goes before what it says. */
export const coolRoom = (more: object = {}, loop: object = {}): NodeConfig =>
  siteOf("cold-room", {
    uplink: { url: "mqtt://127.0.0.1" },
    loops: { cooling: { ...cooling, ...loop } },
    ...more,
  }).config;
