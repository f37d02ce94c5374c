import { invariant } from "./assert.ts";

/**
 * A queue with a bound. What does not fit is shed from the old end and handed back: a queue that
 * forgets must at least be able to say what.
 */
export class Ring<T> {
  readonly #capacity: number;
  #items: T[] = [];
  #head = 0;

  constructor(capacity: number) {
    invariant(Number.isInteger(capacity) && capacity > 0, "a ring has room for at least one item");
    this.#capacity = capacity;
  }

  get size(): number {
    return this.#items.length - this.#head;
  }

  /** Returns what had to leave for it. */
  push(item: T): T | undefined {
    this.#items.push(item);
    if (this.size <= this.#capacity) return undefined;
    return this.shift();
  }

  shift(): T | undefined {
    if (this.size === 0) return undefined;
    // The usual case, in which an array that is cut to nothing would have to be made anew.
    if (this.#items.length === 1) return this.#items.pop();
    const item = this.#items[this.#head];
    this.#head += 1;
    this.#compact();
    return item;
  }

  /** Takes up to `limit` of the oldest items. */
  take(limit: number): T[] {
    const taken = this.#items.slice(this.#head, this.#head + limit);
    this.#head += taken.length;
    this.#compact();
    return taken;
  }

  /** The items from oldest to newest, left in place. */
  items(): readonly T[] {
    return this.#items.slice(this.#head);
  }

  #compact(): void {
    if (this.#head < 1_024 || this.#head * 2 < this.#items.length) {
      if (this.#head === this.#items.length) {
        this.#items.length = 0;
        this.#head = 0;
      }
      return;
    }
    this.#items.splice(0, this.#head);
    this.#head = 0;
  }
}
