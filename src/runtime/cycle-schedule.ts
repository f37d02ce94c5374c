import { invariant } from "#src/base/assert.ts";
import { after, elapsed, type Instant, type Millis, millis } from "#src/base/units.ts";
import { Lateness } from "./lateness.ts";

/**
 * When each loop's time has come, on an absolute schedule.
 *
 * CS1  A loop's ticks lie on start + k · period; lateness never moves the next one.
 * CS2  Ticks that were missed are counted and skipped, never caught up.
 */
export interface Due {
  readonly due: readonly number[];
  readonly lateness: readonly Millis[];
}

export class CycleSchedule {
  readonly #periods: readonly Millis[];
  readonly #next: Instant[];
  readonly #cycles: number[];
  readonly #missed: number[];
  readonly #lateness: Lateness[];

  constructor(periods: readonly Millis[], start: Instant) {
    invariant(
      periods.every((period) => period > 0),
      "every loop has a period",
    );
    this.#periods = periods;
    this.#next = periods.map(() => start);
    this.#cycles = periods.map(() => 0);
    this.#missed = periods.map(() => 0);
    this.#lateness = periods.map(() => new Lateness());
  }

  /** The earliest tick of all; undefined without loops. */
  next(): Instant | undefined {
    return this.#next.length === 0 ? undefined : (Math.min(...this.#next) as Instant);
  }

  /** The loops whose tick has come, and moves each on to its next tick after `now`. */
  take(now: Instant): Due {
    const due: number[] = [];
    const lateness: Millis[] = [];
    for (const index of this.#periods.keys()) {
      const late = this.#pass(index, now);
      if (late === undefined) continue;
      this.#cycles[index] = (this.#cycles[index] ?? 0) + 1;
      this.#lateness[index]?.add(late);
      due.push(index);
      lateness.push(late);
    }
    return { due, lateness };
  }

  /** Nobody is there to take them: all ticks up to now are missed. */
  skip(now: Instant): void {
    for (const index of this.#periods.keys()) {
      if (this.#pass(index, now) !== undefined)
        this.#missed[index] = (this.#missed[index] ?? 0) + 1;
    }
  }

  /** Moves a loop on to its next tick after `now`; how late its last one is, if it has come. */
  #pass(index: number, now: Instant): Millis | undefined {
    const tick = this.#next[index] as Instant;
    if (tick > now) return undefined;
    const period = this.#periods[index] as Millis;
    const late = elapsed(tick, now);
    const behind = Math.floor(late / period);
    this.#next[index] = after(tick, millis((behind + 1) * period));
    this.#missed[index] = (this.#missed[index] ?? 0) + behind;
    return late;
  }

  timing(index: number) {
    return {
      cycles: this.#cycles[index] ?? 0,
      missed: this.#missed[index] ?? 0,
      lateness: this.#lateness[index]?.summary() ?? { p50: 0, p99: 0, max: 0 },
    };
  }
}
