import { after, type Millis } from "#src/base/units.ts";
import { limits } from "#src/contract/limits.ts";
import type { Clock, Timer } from "#src/ports/clock.ts";

/** Nobody answered in time, or it was not even asked because too many wait already. */
export type NoAnswer = "silent" | "crowded";

interface Waiting<T> {
  readonly done: (result: T | NoAnswer) => void;
  readonly timer: Timer;
}

/**
 * Questions that wait for their answer from elsewhere. Each ends exactly once: with the answer, or
 * without one after its time, or at once when too many wait already.
 */
export class Pending<T> {
  readonly #clock: Clock;
  readonly #waiting = new Map<string, Waiting<T>>();
  #count = 0;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** The id under which the answer must come; undefined when it has ended already: do not ask. */
  ask(prefix: string, timeout: Millis, done: (result: T | NoAnswer) => void): string | undefined {
    this.#count += 1;
    const id = `${prefix}-${this.#count}`;
    if (this.#waiting.size >= limits.pendingQuestions) {
      done("crowded");
      return undefined;
    }
    const timer = this.#clock.at(after(this.#clock.now(), timeout), () => this.#end(id, "silent"));
    this.#waiting.set(id, { done, timer });
    return id;
  }

  /** False when nobody waits for it any more. */
  answer(id: string, result: T): boolean {
    return this.#end(id, result);
  }

  #end(id: string, result: T | NoAnswer): boolean {
    const waiting = this.#waiting.get(id);
    if (waiting === undefined) return false;
    this.#waiting.delete(id);
    waiting.timer.cancel();
    waiting.done(result);
    return true;
  }
}
