import { type DeviceFault, signalOf } from "#firmware-sim/device-fault.ts";
import type { Actuator, AnyPlant, PlantKind, Sensor } from "#firmware-sim/plant.ts";
import { draw } from "#src/base/rng.ts";
import { type Millis, millis } from "#src/base/units.ts";
import { later, type Moment, moment } from "./moment.ts";
import type { PlantLayout, Signal } from "./plant-layout.ts";
import { onGrid } from "./register-grid.ts";
import type { Field } from "./sim-devices.ts";

/**
 * A plant behind a device's registers, lean: what firmware-sim serves over Modbus, without the wire
 * and without a new object for each step.
 *
 * PF1  It shows, holds and forgets what the served device does, to the last bit: noise, range and
 *      resolution of its registers, faults, watchdog, and what its outputs read back.
 */
export interface PlantFieldParts {
  readonly layout: PlantLayout;
  readonly seed: number;
  readonly now: Moment;
}

interface Active {
  readonly fault: DeviceFault;
  age: number;
}

const answer = millis(2);

export class PlantField implements Field {
  beforeChange: (() => void) | undefined;
  /** Is told what stands in an output's register after a write. */
  onWritten: ((output: number, value: number) => void) | undefined;
  /** Is told of each move of an actuator, with the moment at which it began. */
  onMoved: ((actuator: number, to: number, at: Moment) => void) | undefined;
  readonly #layout: PlantLayout;
  readonly #commands: number[];
  readonly #positions: number[];
  /** The same positions by name, for the plant. */
  readonly #positionsByName: Record<string, number> = {};
  readonly #shown: number[];
  /** What stands in the output registers. */
  readonly #written: number[];
  readonly #faults: Active[] = [];
  #state: ReturnType<AnyPlant["start"]>;
  #noise: number;
  #at: Moment;
  #fedAt: Moment;
  #tripped = false;
  #breaks = 0;
  #trippedAt: Moment = moment(Number.NEGATIVE_INFINITY);
  #mendedAt: Moment = moment(Number.NEGATIVE_INFINITY);
  #isShown = false;

