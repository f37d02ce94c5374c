import type { Millis } from "#src/base/units.ts";
import type { Sleeper, Ticket } from "./event-queue.ts";
import { later, type Moment, never } from "./moment.ts";
import type { Lane, Traffic } from "./sim-network.ts";

/** The receiving end of a pipe. */
export interface Sink<T> {
  /** False while it does not read: what arrives waits in the pipe. */
  reads(pipe: Pipe<T>): boolean;
  arrived(pipe: Pipe<T>, item: T): void;
  /** The lane under the pipe was cut, or is whole again. */
  laneChanged(): void;
}

/** One item under way. */
interface Load<T> {
  readonly item: T;
  readonly bytes: number;
  arrival: number;
  next: Load<T> | undefined;
}

/**
 * One way of one connection: a queue in order, each item with the moment at which it comes out.
 * One event stands for all of it; over a lane that takes no time none is needed.
 */
export class Pipe<T> implements Traffic, Sleeper {
  readonly #lane: Lane;
  readonly #sink: Sink<T>;
  #first: Load<T> | undefined;
  #last: Load<T> | undefined;
  #count = 0;
  #bytes = 0;
  #ticket: Ticket | undefined;
  #closed = false;

  constructor(lane: Lane, sink: Sink<T>) {
    this.#lane = lane;
    this.#sink = sink;
    lane.join(this);
  }

  /** Items that were sent and have not come out, and their size. */
  get queued(): number {
    return this.#count;
  }

  get bytes(): number {
    return this.#bytes;
  }

  get isCut(): boolean {
    return this.#lane.isCut;
  }

  send(item: T, bytes: number): void {
    if (this.#closed) return;
    const lane = this.#lane;
    if (lane.isImmediate && this.#count === 0 && this.#sink.reads(this)) {
      this.#sink.arrived(this, item);
      return;
    }
    // One that would be there sooner than what went before it waits for that.
    const arrival = lane.isCut ? never : lane.arrival(bytes);
    const load: Load<T> = { item, bytes, arrival, next: undefined };
    this.#count += 1;
    this.#bytes += bytes;
    if (this.#last === undefined) {
      this.#first = load;
      this.#last = load;
      this.#arm();
    } else {
      this.#last.next = load;
      this.#last = load;
    }
  }

  /** What is in it is lost. */
  clear(): void {
    this.#disarm();
    this.#first = undefined;
    this.#last = undefined;
    this.#count = 0;
    this.#bytes = 0;
  }

  /** No more goes through, and what is in it is lost. */
  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    this.clear();
    this.#lane.leave(this);
  }

  /** The sink reads again. */
  read(): void {
    if (this.#ticket === undefined) this.#arm();
  }

  cut(): void {
    const { now } = this.#lane.world;
    for (let load = this.#first; load !== undefined; load = load.next) {
      if (load.arrival > now) load.arrival = never;
    }
    this.#rearm();
    this.#sink.laneChanged();
  }

  healed(silence: Millis): void {
    const lane = this.#lane;
    const retried = later(lane.world.now, lane.retryAfter(silence));
    for (let load = this.#first; load !== undefined; load = load.next) {
      if (load.arrival === never) load.arrival = retried;
    }
    this.#rearm();
    this.#sink.laneChanged();
  }

  resized(): void {
    const lane = this.#lane;
    for (let load = this.#first; load !== undefined; load = load.next) {
      const isUnderWay = load.arrival !== never && load.arrival > lane.world.now;
      if (isUnderWay) load.arrival = lane.arrival(load.bytes);
    }
    this.#rearm();
  }

  wake(): void {
    this.#ticket = undefined;
    const load = this.#first;
    if (load === undefined || !this.#sink.reads(this)) return;
    this.#first = load.next;
    if (load.next === undefined) this.#last = undefined;
    this.#count -= 1;
    this.#bytes -= load.bytes;
    this.#sink.arrived(this, load.item);
    if (this.#ticket === undefined && this.#first !== undefined) this.#arm();
  }

  #arm(): void {
    const arrival = this.#first?.arrival ?? never;
    if (arrival === never || !this.#sink.reads(this)) return;
    this.#ticket = this.#lane.world.wake(arrival as Moment, this);
  }

  #rearm(): void {
    this.#disarm();
    this.#arm();
  }

  #disarm(): void {
    if (this.#ticket !== undefined) this.#lane.world.cancel(this.#ticket);
    this.#ticket = undefined;
  }
}
