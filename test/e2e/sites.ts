import type { Watched } from "./witness.ts";

/** Configurations of the tests, and where on the device their outputs lie. JSON is YAML. */
export interface Place {
  readonly node: string;
  readonly region: string;
  readonly data: string;
  /** Of its simulated device. */
  readonly port: number;
  /** A port where nobody listens. */
  readonly deadPort: number;
  /** Undefined: the node works by itself. */
  readonly uplink: string | undefined;
}

export interface NodeShape {
  readonly site: (place: Place) => Site;
  readonly outputs: readonly (Watched & { readonly min: number; readonly max: number })[];
}

export type Site = Readonly<Record<string, unknown>> & {
  readonly devices: Readonly<Record<string, object>>;
  readonly inputs: Readonly<Record<string, object>>;
  readonly outputs: Readonly<Record<string, object>>;
  readonly loops: Readonly<Record<string, object>>;
  readonly simulation: Readonly<Record<string, object>>;
};

/** Its lease is short, so that a minute without a region is a long time. */
export const lease = { ttl: 4_000, renew: 1_000 } as const;

export const compressor = { minOn: 3_000, minOff: 6_000 } as const;

export const regionSite = (region: string, data: string, broker: object): object => ({
  role: "region",
  region,
  data,
  broker: { ...broker, keepalive: "5s" },
  lease: { ttl: `${lease.ttl}ms`, renew: `${lease.renew}ms` },
});

/** Cools on and off; what its compressor may do in a minute is bounded by the pauses it takes. */
export const coldRoom: NodeShape = {
  site: (place) => ({
    ...head(place),
    devices: { plc: plc(place) },
    inputs: {
      air: {
        device: "plc",
        register: { kind: "input", address: 0, scale: 0.01 },
        unit: "degC",
        range: [-30, 50],
        maxAge: "6s",
      },
    },
    outputs: {
      compressor: {
        device: "plc",
        register: { kind: "coil", address: 0 },
        minOn: `${compressor.minOn}ms`,
        minOff: `${compressor.minOff}ms`,
        safe: 0,
        onSensorBad: "safe",
        onPartition: "keep",
        onAgentLoss: "safe",
      },
      fan: {
        device: "plc",
        register: { kind: "coil", address: 1 },
        safe: 1,
        onSensorBad: "safe",
        onPartition: "keep",
        onAgentLoss: "safe",
      },
    },
    loops: {
      cooling: {
        kind: "on-off",
        input: "air",
        output: "compressor",
        action: "direct",
        setpoint: "4 degC",
        bounds: ["2 degC", "8 degC"],
        // Narrow, so that nothing but its minimum run and pause keeps the compressor from chattering.
        deadband: "0.2 degC",
        period: "250ms",
      },
    },
    simulation: {
      plc: {
        plant: "cold-room",
        speed: 60,
        signals: { air: "room-air", compressor: "compressor", fan: "fan" },
      },
    },
  }),
  outputs: [
    { name: "compressor", kind: "coil", address: 0, min: 0, max: 1 },
    { name: "fan", kind: "coil", address: 1, min: 0, max: 1 },
  ],
};

/** A valve that modulates, and a pump with bounds tighter than its register. */
export const tank: NodeShape = {
  site: (place) => ({
    ...head(place),
    devices: { plc: plc(place) },
    inputs: {
      level: {
        device: "plc",
        register: { kind: "input", address: 0, scale: 0.001 },
        unit: "m",
        range: [0, 4],
        maxAge: "6s",
      },
    },
    outputs: {
      valve: {
        device: "plc",
        register: { kind: "holding", address: 0, scale: 0.1 },
        unit: "%",
        bounds: ["0 %", "30 %"],
        safe: "0 %",
        onSensorBad: "safe",
        onPartition: "keep",
        onAgentLoss: "safe",
      },
      pump: {
        device: "plc",
        register: { kind: "holding", address: 1, scale: 0.1 },
        unit: "%",
        bounds: ["0 %", "80 %"],
        minOn: "2s",
        minOff: "2s",
        safe: "0 %",
        onSensorBad: "safe",
        onPartition: "keep",
        onAgentLoss: "safe",
      },
    },
    loops: {
      filling: {
        kind: "pid",
        input: "level",
        output: "valve",
        action: "reverse",
        setpoint: "2 m",
        bounds: ["1 m", "3.5 m"],
        gain: 2_000,
        integralTime: "30s",
        period: "250ms",
      },
      pumping: {
        kind: "on-off",
        input: "level",
        output: "pump",
        action: "direct",
        setpoint: "1.2 m",
        bounds: ["0.4 m", "3 m"],
        deadband: "0.2 m",
        period: "250ms",
      },
    },
    simulation: {
      plc: {
        plant: "tank",
        speed: 60,
        signals: { level: "level", valve: "valve", pump: "pump" },
      },
    },
  }),
  outputs: [
    { name: "valve", kind: "holding", address: 0, min: 0, max: 300 },
    { name: "pump", kind: "holding", address: 1, min: 0, max: 800 },
  ],
};

/** Patient enough for a machine that does much else: a stale value would stop a compressor early. */
const plc = ({ port }: Place) => ({
  driver: "modbus-tcp",
  port,
  poll: "200ms",
  timeout: "2s",
});

const head = ({ node, region, data, uplink }: Place) => ({
  role: "node",
  node,
  region,
  data,
  ...(uplink === undefined ? {} : { uplink: { url: uplink, keepalive: "2s", sendEvery: "1s" } }),
  autonomy: { budget: "1h" },
});
