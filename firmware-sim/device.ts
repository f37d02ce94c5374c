import { draw } from "#src/base/rng.ts";
import { type Millis, millis } from "#src/base/units.ts";
import { type DeviceFault, signalOf } from "./device-fault.ts";
import type { Actuator, AnyPlant, PlantState, Sensor, Values } from "./plant.ts";

/**
 * What stands between a plant and its registers: transmitters with noise, actuators that take
 * their time, a watchdog, and whatever is broken. State transitions only; registers are elsewhere.
 *
 * DV1  A sensor shows the plant's truth plus its noise, within the range of the sensor.
 * DV2  Nothing written for as long as the watchdog says puts every command to 0, until the next write.
 * DV3  A fault touches the signal it names and no other; without faults the device is as before.
 * DV4  The same seed, steps and commands give the same story, faults included.
 */
export interface DeviceState {
  readonly plant: PlantState;
  /** What was last commanded, in the plant's units, clipped to the actuators' ranges. */
  readonly commands: Values;
  /** Where the actuators really are. */
  readonly positions: Values;
  /** What the sensors show. */
  readonly shown: Values;
  readonly faults: readonly ActiveFault[];
  /** Since the last write. */
  readonly silence: Millis;
  /** The watchdog has put the commands to 0. */
  readonly tripped: boolean;
  /** Seed of the next draw of noise. */
  readonly noise: number;
}

export interface ActiveFault {
  readonly fault: DeviceFault;
  /** In the plant's time. */
  readonly age: Millis;
}

export function startDevice(plant: AnyPlant, seed: number): DeviceState {
  const state = plant.start(seed);
  const still = zeros(plant);
  return {
    plant: state,
    commands: still,
    positions: still,
    shown: plant.sense(state),
    faults: [],
    silence: millis(0),
    tripped: false,
    noise: draw(seed).value,
  };
}

export interface Passing {
  /** For the watchdog, which lives beside the controller. */
  readonly real: Millis;
  /** For physics and actuators. */
  readonly plant: Millis;
}

export function stepDevice(
  plant: AnyPlant,
  state: DeviceState,
  passed: Passing,
  watchdog: Millis,
): DeviceState {
  const silence = millis(state.silence + passed.real);
  const tripped = silence >= watchdog;
  const commands = tripped && !state.tripped ? zeros(plant) : state.commands;
  const faults = state.faults.map(({ fault, age }) => ({ fault, age: millis(age + passed.plant) }));
  const positions = move(plant, { ...state, commands }, passed.plant);
  const moved = plant.step(state.plant, positions, passed.plant);
  const truth = plant.sense(moved);
  const { shown, noise } = show(plant, { ...state, faults }, truth);
  return { plant: moved, commands, positions, shown, faults, silence, tripped, noise };
}

/** Somebody wrote to the device: the watchdog starts anew. */
export const fed = (state: DeviceState): DeviceState => ({
  ...state,
  silence: millis(0),
  tripped: false,
});

/** Commands one actuator. A value outside its range is clipped to it; NaN is 0. */
export function command(
  plant: AnyPlant,
  state: DeviceState,
  actuator: string,
  value: number,
): DeviceState {
  const known = plant.actuators[actuator];
  if (known === undefined) return state;
  const clipped = clip(Number.isNaN(value) ? 0 : value, known.range);
  return { ...state, commands: { ...state.commands, [actuator]: clipped } };
}

/** Breaks something; the same kind of fault on the same signal is replaced. */
export function broken(state: DeviceState, fault: DeviceFault): DeviceState {
  const others = state.faults.filter(
    (active) => active.fault.kind !== fault.kind || signalOf(active.fault) !== signalOf(fault),
  );
  return { ...state, faults: [...others, { fault, age: millis(0) }] };
}

export const mended = (state: DeviceState): DeviceState => ({ ...state, faults: [] });

/** How long an answer takes; undefined when none comes. */
export function answerDelay(state: DeviceState): Millis | undefined {
  let delay = millis(0);
  for (const { fault } of state.faults) {
    if (fault.kind === "dropout") return undefined;
    if (fault.kind === "slow") delay = millis(fault.millis);
  }
  return delay;
}

export const isActuatorStuck = (state: DeviceState, actuator: string): boolean =>
  state.faults.some(({ fault }) => fault.kind === "stuck-actuator" && fault.signal === actuator);

function zeros(plant: AnyPlant): Values {
  const all: Record<string, number> = {};
  for (const name in plant.actuators) all[name] = 0;
  return all;
}

function move(plant: AnyPlant, state: DeviceState, dt: Millis): Values {
  const positions: Record<string, number> = {};
  for (const name in plant.actuators) {
    const { lag } = plant.actuators[name] as Actuator;
    const from = state.positions[name] ?? 0;
    const aim = state.commands[name] ?? 0;
    if (isActuatorStuck(state, name)) positions[name] = from;
    else positions[name] = lag === 0 ? aim : (from * lag + aim * dt) / (lag + dt);
  }
  return positions;
}

function show(
  plant: AnyPlant,
  state: DeviceState,
  truth: Values,
): { shown: Values; noise: number } {
  const shown: Record<string, number> = {};
  let seed = state.noise;
  for (const name in plant.sensors) {
    const sensor = plant.sensors[name] as Sensor;
    const drawn = draw(seed);
    seed = drawn.seed;
    const wrong = errorOf(state.faults, name, sensor);
    shown[name] = wrong.stuck
      ? (state.shown[name] ?? 0)
      : clip((truth[name] ?? 0) + wrong.by + wrong.deviation * bell(drawn.value), sensor.range);
  }
  return { shown, noise: seed };
}

interface SensorError {
  readonly by: number;
  readonly deviation: number;
  readonly stuck: boolean;
}

function errorOf(faults: readonly ActiveFault[], name: string, sensor: Sensor): SensorError {
  let by = 0;
  let deviation = sensor.noise;
  let stuck = false;
  for (const { fault, age } of faults) {
    if (signalOf(fault) !== name) continue;
    if (fault.kind === "stuck") stuck = true;
    else if (fault.kind === "offset") by += fault.by;
    else if (fault.kind === "drift") by += (fault.perHour * age) / 3_600_000;
    else if (fault.kind === "noise") {
      const [least, greatest] = sensor.range;
      deviation = fault.times * Math.max(sensor.noise, (greatest - least) / 1_000);
    }
  }
  return { by, deviation, stuck };
}

/**
 * Near enough to a normal deviate: the sum of the draw's four bytes, less its mean, over its
 * standard deviation √(4 · (256² − 1) / 12). It never leaves ±3.5.
 */
function bell(drawn: number): number {
  const sum = (drawn & 255) + ((drawn >>> 8) & 255) + ((drawn >>> 16) & 255) + (drawn >>> 24);
  return (sum - 510) / 147.801_2;
}

const clip = (value: number, [least, greatest]: readonly [number, number]): number =>
  Math.min(greatest, Math.max(least, value));
