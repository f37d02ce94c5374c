import { after, type Millis } from "#src/base/units.ts";
import { limits } from "#src/contract/limits.ts";
import type { Clock, Timer } from "#src/ports/clock.ts";

interface Waiting<T> {
  readonly done: (result: T | undefined) => void;
  readonly timer: Timer;
}

/**
 * Questions that wait for their answer from elsewhere. Each ends exactly once: with the answer, or
 * with undefined after its time, or at once when too many wait already.
 */
export class Pending<T> {
  readonly #clock: Clock;
  readonly #waiting = new Map<string, Waiting<T>>();
  #count = 0;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** The id under which the answer must come; undefined when it has ended already: do not ask. */
  ask(prefix: string, timeout: Millis, done: (result: T | undefined) => void): string | undefined {
    this.#count += 1;
    const id = `${prefix}-${this.#count}`;
    if (this.#waiting.size >= limits.pendingQuestions) {
      done(undefined);
      return undefined;
    }
    const timer = this.#clock.at(after(this.#clock.now(), timeout), () => this.#end(id, undefined));
    this.#waiting.set(id, { done, timer });
    return id;
  }

  /** False when nobody waits for it any more. */
  answer(id: string, result: T): boolean {
    return this.#end(id, result);
  }

  #end(id: string, result: T | undefined): boolean {
    const waiting = this.#waiting.get(id);
    if (waiting === undefined) return false;
    this.#waiting.delete(id);
    waiting.timer.cancel();
    waiting.done(result);
    return true;
  }
}
