import type { Instant, WallTime } from "#src/base/units.ts";

/**
 * Time on one machine. `now` never runs back and goes on while the wall clock is set; all threads
 * of the machine read the same. `at` runs its task once, never before the instant, as soon after as
 * the thread is free; tasks of one instant run in the order of their asking.
 */
export interface Clock {
  now(): Instant;
  wall(): WallTime;
  at(when: Instant, task: () => void): Timer;
}

export interface Timer {
  /** The task will not run any more; cancelling twice is harmless. */
  cancel(): void;
}
