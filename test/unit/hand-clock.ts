import { type Instant, instant, type WallTime, wallTime } from "#src/base/units.ts";
import type { Clock, Timer } from "#src/ports/clock.ts";

/** A clock that a test moves by hand: time passes only in `pass`. */
export class HandClock implements Clock {
  #now = instant(10_000);
  #wall = wallTime(1_700_000_000_000);
  #tasks: { readonly at: Instant; readonly run: () => void; live: boolean }[] = [];

  now(): Instant {
    return this.#now;
  }

  wall(): WallTime {
    return this.#wall;
  }

  at(when: Instant, run: () => void): Timer {
    const task = { at: when, run, live: true };
    this.#tasks.push(task);
    return {
      cancel() {
        task.live = false;
      },
    };
  }

  pass(length: number): void {
    const end = this.#now + length;
    for (;;) {
      this.#tasks = this.#tasks.filter((task) => task.live);
      const next = this.#tasks.filter((task) => task.at <= end).sort((a, b) => a.at - b.at)[0];
      if (next === undefined) break;
      next.live = false;
      this.#move(Math.max(this.#now, next.at));
      next.run();
    }
    this.#move(Math.max(this.#now, end));
  }

  /** Time passes without anybody noticing: a blocked thread. */
  block(length: number): void {
    this.#move(this.#now + length);
  }

  #move(to: number): void {
    this.#wall = wallTime(this.#wall + to - this.#now);
    this.#now = instant(to);
  }
}
