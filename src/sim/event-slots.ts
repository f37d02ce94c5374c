import { invariant } from "#src/base/assert.ts";
import type { Sleeper } from "./event-queue.ts";

/** Slots of 32 bytes: moment and order as doubles; then next, previous, uses and place as words. */
const doubles = 4;
const words = 8;
export const slotsAtMost = 2 ** 22;

/**
 * The events of a queue as slots of one buffer that are used again: a busy world leaves no garbage,
 * and an event is found in one line of the processor's cache.
 */
export class EventSlots {
  #double = new Float64Array(256 * doubles);
  #word = new Int32Array(this.#double.buffer);
  readonly #sleeper: (Sleeper | undefined)[] = [];
  /** Slots that nobody uses, linked by `next`. */
  #free = -1;

  take(at: number, order: number, sleeper: Sleeper): number {
    const slot = this.#free >= 0 ? this.#free : this.#fresh();
    if (slot === this.#free) this.#free = this.next(slot);
    this.#double[slot * doubles] = at;
    this.#double[slot * doubles + 1] = order;
    this.#sleeper[slot] = sleeper;
    return slot;
  }

  release(slot: number): void {
    this.#sleeper[slot] = undefined;
    this.setPlace(slot, 0);
    this.#word[slot * words + 6] = this.uses(slot) + 1;
    this.setNext(slot, this.#free);
    this.#free = slot;
  }

  sleeper(slot: number): Sleeper {
    return this.#sleeper[slot] as Sleeper;
  }

  /** The slot goes on, who it was for need not be kept alive. */
  dropSleeper(slot: number): void {
    this.#sleeper[slot] = undefined;
  }

  at(slot: number): number {
    return this.#double[slot * doubles] as number;
  }

  order(slot: number): number {
    return this.#double[slot * doubles + 1] as number;
  }

  next(slot: number): number {
    return this.#word[slot * words + 4] as number;
  }

  setNext(slot: number, next: number): void {
    this.#word[slot * words + 4] = next;
  }

  previous(slot: number): number {
    return this.#word[slot * words + 5] as number;
  }

  setPrevious(slot: number, previous: number): void {
    this.#word[slot * words + 5] = previous;
  }

  /** How often the slot was released, modulo 2^31. */
  uses(slot: number): number {
    return (this.#word[slot * words + 6] as number) & 0x7fff_ffff;
  }

  place(slot: number): number {
    return this.#word[slot * words + 7] as number;
  }

  setPlace(slot: number, place: number): void {
    this.#word[slot * words + 7] = place;
  }

  #fresh(): number {
    const slot = this.#sleeper.length;
    invariant(slot < slotsAtMost, "at most four million events wait at once");
    if (slot * doubles === this.#double.length) {
      const wider = new Float64Array(this.#double.length * 2);
      wider.set(this.#double);
      this.#double = wider;
      this.#word = new Int32Array(wider.buffer);
    }
    this.#sleeper.push(undefined);
    return slot;
  }
}
