import type { NodeConfig } from "#src/contract/config.ts";
import type { SimulatedSaid } from "#src/contract/config-points.ts";
import { registerOf } from "#src/contract/places.ts";
import { type Register, widthOf } from "#src/contract/registers.ts";
import { type AnyPlant, plants } from "./plant.ts";

export interface SimulationProblem {
  /** Keys from the top of the site file. */
  readonly path: readonly (string | number)[];
  readonly message: string;
}

/** What keeps the plants of a site file from playing its devices; empty when nothing does. */
export function checkSimulation(config: NodeConfig): SimulationProblem[] {
  return Object.entries(config.simulation ?? {}).flatMap(([device, simulated]) => [
    ...checkSignals(config, device, simulated),
    ...checkInputsServed(config, device, simulated),
    ...checkDrivenOnce(config, device, simulated),
  ]);
}

/**
 * How many units of the site's signal one unit of the plant's is; undefined when they cannot be
 * converted. A signal without a unit has the plant's.
 */
export function unitFactor(ofPlant: string | undefined, ofSite: string | undefined) {
  if (ofSite === undefined || ofSite === ofPlant) return 1;
  return ofPlant === undefined && ofSite === "%" ? 100 : undefined;
}

function checkSignals(config: NodeConfig, device: string, simulated: SimulatedSaid) {
  const plant = plants[simulated.plant];
  return Object.entries(simulated.signals).flatMap(([signal, target]): SimulationProblem[] => {
    const path = ["simulation", device, "signals", signal];
    const isSensor = Object.hasOwn(plant.sensors, target);
    const isActuator = Object.hasOwn(plant.actuators, target);
    if (!isSensor && !isActuator) {
      return [
        { path, message: `the ${plant.kind} plant has no "${target}"; it has ${all(plant)}` },
      ];
    }
    if (Object.hasOwn(config.outputs, signal) && !isActuator) {
      const message = `${target} is a sensor and cannot be written; the actuators are ${actuatorsOf(plant)}`;
      return [{ path, message }];
    }
    const { unit } = (plant.sensors[target] ?? plant.actuators[target]) as { unit?: string };
    const said = (config.outputs[signal] ?? config.inputs[signal])?.unit;
    if (unitFactor(unit, said) !== undefined) return [];
    const has = unit === undefined ? "is a plain number" : `is in ${unit}`;
    return [{ path, message: `the plant's ${target} ${has}, but ${signal} is in ${said}` }];
  });
}

/** An input nobody measures would look like a sensor at 0. */
function checkInputsServed(config: NodeConfig, device: string, simulated: SimulatedSaid) {
  return Object.entries(config.inputs).flatMap(([name, input]): SimulationProblem[] => {
    if (input.device !== device || Object.hasOwn(simulated.signals, name)) return [];
    const readsOutput = Object.values(config.outputs).some(
      (output) => output.device === device && covers(registerOf(output), registerOf(input)),
    );
    if (readsOutput) return [];
    const plant = plants[simulated.plant];
    const message = `input ${name} has nothing of the plant behind it; there is ${all(plant)}`;
    return [{ path: ["simulation", device, "signals"], message }];
  });
}

function checkDrivenOnce(config: NodeConfig, device: string, simulated: SimulatedSaid) {
  const driver = new Map<string, string>();
  return Object.entries(simulated.signals).flatMap(([signal, target]): SimulationProblem[] => {
    if (!Object.hasOwn(config.outputs, signal)) return [];
    const first = driver.get(target);
    driver.set(target, first ?? signal);
    if (first === undefined) return [];
    const message = `${target} is driven by ${first} already: an actuator has one output`;
    return [{ path: ["simulation", device, "signals", signal], message }];
  });
}

const covers = (outer: Register, inner: Register): boolean =>
  outer.kind === inner.kind &&
  outer.address <= inner.address &&
  inner.address + widthOf(inner) <= outer.address + widthOf(outer);

const actuatorsOf = (plant: AnyPlant): string => Object.keys(plant.actuators).join(", ");

const all = (plant: AnyPlant): string =>
  `the sensors ${Object.keys(plant.sensors).join(", ")} and the actuators ${actuatorsOf(plant)}`;
