import { invariant } from "#src/base/assert.ts";
import { after, elapsed, type Instant, type Millis, millis } from "#src/base/units.ts";
import type { LoopTiming } from "#src/contract/query.ts";
import { Lengths } from "./lengths.ts";

/**
 * When each loop's time has come, on an absolute schedule.
 *
 * CS1  A loop's ticks lie on start + k · period; lateness never moves the next one.
 * CS2  Ticks that were missed are counted and skipped, never caught up.
 * CS3  A loop that is slowed down by n runs at every nth of its ticks; those between are counted as
 *      skipped. At every moment cycles + missed + skipped are all ticks before its next one.
 */
export interface Due {
  readonly due: readonly number[];
  readonly lateness: readonly Millis[];
}

const nothingDue: Due = { due: [], lateness: [] };

export class CycleSchedule {
  readonly #loops: Loop[];

  constructor(periods: readonly Millis[], start: Instant) {
    invariant(
      periods.every((period) => period > 0),
      "every loop has a period",
    );
    this.#loops = periods.map((period) => ({
      period,
      next: start,
      slowdown: 1,
      cycles: 0,
      missed: 0,
      skipped: 0,
      lateness: new Lengths(),
      step: new Lengths(),
    }));
  }

  /** The earliest tick of all, or of those that are `of` interest; undefined without one. */
  next(of: (loop: number) => boolean = () => true): Instant | undefined {
    let soonest: Instant | undefined;
    for (let index = 0; index < this.#loops.length; index += 1) {
      const { next } = this.#loops[index] as Loop;
      if ((soonest === undefined || next < soonest) && of(index)) soonest = next;
    }
    return soonest;
  }

  /** The loops whose tick has come, and moves each on to its next tick after `now`. */
  take(now: Instant): Due {
    let taken: { readonly due: number[]; readonly lateness: Millis[] } | undefined;
    for (let index = 0; index < this.#loops.length; index += 1) {
      const loop = this.#loops[index] as Loop;
      const late = pass(loop, now);
      if (late === undefined) continue;
      loop.cycles += 1;
      loop.lateness.add(late);
      if (taken === undefined) taken = { due: [index], lateness: [late] };
      else {
        taken.due.push(index);
        taken.lateness.push(late);
      }
    }
    return taken ?? nothingDue;
  }

  /** Nobody is there to take them: all ticks up to now are missed. */
  skip(now: Instant): void {
    for (const loop of this.#loops) {
      if (pass(loop, now) !== undefined) loop.missed += 1;
    }
  }

  /** Loops that were taken did not get their turn after all. */
  passOver(taken: readonly number[], as: "missed" | "skipped"): void {
    for (const index of taken) {
      const loop = this.#loops[index];
      if (loop === undefined) continue;
      loop.cycles -= 1;
      loop[as] += 1;
    }
  }

  /** The loops had a step of this length. */
  ran(taken: readonly number[], length: Millis): void {
    for (const index of taken) this.#loops[index]?.step.add(length);
  }

  /** From its next tick on the loop runs at every nth. */
  slowDown(index: number, slowdown: number): void {
    const loop = this.#loops[index];
    if (loop !== undefined) loop.slowdown = slowdown;
  }

  /** About how long the loop's steps are; 0 when it had none. */
  usualStep(index: number): number {
    return this.#loops[index]?.step.summary().p50 ?? 0;
  }

  timing(index: number): Ticks {
    const loop = this.#loops[index];
    return {
      cycles: loop?.cycles ?? 0,
      missed: loop?.missed ?? 0,
      skipped: loop?.skipped ?? 0,
      lateness: loop?.lateness.summary() ?? none,
      step: loop?.step.summary() ?? none,
    };
  }
}

type Ticks = Pick<LoopTiming, "cycles" | "missed" | "skipped" | "lateness" | "step">;

const none = { p50: 0, p99: 0, max: 0 };

interface Loop {
  readonly period: Millis;
  readonly lateness: Lengths;
  readonly step: Lengths;
  next: Instant;
  slowdown: number;
  cycles: number;
  missed: number;
  skipped: number;
}

/** Moves a loop on to its next tick after `now`; how late its last one is, if it has come. */
function pass(loop: Loop, now: Instant): Millis | undefined {
  const { next: tick, period } = loop;
  if (tick > now) return undefined;
  const late = elapsed(tick, now);
  const behind = Math.floor(late / period);
  const over = loop.slowdown - 1;
  loop.next = after(tick, millis((behind + 1 + over) * period));
  loop.missed += behind;
  loop.skipped += over;
  return late;
}
