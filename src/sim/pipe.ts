import type { Millis } from "#src/base/units.ts";
import type { Task, Ticket } from "./event-queue.ts";
import { later, type Moment, never } from "./moment.ts";
import type { Lane, Traffic } from "./sim-network.ts";

/** The receiving end of a pipe. */
export interface Sink<T> {
  /** False while it does not read: what arrives waits in the pipe. */
  readonly reading: boolean;
  arrived(item: T): void;
  /** The lane under it is cut, or whole again. */
  silenced(pipe: Pipe<T>): void;
  heard(pipe: Pipe<T>): void;
}

/**
 * One way of one connection: a queue in order, each item with the moment at which it comes out.
 * One event stands for all of it.
 */
export class Pipe<T> implements Traffic {
  readonly #lane: Lane;
  readonly #sink: Sink<T>;
  readonly #items: T[] = [];
  readonly #arrivals: number[] = [];
  readonly #sizes: number[] = [];
  readonly #deliver: Task = () => this.#next();
  #head = 0;
  #bytes = 0;
  #last = 0;
  #ticket: Ticket | undefined;
  #closed = false;

  constructor(lane: Lane, sink: Sink<T>) {
    this.#lane = lane;
    this.#sink = sink;
    lane.join(this);
  }

  /** Items that were sent and have not come out. */
  get queued(): number {
    return this.#items.length - this.#head;
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
    const arrival = lane.isCut ? never : Math.max(this.#last, lane.arrival(bytes));
    if (arrival !== never) this.#last = arrival;
    this.#items.push(item);
    this.#arrivals.push(arrival);
    this.#sizes.push(bytes);
    this.#bytes += bytes;
    if (this.#ticket === undefined) this.#arm();
  }

  /** What is in it is lost. */
  clear(): void {
    this.#disarm();
    this.#items.length = 0;
    this.#arrivals.length = 0;
    this.#sizes.length = 0;
    this.#bytes = 0;
    this.#head = 0;
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
    this.#disarm();
    const { now } = this.#lane.world;
    for (let at = this.#head; at < this.#arrivals.length; at += 1) {
      if ((this.#arrivals[at] as number) > now) this.#arrivals[at] = never;
    }
    this.#arm();
    this.#sink.silenced(this);
  }

  healed(silence: Millis): void {
    const lane = this.#lane;
    const retried = later(lane.world.now, lane.retryAfter(silence));
    for (let at = this.#head; at < this.#arrivals.length; at += 1) {
      if (this.#arrivals[at] === never) this.#arrivals[at] = retried;
    }
    if (this.queued > 0) this.#last = retried;
    this.#disarm();
    this.#arm();
    this.#sink.heard(this);
  }

  #arm(): void {
    const at = this.#arrivals[this.#head];
    if (at === undefined || at === never || !this.#sink.reading) return;
    this.#ticket = this.#lane.world.schedule(at as Moment, this.#deliver);
  }

  #disarm(): void {
    if (this.#ticket !== undefined) this.#lane.world.cancel(this.#ticket);
    this.#ticket = undefined;
  }

  #next(): void {
    this.#ticket = undefined;
    if (!this.#sink.reading) return;
    const item = this.#items[this.#head] as T;
    this.#dropFirst();
    this.#sink.arrived(item);
    if (this.#ticket === undefined && !this.#closed) this.#arm();
  }

  /** A short queue keeps its room, a long one gives it back in portions. */
  #dropFirst(): void {
    this.#bytes -= this.#sizes[this.#head] as number;
    if (this.#head === 0 && this.#items.length === 1) {
      this.#items.pop();
      this.#arrivals.pop();
      this.#sizes.pop();
      return;
    }
    this.#head += 1;
    if (this.#head < 64 && this.#head < this.#items.length) return;
    this.#items.splice(0, this.#head);
    this.#arrivals.splice(0, this.#head);
    this.#sizes.splice(0, this.#head);
    this.#head = 0;
  }
}