  constructor({ layout, seed, now }: PlantFieldParts) {
    const { plant, sensorNames, actuatorNames } = layout;
    this.#layout = layout;
    this.#commands = new Array<number>(actuatorNames.length).fill(0);
    this.#positions = new Array<number>(actuatorNames.length).fill(0);
    for (const name of actuatorNames) this.#positionsByName[name] = 0;
    this.#shown = new Array<number>(sensorNames.length).fill(0);
    this.#written = new Array<number>(layout.outputs.length).fill(0);
    this.#clearWritten();
    this.#state = plant.start(seed);
    const truth = plant.sense(this.#state);
    for (const [index, name] of sensorNames.entries()) this.#shown[index] = truth[name] ?? 0;
    this.#noise = draw(seed).value;
    this.#at = now;
    this.#fedAt = now;
  }

  get answerTime(): Millis | undefined {
    let time = answer;
    for (const { fault } of this.#faults) {
      if (fault.kind === "dropout") return undefined;
      if (fault.kind === "slow") time = millis(fault.millis);
    }
    return time;
  }

  get kind(): PlantKind {
    return this.#layout.kind;
  }

  /** When its own watchdog last stopped everything. */
  get trippedAt(): Moment {
    return this.#trippedAt;
  }

  /** When something broken was last mended: a stuck actuator then moves by itself. */
  get mendedAt(): Moment {
    return this.#mendedAt;
  }

  get isSound(): boolean {
    return this.#faults.length === 0;
  }

  /** How often something was broken or mended. */
  get breaks(): number {
    return this.#breaks;
  }

  /** The plant's truth by name of its sensor, and where an actuator really is. */
  truth(name: string): number {
    return this.#layout.plant.sense(this.#state)[name] ?? Number.NaN;
  }

  position(name: string): number {
    return this.#positions[this.#layout.actuatorNames.indexOf(name)] ?? Number.NaN;
  }

  /** Breaks something; the signal is one of the plant's. The same kind on it is replaced. */
  inject(fault: DeviceFault): void {
    this.beforeChange?.();
    this.#drop((one) => one.kind === fault.kind && signalOf(one) === signalOf(fault));
    this.#faults.push({ fault, age: 0 });
    this.#breaks += 1;
  }

  /** Mends what `inject` broke with the same fault. */
  mend(fault: DeviceFault): void {
    this.beforeChange?.();
    this.#drop((one) => one.kind === fault.kind && signalOf(one) === signalOf(fault));
    this.#breaks += 1;
    this.#mendedAt = this.#at;
  }

  stepTo(at: Moment): void {
    if (at <= this.#at) return;
    const from = this.#at;
    const real = at - from;
    this.#at = at;
    const length = real * this.#layout.speed;
    if (!this.#tripped && at - this.#fedAt >= this.#layout.watchdog) this.#trip();
    for (const active of this.#faults) active.age += length;
    this.#move(length, from);
    this.#state = this.#layout.plant.step(this.#state, this.#positionsByName, millis(length));
    this.#isShown = false;
  }

  readInput(index: number): number | undefined {
    const signal = this.#layout.inputs[index];
    if (signal === undefined) return undefined;
    if (typeof signal === "number") return this.readOutput(signal);
    return this.#valueOf(signal);
  }

  readOutput(index: number): number | undefined {
    const signal = this.#layout.outputs[index];
    if (signal === undefined) return undefined;
    const isStuck = signal.actuator !== undefined && this.#isStuck(signal.actuator);
    return isStuck ? this.#valueOf(signal) : this.#written[index];
  }

  write(output: number, value: number): boolean {
    const signal = this.#layout.outputs[output];
    if (signal === undefined) return false;
    const { grid, actuator, factor } = signal;
    const raw = onGrid(grid, value);
    this.#fedAt = this.#at;
    this.#tripped = false;
    this.#written[output] = raw;
    if (actuator !== undefined) {
      const { range } = this.#layout.actuators[actuator] as Actuator;
      const wanted = raw / factor;
      this.#commands[actuator] = clip(Number.isNaN(wanted) ? 0 : wanted, range);
    }
    this.onWritten?.(output, raw);
    return true;
  }

  #valueOf({ sensor, actuator, grid, factor }: Signal): number {
    if (sensor === undefined) return onGrid(grid, (this.#positions[actuator ?? 0] ?? 0) * factor);
    if (!this.#isShown) this.#show();
    return onGrid(grid, (this.#shown[sensor] ?? 0) * factor);
  }

  #trip(): void {
    this.#tripped = true;
    this.#trippedAt = later(this.#fedAt, this.#layout.watchdog);
    this.#commands.fill(0);
    this.#clearWritten();
  }

  #clearWritten(): void {
    for (const [index, signal] of this.#layout.outputs.entries()) {
      if (signal !== undefined) this.#written[index] = onGrid(signal.grid, 0);
    }
  }

  #move(dt: number, at: Moment): void {
    for (let index = 0; index < this.#layout.actuators.length; index += 1) {
      if (this.#faults.length > 0 && this.#isStuck(index)) continue;
      const { lag } = this.#layout.actuators[index] as Actuator;
      const aim = this.#commands[index] as number;
      const from = this.#positions[index] as number;
      const to = lag === 0 ? aim : (from * lag + aim * dt) / (lag + dt);
      if (to === from) continue;
      this.#positions[index] = to;
      this.#positionsByName[this.#layout.actuatorNames[index] as string] = to;
      this.onMoved?.(index, to, at);
    }
  }

  #show(): void {
    this.#isShown = true;
    const truth = this.#layout.plant.sense(this.#state);
    let seed = this.#noise;
    for (let index = 0; index < this.#layout.sensors.length; index += 1) {
      const drawn = draw(seed);
      seed = drawn.seed;
      // Each sensor has its draw, read or not: what one site reads changes no other's noise.
      if (!this.#layout.isRead[index]) continue;
      const sensor = this.#layout.sensors[index] as Sensor;
      const name = this.#layout.sensorNames[index] as string;
      const noise = bell(drawn.value);
      if (this.#faults.length > 0) this.#showFaulty(index, truth[name] ?? 0, noise);
      else this.#shown[index] = clip((truth[name] ?? 0) + sensor.noise * noise, sensor.range);
    }
    this.#noise = seed;
  }

  #showFaulty(index: number, truth: number, noise: number): void {
    const { range, noise: usual } = this.#layout.sensors[index] as Sensor;
    let by = 0;
    let deviation = usual;
    for (const { fault, age } of this.#faults) {
      if (signalOf(fault) !== this.#layout.sensorNames[index]) continue;
      if (fault.kind === "stuck") return;
      if (fault.kind === "offset") by += fault.by;
      else if (fault.kind === "drift") by += (fault.perHour * age) / 3_600_000;
      else if (fault.kind === "noise") {
        deviation = fault.times * Math.max(usual, (range[1] - range[0]) / 1_000);
      }
    }
    this.#shown[index] = clip(truth + by + deviation * noise, range);
  }

  #isStuck(actuator: number): boolean {
    return this.#faults.some(
      ({ fault }) =>
        fault.kind === "stuck-actuator" && fault.signal === this.#layout.actuatorNames[actuator],
    );
  }

  #drop(which: (fault: DeviceFault) => boolean): void {
    for (let index = this.#faults.length - 1; index >= 0; index -= 1) {
      if (which((this.#faults[index] as Active).fault)) this.#faults.splice(index, 1);
    }
  }
}

/** As the served device has it: four bytes of a draw make one nearly normal deviate. */
function bell(drawn: number): number {
  const sum = (drawn & 255) + ((drawn >>> 8) & 255) + ((drawn >>> 16) & 255) + (drawn >>> 24);
  return (sum - 510) / 147.801_2;
}

const clip = (value: number, [least, greatest]: readonly [number, number]): number =>
  Math.min(greatest, Math.max(least, value));
