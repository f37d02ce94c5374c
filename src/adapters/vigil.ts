/**
 * How long a thread may stay awake for an instant that is near: who sleeps is woken when the system likes,
 * on a busy computer milliseconds late.
 *
 * VG1  In the long run it stays awake for at most `share` of the time.
 * VG2  What it did not use it saves, up to `most` milliseconds.
 * VG3  It owes nothing: time beyond what it had left it worked, or slept because nothing was near any more.
 */
export class Vigil {
  readonly #share: number;
  readonly #most: number;
  #saved = 0;
  #seen: number | undefined;
  #awakeSince: number | undefined;

  constructor(share: number, most: number) {
    this.#share = share;
    this.#most = most;
  }

  /** Milliseconds that it may stay awake from `now` on. */
  left(now: number): number {
    const earned = this.#seen === undefined ? 0 : (now - this.#seen) * this.#share;
    const spent =
      this.#awakeSince === undefined ? 0 : Math.min(this.#saved, now - this.#awakeSince);
    this.#seen = now;
    this.#awakeSince = undefined;
    this.#saved = Math.min(this.#most, this.#saved + earned - spent);
    return this.#saved;
  }

  /** It stays awake until `left` is asked again. */
  begins(now: number): void {
    this.#awakeSince = now;
  }
}
