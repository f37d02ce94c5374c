import { invariant } from "#src/base/assert.ts";
import { type Rng, rngOf } from "#src/base/rng.ts";
import type { Millis } from "#src/base/units.ts";
import { EventQueue, type Sleeper, type Ticket } from "./event-queue.ts";
import { later, type Moment, moment } from "./moment.ts";
import { TraceHash } from "./trace-hash.ts";

/**
 * A world of its own: virtual time, what is to happen in it, chance, and a trace of what did.
 *
 * W1  One seed gives one story: moments, order and chance come from nowhere else.
 * W2  Time stands still within an event and never runs back.
 * W3  The hash covers the moment of every event and every note, in their order.
 */
export interface WorldCounters {
  /** Events that happened. */
  readonly events: number;
  readonly scheduled: number;
  readonly cancelled: number;
  /** Events that wait now. */
  readonly waiting: number;
  readonly notes: number;
}

export class World {
  /** The root of all chance: fork it by name. */
  readonly rng: Rng;
  readonly #queue = new EventQueue();
  readonly #hash: TraceHash;
  #now = moment(0);
  #events = 0;
  #scheduled = 0;
  #cancelled = 0;
  #notes = 0;

  constructor(seed: number) {
    this.rng = rngOf(seed);
    this.#hash = new TraceHash(seed);
  }

  get now(): Moment {
    return this.#now;
  }

  /** At `at`, or now when that is past already. */
  schedule(at: Moment, task: () => void): Ticket {
    return this.wake(at, { wake: task });
  }

  /** The same for one that is woken again and again, without a function for each time. */
  wake(at: Moment, sleeper: Sleeper): Ticket {
    this.#scheduled += 1;
    return this.#queue.add(at > this.#now ? at : this.#now, sleeper);
  }

  scheduleIn(length: Millis, task: () => void): Ticket {
    return this.schedule(later(this.#now, length), task);
  }

  cancel(ticket: Ticket): void {
    if (this.#queue.cancel(ticket)) this.#cancelled += 1;
  }

  /** Everything up to and including `until`; then it is `until`. */
  run(until: Moment): void {
    invariant(until >= this.#now, "time goes on");
    const queue = this.#queue;
    for (let at = queue.next(); at <= until; at = queue.next()) this.#happen(at);
    this.#now = until;
  }

  /** The next event, whenever it is; false when nothing is to happen any more. */
  step(): boolean {
    const at = this.#queue.next();
    if (at === Number.POSITIVE_INFINITY) return false;
    this.#happen(at);
    return true;
  }

  /** Mixes something that happened into the trace. */
  note(kind: number, a = 0, b = 0, c = 0): void {
    const hash = this.#hash;
    this.#notes += 1;
    hash.add(kind);
    hash.add(a);
    hash.add(b);
    hash.add(c);
  }

  /** Sixteen hexadecimal digits. */
  get hash(): string {
    return this.#hash.text;
  }

  get counters(): WorldCounters {
    return {
      events: this.#events,
      scheduled: this.#scheduled,
      cancelled: this.#cancelled,
      waiting: this.#queue.size,
      notes: this.#notes,
    };
  }

  #happen(at: number): void {
    const sleeper = this.#queue.shift();
    this.#now = at as Moment;
    this.#events += 1;
    this.#hash.add(at);
    sleeper.wake();
  }
}
