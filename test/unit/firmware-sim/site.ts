import { NodeConfig } from "#src/contract/config.ts";

/** A cold room with one output and input of each width, as a site file would say it. */
export const site = (change: (all: Said) => void = () => {}): NodeConfig => {
  const all = said();
  change(all);
  return NodeConfig.parse(all);
};

type Said = ReturnType<typeof said>;

const said = () => ({
  role: "node",
  node: "n1",
  region: "north",
  devices: { plc: { driver: "modbus-tcp", port: 5020 } as Record<string, unknown> },
  inputs: {
    air: input("input", 0, { scale: 0.01, unit: "degC" }),
    product: input("input", 2, { type: "float32", unit: "degC" }),
    door: input("discrete", 0, { unit: undefined }),
    current: input("holding", 40, { scale: 0.1, unit: "A" }),
    runs: input("coil", 0, { unit: undefined }),
  } as Record<string, unknown>,
  outputs: {
    compressor: output("coil", 0),
    fan: output("coil", 1),
    defrost: output("holding", 10, { type: "float32" }),
    lamp: output("holding", 12),
  } as Record<string, unknown>,
  loops: {},
  simulation: {
    plc: {
      plant: "cold-room",
      seed: 7,
      watchdog: "1s",
      signals: {
        air: "room-air",
        product: "product",
        door: "door",
        current: "compressor-current",
        compressor: "compressor",
        fan: "fan",
        defrost: "defrost",
      } as Record<string, string>,
    } as Record<string, unknown> & { signals: Record<string, string> },
  } as Record<string, Record<string, unknown> & { signals: Record<string, string> }>,
});

const input = (
  kind: string,
  address: number,
  { unit, ...register }: { unit: string | undefined; type?: string; scale?: number },
) => ({ device: "plc", register: { kind, address, ...register }, unit, range: [-60, 80] });

const output = (kind: string, address: number, register: { type?: string } = {}) => ({
  device: "plc",
  register: { kind, address, ...register },
  bounds: [0, 1],
  safe: 0,
  onSensorBad: "safe",
  onPartition: "keep",
  onAgentLoss: "safe",
});
