import { Ring } from "#src/base/ring.ts";
import { limits } from "#src/contract/limits.ts";

/**
 * The sending end of a channel between two threads, bounded by credit: a port between threads has
 * no bound of its own, and a receiver that is stuck must cost the sender nothing but what it says.
 *
 * CR1  At most `limits.channelMessages` are on the way without an ack.
 * CR2  Behind them at most `limits.channelWaiting` wait, in order; beyond that the oldest is shed
 *      and handed to `onShed`.
 */
export class CreditSender<T> {
  readonly #post: (message: T) => void;
  readonly #onShed: (message: T) => void;
  readonly #waiting = new Ring<T>(limits.channelWaiting);
  #unacked = 0;

  constructor(post: (message: T) => void, onShed: (message: T) => void) {
    this.#post = post;
    this.#onShed = onShed;
  }

  send(message: T): void {
    if (this.#unacked < limits.channelMessages && this.#waiting.size === 0) {
      this.#unacked += 1;
      this.#post(message);
      return;
    }
    const shed = this.#waiting.push(message);
    if (shed !== undefined) this.#onShed(shed);
  }

  /** The receiver has taken one more. */
  acked(): void {
    this.#unacked = Math.max(0, this.#unacked - 1);
    const next = this.#waiting.shift();
    if (next === undefined) return;
    this.#unacked += 1;
    this.#post(next);
  }
}
