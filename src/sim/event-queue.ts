import { EventSlots, slotsAtMost } from "./event-slots.ts";
import { MomentHeap } from "./moment-heap.ts";

/**
 * What is to happen, by moment.
 *
 * EQ1  Events leave in the order of their moments, those of one moment in the order of their adding.
 * EQ2  A cancelled event never leaves; cancelling it again, or one that left, is harmless.
 * EQ3  Near events cost the same among ten as among a million: the next second stands in
 *      buckets of a millisecond, and only the bucket whose time has come is put in order.
 */
export interface Sleeper {
  wake(): void;
}

declare const what: unique symbol;
/** A slot, and how often that slot was used before. */
export type Ticket = number & { readonly [what]: "Ticket" };

const span = 1_024;
const mask = span - 1;

const inBucket = 1;
const inDue = 2;
const inFar = 3;
/** Cancelled, but still in one of the heaps. */
const dead = 4;

export class EventQueue {
  readonly #slots = new EventSlots();
  readonly #first = new Int32Array(span).fill(-1);
  readonly #last = new Int32Array(span).fill(-1);
  /** Which buckets hold something, one bit each. */
  readonly #filled = new Int32Array(span / 32);
  /** The bucket whose time has come; it and all before it are in `due`. */
  #cursor = -1;
  readonly #due = new MomentHeap();
  readonly #far = new MomentHeap();
  #farDead = 0;
  #added = 0;
  #size = 0;

  /** Events that were neither taken nor cancelled. */
  get size(): number {
    return this.#size;
  }

  add(at: number, sleeper: Sleeper): Ticket {
    const slots = this.#slots;
    const order = this.#added;
    this.#added += 1;
    this.#size += 1;
    const slot = slots.take(at, order, sleeper);
    const bucket = Math.floor(at);
    if (bucket <= this.#cursor) {
      slots.setPlace(slot, inDue);
      this.#due.push(at, order, slot);
    } else if (bucket < this.#cursor + span) {
      this.#link(slot, bucket & mask);
    } else {
      slots.setPlace(slot, inFar);
      this.#far.push(at, order, slot);
    }
    return (slot + slots.uses(slot) * slotsAtMost) as Ticket;
  }

  /** False when it had left or was cancelled before. */
  cancel(ticket: Ticket): boolean {
    const slots = this.#slots;
    const slot = ticket % slotsAtMost;
    if (slots.uses(slot) !== (ticket - slot) / slotsAtMost) return false;
    const place = slots.place(slot);
    if (place === dead) return false;
    this.#size -= 1;
    if (place === inBucket) {
      this.#unlink(slot, Math.floor(slots.at(slot)) & mask);
      slots.release(slot);
      return true;
    }
    slots.setPlace(slot, dead);
    slots.dropSleeper(slot);
    if (place === inFar) this.#buryFar();
    return true;
  }

  /** Moment of the earliest event; infinity when there is none. */
  next(): number {
    const due = this.#due;
    for (;;) {
      while (due.size > 0) {
        const slot = due.first;
        if (this.#slots.place(slot) !== dead) return due.firstAt;
        due.shift();
        this.#slots.release(slot);
      }
      if (!this.#advance()) return Number.POSITIVE_INFINITY;
    }
  }

  /** Takes the event that `next` told of. */
  shift(): Sleeper {
    const slot = this.#due.first;
    const sleeper = this.#slots.sleeper(slot);
    this.#due.shift();
    this.#slots.release(slot);
    this.#size -= 1;
    return sleeper;
  }

  /** Moves on to the next bucket that holds something; false when nothing is left. */
  #advance(): boolean {
    this.#dropDeadFar();
    const near = this.#nextFilled();
    const far = this.#far.size > 0 ? Math.floor(this.#far.firstAt) : Number.POSITIVE_INFINITY;
    const bucket = Math.min(near, far);
    if (bucket === Number.POSITIVE_INFINITY) return false;
    this.#cursor = bucket;
    if (near === bucket) this.#collect(bucket & mask);
    while (this.#far.size > 0 && Math.floor(this.#far.firstAt) === bucket) {
      const slot = this.#far.first;
      this.#far.shift();
      this.#makeDue(slot);
      this.#dropDeadFar();
    }
    return true;
  }

  #makeDue(slot: number): void {
    const slots = this.#slots;
    slots.setPlace(slot, inDue);
    this.#due.push(slots.at(slot), slots.order(slot), slot);
  }

  #collect(index: number): void {
    const slots = this.#slots;
    for (let slot = this.#first[index] as number; slot >= 0; slot = slots.next(slot)) {
      this.#makeDue(slot);
    }
    this.#first[index] = -1;
    this.#last[index] = -1;
    this.#clear(index);
  }

  /** The number of the next bucket after the cursor that holds something. */
  #nextFilled(): number {
    const from = this.#cursor + 1;
    const start = from & mask;
    const words = span / 32;
    let word = start >>> 5;
    let bits = (this.#filled[word] as number) & (-1 << (start & 31));
    for (let step = 0; step <= words; step += 1) {
      if (bits !== 0) {
        const index = (word << 5) + (31 - Math.clz32(bits & -bits));
        return from + ((index - start) & mask);
      }
      word = (word + 1) & (words - 1);
      bits = this.#filled[word] as number;
    }
    return Number.POSITIVE_INFINITY;
  }

  #link(slot: number, index: number): void {
    const slots = this.#slots;
    const last = this.#last[index] as number;
    slots.setPlace(slot, inBucket);
    slots.setPrevious(slot, last);
    slots.setNext(slot, -1);
    this.#last[index] = slot;
    if (last >= 0) {
      slots.setNext(last, slot);
    } else {
      this.#first[index] = slot;
      this.#filled[index >>> 5] = (this.#filled[index >>> 5] as number) | (1 << (index & 31));
    }
  }

  #unlink(slot: number, index: number): void {
    const slots = this.#slots;
    const previous = slots.previous(slot);
    const next = slots.next(slot);
    if (previous >= 0) slots.setNext(previous, next);
    else this.#first[index] = next;
    if (next >= 0) slots.setPrevious(next, previous);
    else this.#last[index] = previous;
    if (this.#first[index] === -1) this.#clear(index);
  }

  #clear(index: number): void {
    this.#filled[index >>> 5] = (this.#filled[index >>> 5] as number) & ~(1 << (index & 31));
  }

  /** Cancelled events must not outnumber the others for long: somebody may cancel for days. */
  #buryFar(): void {
    this.#farDead += 1;
    if (this.#farDead < 64 || this.#farDead * 2 < this.#far.size) return;
    const slots = this.#slots;
    this.#far.filter((slot) => {
      const alive = slots.place(slot) !== dead;
      if (!alive) slots.release(slot);
      return alive;
    });
    this.#farDead = 0;
  }

  #dropDeadFar(): void {
    while (this.#far.size > 0 && this.#slots.place(this.#far.first) === dead) {
      this.#slots.release(this.#far.first);
      this.#far.shift();
      this.#farDead -= 1;
    }
  }
}
