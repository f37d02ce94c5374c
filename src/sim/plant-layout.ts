import { unitFactor } from "#firmware-sim/check-simulation.ts";
import {
  type Actuator,
  type AnyPlant,
  type PlantKind,
  plants,
  type Sensor,
} from "#firmware-sim/plant.ts";
import { invariant } from "#src/base/assert.ts";
import type { Millis } from "#src/base/units.ts";
import type { NodeConfig } from "#src/contract/config.ts";
import { registerOf } from "#src/contract/places.ts";
import type { Register } from "#src/contract/registers.ts";
import { gridOf, type RegisterGrid } from "./register-grid.ts";

/** What of a site file concerns one simulated device: worked out once, for all nodes that share it. */
export interface PlantLayout {
  readonly kind: PlantKind;
  readonly plant: AnyPlant;
  readonly speed: number;
  readonly watchdog: Millis;
  readonly sensorNames: readonly string[];
  readonly sensors: readonly Sensor[];
  /** Whether anybody reads it. */
  readonly isRead: readonly boolean[];
  readonly actuatorNames: readonly string[];
  readonly actuators: readonly Actuator[];
  /** By index in the site file; a number is the output whose register an input reads. */
  readonly inputs: readonly (Signal | number | undefined)[];
  readonly outputs: readonly (Signal | undefined)[];
}

export interface Signal {
  /** Index in the plant's list; neither: a register that only keeps what is written. */
  readonly sensor: number | undefined;
  readonly actuator: number | undefined;
  readonly register: Register;
  readonly grid: RegisterGrid;
  /** Units of the site in one of the plant. */
  readonly factor: number;
}

export function plantLayout(config: NodeConfig, device: string): PlantLayout {
  const said = config.simulation?.[device];
  invariant(said !== undefined, "only a device with a plant is simulated");
  const plant = plants[said.plant];
  const inputs = signalsOf(plant, config, device, config.inputs);
  const outputs = signalsOf(plant, config, device, config.outputs);
  const all = [...inputs, ...outputs];
  return {
    kind: said.plant,
    plant,
    speed: said.speed,
    watchdog: said.watchdog,
    sensorNames: Object.keys(plant.sensors),
    sensors: Object.values(plant.sensors),
    isRead: Object.keys(plant.sensors).map((_, index) =>
      all.some((signal) => signal?.sensor === index),
    ),
    actuatorNames: Object.keys(plant.actuators),
    actuators: Object.values(plant.actuators),
    inputs: inputs.map((signal) =>
      signal?.sensor === undefined && signal?.actuator === undefined
        ? readsOutput(outputs, signal?.register)
        : signal,
    ),
    outputs,
  };
}

type Said = NodeConfig["inputs"] | NodeConfig["outputs"];

function signalsOf(
  plant: AnyPlant,
  config: NodeConfig,
  device: string,
  list: Said,
): (Signal | undefined)[] {
  const targets = config.simulation?.[device]?.signals ?? {};
  const sensors = Object.keys(plant.sensors);
  const actuators = Object.keys(plant.actuators);
  return Object.entries(list).map(([name, said]) => {
    if (said.device !== device) return undefined;
    const target = targets[name] ?? "";
    const sensor = sensors.indexOf(target);
    const actuator = actuators.indexOf(target);
    const unit = (plant.sensors[target] ?? plant.actuators[target])?.unit;
    const register = registerOf(said);
    return {
      sensor: sensor < 0 ? undefined : sensor,
      actuator: actuator < 0 ? undefined : actuator,
      register,
      grid: gridOf(register),
      factor: unitFactor(unit, said.unit) ?? 1,
    };
  });
}

/** The output whose register an input without a plant reads. */
const readsOutput = (
  outputs: readonly (Signal | undefined)[],
  register: Register | undefined,
): number | undefined => {
  const index = outputs.findIndex(
    (output) =>
      output !== undefined &&
      output.register.kind === register?.kind &&
      output.register.address === register.address,
  );
  return index < 0 ? undefined : index;
};
