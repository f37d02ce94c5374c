/**
 * The demo's region and cold rooms as configurations. Plants run sixty times as fast as real ones,
 * so that a minute shows several turns of the compressor; the lease is short, so that a cut of
 * twenty seconds shows autonomy.
 */
export interface Site {
  /** Where the embedded broker listens. */
  readonly brokerPort: number;
  /** Where the nodes find it: the relay that can be cut. */
  readonly relayPort: number;
  readonly regionData: string;
  readonly rooms: readonly Room[];
}

export interface Room {
  readonly name: string;
  readonly devicePort: number;
  readonly data: string;
  /** Of the plant's doors and noise, so that no two rooms do the same. */
  readonly seed: number;
}

export const regionName = "demo";
export const roomName = (number: number): string => `cold-room-${number}`;

/** What the rest of the demo needs to know of a room's configuration. */
export const roomPoints = {
  loop: "cooling",
  input: "air",
  output: "compressor",
  /** Coils: nothing but 0 and 1 may ever be written. */
  outputs: [
    { name: "compressor", min: 0, max: 1 },
    { name: "fan", min: 0, max: 1 },
  ],
} as const;

export const regionYaml = (site: Site): string => `# The region of the demo.
role: region
region: ${regionName}
data: ${JSON.stringify(site.regionData)}
broker:
  listen: { host: 127.0.0.1, port: ${site.brokerPort} }
lease: { ttl: 6s, renew: 2s }
`;

export const roomYaml = (site: Site, room: Room): string => `# A cold room of the demo.
role: node
node: ${room.name}
region: ${regionName}
data: ${JSON.stringify(room.data)}
uplink: { url: "mqtt://127.0.0.1:${site.relayPort}", keepalive: 5s }
autonomy: { budget: 1h }

devices:
  plc: { driver: modbus-tcp, host: 127.0.0.1, port: ${room.devicePort}, poll: 200ms }

inputs:
  air:
    device: plc
    register: { kind: input, address: 0, scale: 0.01 }
    unit: degC
    range: [-30, 50]
    maxAge: 2s
  product:
    device: plc
    register: { kind: input, address: 1, scale: 0.01 }
    unit: degC
    range: [-30, 50]
    maxAge: 2s

outputs:
  compressor: { device: plc, register: { kind: coil, address: 0 }, minOn: 3s, minOff: 5s, safe: 0, onSensorBad: safe, onPartition: keep, onAgentLoss: safe }
  fan: { device: plc, register: { kind: coil, address: 1 }, safe: 1, onSensorBad: safe, onPartition: keep, onAgentLoss: safe }

loops:
  cooling:
    kind: on-off
    input: air
    output: compressor
    action: direct
    setpoint: 4 degC
    bounds: [2 degC, 8 degC]
    deadband: 1 degC
    period: 500ms

simulation:
  plc:
    plant: cold-room
    speed: 60
    seed: ${room.seed}
    signals: { air: room-air, product: product, compressor: compressor, fan: fan }
`;
