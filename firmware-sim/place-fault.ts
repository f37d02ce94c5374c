import type { NodeConfig } from "#src/contract/config.ts";
import { unitFactor } from "./check-simulation.ts";
import { type DeviceFault, signalOf } from "./device-fault.ts";
import { plants } from "./plant.ts";

export type PlacedFault = { readonly fault: DeviceFault } | { readonly refused: string };

/**
 * Turns a fault in the words and units of the site file into one on the plant's own sensor or
 * actuator. The plant's names are understood too; the site's come first.
 */
export function placeFault(config: NodeConfig, device: string, fault: DeviceFault): PlacedFault {
  const simulated = config.simulation?.[device];
  if (simulated === undefined) return { refused: `${device} is not simulated` };
  const said = signalOf(fault);
  if (said === undefined) return { fault };
  const plant = plants[simulated.plant];
  const target = Object.hasOwn(simulated.signals, said) ? simulated.signals[said] : said;
  const [list, what] =
    fault.kind === "stuck-actuator"
      ? ([plant.actuators, "actuator"] as const)
      : ([plant.sensors, "sensor"] as const);
  if (target === undefined || !Object.hasOwn(list, target)) {
    const known = Object.keys(list).join(", ");
    return { refused: `"${said}" is no ${what} of ${device}; there is ${known}` };
  }
  const unit = list[target]?.unit;
  return { fault: scaled(fault, target, unitFactor(unit, config.inputs[said]?.unit) ?? 1) };
}

function scaled(fault: DeviceFault, signal: string, factor: number): DeviceFault {
  switch (fault.kind) {
    case "offset":
      return { ...fault, signal, by: fault.by / factor };
    case "drift":
      return { ...fault, signal, perHour: fault.perHour / factor };
    case "dropout":
    case "slow":
      return fault;
    default:
      return { ...fault, signal };
  }
}
