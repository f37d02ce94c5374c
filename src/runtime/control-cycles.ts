import { type Fault, fault } from "#src/base/fault.ts";
import { after, elapsed, type Instant, millis } from "#src/base/units.ts";
import type { LoopTiming } from "#src/contract/query.ts";
import type { ControlInput } from "#src/core/control-io.ts";
import type { Clock } from "#src/ports/clock.ts";
import type { Devices } from "#src/ports/devices.ts";
import { CycleSchedule, type Due } from "./cycle-schedule.ts";
import { LoopBudgets } from "./loop-budgets.ts";
import type { LoopTimes } from "./loop-times.ts";

/**
 * Gives each loop of a node its turns, and takes down what it made of them. The agent's step is pure
 * and knows nothing of this: it is told which loops are due, and the journal has that too.
 *
 * CT1  All steps of a turn see one image.
 * CT2  An advisory loop runs only if its usual step ends before the next tick of another class;
 *      otherwise the tick is counted as skipped.
 * CT3  An image that waits for an agent that rests would be an old one by then: those ticks are missed.
 * CT4  A loop whose input has a new value decides besides its ticks, and moves none of them. A loop that
 *      is slowed down waits for its tick, and an advisory one has what time is left.
 */
type CycleInput = Extract<ControlInput, { kind: "cycle" }>;

export interface CyclesParts {
  readonly loops: readonly LoopTimes[];
  readonly clock: Clock;
  readonly devices: Devices;
  readonly isThere: () => boolean;
  readonly step: (input: CycleInput) => void;
  readonly report: (met: Fault) => void;
}

export class ControlCycles {
  readonly #parts: CyclesParts;
  readonly #schedule: CycleSchedule;
  readonly #budgets: LoopBudgets;

  constructor(parts: CyclesParts) {
    this.#parts = parts;
    const { loops, clock } = parts;
    this.#schedule = new CycleSchedule(
      loops.map(({ period }) => period),
      clock.now(),
    );
    this.#budgets = new LoopBudgets(loops);
  }

  next(): Instant | undefined {
    return this.#schedule.next();
  }

  /** Runs what is due; the agent is asked even if nothing is, when it `must` be. Tells whether it was. */
  turn(now: Instant, must: boolean): boolean {
    const { clock, devices, step, isThere } = this.#parts;
    if (!isThere()) this.#schedule.skip(now);
    const taken = this.#schedule.take(now);
    const steps = this.#budgets.steps(taken.due);
    if (steps.length === 0 && !(must && isThere())) return false;
    const image = devices.image();
    const wall = clock.wall();
    let wasAsked = false;
    for (const due of steps) {
      if (!isThere()) this.#schedule.passOver(due, "missed");
      else if (!this.#hasTime(due)) this.#schedule.passOver(due, "skipped");
      else {
        this.#step({ kind: "cycle", image, wall, due, lateness: latenessOf(due, taken) });
        wasAsked = true;
      }
    }
    if (wasAsked || !must || !isThere()) return wasAsked;
    step({ kind: "cycle", image, wall, due: [], lateness: [] });
    return true;
  }

  /** Loops decide although their tick has not come (CT4). */
  turnOf(changed: readonly number[]): void {
    const { clock, devices, isThere } = this.#parts;
    const wanted = changed.filter((loop) => this.#budgets.account(loop).slowdown === 1);
    if (wanted.length === 0 || !isThere()) return;
    const image = devices.image();
    const wall = clock.wall();
    const steps = wanted.length === 1 ? [wanted] : this.#budgets.steps(wanted);
    for (const due of steps) {
      if (!isThere() || !this.#hasTime(due)) continue;
      this.#step({ kind: "cycle", image, wall, due, lateness: due.map(() => millis(0)) });
    }
  }

  readonly timing = (loop: number): LoopTiming => {
    const times = this.#parts.loops[loop];
    return {
      class: times?.class ?? "control",
      budget: times?.budget ?? 0,
      ...this.#schedule.timing(loop),
      ...this.#budgets.account(loop),
    };
  };

  #hasTime(due: readonly number[]): boolean {
    const [first = -1] = due;
    if (due.length > 1 || !this.#isAdvisory(first)) return true;
    const end = this.#schedule.next((loop) => !this.#isAdvisory(loop));
    const usual = millis(this.#schedule.usualStep(first));
    return end === undefined || after(this.#parts.clock.now(), usual) < end;
  }

  #isAdvisory(loop: number): boolean {
    return this.#parts.loops[loop]?.class === "advisory";
  }

  /** A step of the agent, and how long it took. */
  #step(input: CycleInput): void {
    const { clock, loops, report, step } = this.#parts;
    const { due } = input;
    const began = clock.now();
    step(input);
    const now = clock.now();
    const length = elapsed(began, now);
    this.#schedule.ran(due, length);
    const changed = this.#budgets.took(due, length, now);
    if (changed === undefined) return;
    const { loop: index, slowdown } = changed;
    this.#schedule.slowDown(index, slowdown);
    const loop = loops[index];
    if (loop === undefined || slowdown === 1) return;
    const took = Math.round(length * 10) / 10;
    report(fault("LOOP_SLOWED", { loop: loop.name, took, budget: loop.budget, slowdown }));
  }
}

function latenessOf(step: readonly number[], { due, lateness }: Due): Due["lateness"] {
  return step.length === due.length
    ? lateness
    : step.map((loop) => lateness[due.indexOf(loop)] ?? millis(0));
}
