import type { NodeConfig } from "#src/contract/config.ts";
import { boundsOf } from "#src/contract/output-bounds.ts";
import { stepOf } from "#src/contract/places.ts";
import type { Findings } from "./findings.ts";
import { type Moment, moment } from "./moment.ts";
import type { PlantField } from "./plant-field.ts";
import type { PlantLayout } from "./plant-layout.ts";

/**
 * Watches the registers and machines of one device.
 *
 * KB1  A register that was written holds a number within the bounds that its output declares.
 * KB2  A machine with a minimum rest, once it stopped, does not start before it, whoever wrote, and
 *      whatever was restarted meanwhile.
 */
export interface OutputRule {
  readonly name: string;
  readonly min: number;
  readonly max: number;
  readonly safe: number;
  /** Half a step of its register. */
  readonly tolerance: number;
  /** 0 where the machine needs no rest. */
  readonly minOff: number;
}

export function outputRules(config: NodeConfig): readonly OutputRule[] {
  return Object.entries(config.outputs).map(([name, output]) => {
    const [min, max] = boundsOf(output);
    return {
      name,
      min,
      max,
      safe: output.safe.value,
      tolerance: output.register?.type === "float32" ? 1e-3 : stepOf(output) / 2,
      minOff: output.minOff,
    };
  });
}

/** A node's clock may be off by a thousandth, and its poll sees a stop a little late. */
const clockShare = 0.999;

/** Within so much of its rest a machine wanted to start before. */
const soon = 5_000;

/** After a fault of the device an order may reach it this much later. */
const unsure = 120_000;

export class RegisterWitness {
  readonly #rules: readonly OutputRule[];
  readonly #findings: Findings;
  readonly #who: string;
  /** By actuator of the plant: the rest its machine needs, and since when it stands. */
  readonly #rests: readonly number[];
  /** Between standing and running, and what it takes to get from one to the other. */
  readonly #halves: readonly number[];
  readonly #lags: readonly number[];
  readonly #runs: boolean[];
  readonly #stoppedAt: Moment[];
  /** When each output was last given another value, and which. */
  readonly changedAt: Moment[];
  readonly written: (number | undefined)[];
  /** The last change took the place of what this program itself had written to a sound device. */
  readonly isOwn: boolean[];
  readonly #field: PlantField;
  /** What a device does by itself is seen this much later. */
  readonly #seenAfter: number;
  #breaks = 0;
  #brokenAt: Moment = moment(Number.NEGATIVE_INFINITY);

  constructor(
    field: PlantField,
    layout: PlantLayout,
    rules: readonly OutputRule[],
    poll: number,
    findings: Findings,
    who: string,
  ) {
    this.#rules = rules;
    this.#findings = findings;
    this.#who = who;
    this.#rests = layout.actuatorNames.map((_, actuator) => {
      const index = layout.outputs.findIndex((signal) => signal?.actuator === actuator);
      return rules[index]?.minOff ?? 0;
    });
    this.#halves = layout.actuators.map(({ range }) => (range[0] + range[1]) / 2);
    this.#lags = layout.actuators.map(({ lag }) => lag);
    this.#runs = layout.actuators.map(() => false);
    // What stood still before the story began has rested.
    this.#stoppedAt = layout.actuatorNames.map(() => moment(Number.NEGATIVE_INFINITY));
    this.changedAt = rules.map(() => moment(Number.NEGATIVE_INFINITY));
    this.written = rules.map(() => undefined);
    this.isOwn = rules.map(() => false);
    this.#field = field;
    this.#seenAfter = poll + 100;
    field.onWritten = (output, value) => this.#wrote(output, value);
    field.onMoved = (actuator, to, at) => this.#moved(actuator, to, at);
  }

  /** A new program knows nothing of what the last one wrote. */
  started(): void {
    this.written.fill(undefined);
  }

  /** Its device has been sound for so long that no order of before is still on its way. */
  get isPrompt(): boolean {
    return this.#findings.world.now - this.#brokenAt > unsure;
  }

  #wrote(output: number, value: number): void {
    const { world } = this.#findings;
    const rule = this.#rules[output];
    if (rule === undefined) return;
    const { min, max, tolerance, name } = rule;
    if (!(value >= min - tolerance && value <= max + tolerance)) {
      const what = `${name} was written ${value}, outside ${min} … ${max}`;
      this.#findings.report("bounded", this.#who, what);
    }
    if (this.#breaks !== this.#field.breaks || !this.#field.isSound) {
      this.#breaks = this.#field.breaks;
      this.#brokenAt = world.now;
    }
    if (this.written[output] === value) return;
    this.isOwn[output] = this.written[output] !== undefined && this.isPrompt;
    this.written[output] = value;
    this.changedAt[output] = world.now;
    world.note(0xb0, output, value);
  }

  #moved(actuator: number, to: number, at: Moment): void {
    const rest = this.#rests[actuator] ?? 0;
    if (rest === 0) return;
    const runs = to >= (this.#halves[actuator] as number);
    if (runs === this.#runs[actuator]) return;
    this.#runs[actuator] = runs;
    if (!runs) {
      this.#stoppedAt[actuator] = at;
      return;
    }
    const rested = at - (this.#stoppedAt[actuator] as Moment);
    if (rested >= rest * clockShare - 2 * (this.#lags[actuator] as number)) {
      const { marks } = this.#findings;
      if (rested < rest + soon) marks.reach("a machine started as soon as it had rested");
      return;
    }
    const unseen = Math.max(this.#field.trippedAt, this.#field.mendedAt);
    if (at - unseen < this.#seenAfter) return;
    const what = `a machine started after ${Math.round(rested)} ms of rest; it needs ${rest} ms`;
    this.#findings.report("bounded", this.#who, what);
  }
}
