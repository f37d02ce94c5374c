import { type Millis, millis } from "#src/base/units.ts";
import type { NodeConfig } from "#src/contract/config.ts";
import { modbusSaid } from "#src/contract/places.ts";

/** What of a site file concerns its devices: worked out once, for all nodes that share it. */
export interface DevicesPlan {
  /** Names in the order of the site file. */
  readonly inputs: readonly string[];
  readonly outputs: readonly string[];
  readonly devices: readonly DevicePlan[];
  /** Index of the device behind each output. */
  readonly deviceOfOutput: readonly number[];
}

export interface DevicePlan {
  readonly name: string;
  readonly address: string;
  readonly timeout: Millis;
  readonly groups: readonly PollGroup[];
}

/** Signals that are read together, by their index in the site file. */
export interface PollGroup {
  readonly period: Millis;
  readonly inputs: readonly number[];
  readonly outputs: readonly number[];
}

export function devicesPlan(config: NodeConfig): DevicesPlan {
  const names = Object.keys(config.devices);
  return {
    inputs: Object.keys(config.inputs),
    outputs: Object.keys(config.outputs),
    devices: Object.entries(config.devices).map(([name, device]) => {
      const { host, port, timeout, poll } = modbusSaid(device);
      return { name, address: `${host}:${port}`, timeout, groups: groupsOf(config, name, poll) };
    }),
    deviceOfOutput: Object.values(config.outputs).map(({ device }) => names.indexOf(device)),
  };
}

/** Inputs may have a period of their own; outputs are read back with the device's. */
function groupsOf(config: NodeConfig, device: string, usual: Millis): readonly PollGroup[] {
  const groups = new Map<number, { inputs: number[]; outputs: number[] }>();
  const groupOf = (period: Millis) => {
    const group = groups.get(period) ?? { inputs: [], outputs: [] };
    groups.set(period, group);
    return group;
  };
  for (const [index, input] of Object.values(config.inputs).entries()) {
    if (input.device === device) groupOf(input.poll ?? usual).inputs.push(index);
  }
  for (const [index, output] of Object.values(config.outputs).entries()) {
    if (output.device === device) groupOf(usual).outputs.push(index);
  }
  return [...groups].map(([period, signals]) => ({ period: millis(period), ...signals }));
}
