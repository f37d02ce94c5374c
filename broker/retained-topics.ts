/**
 * Which topics hold a retained message, so that their number has a bound: a client that takes one
 * name after the other must not fill the broker's memory.
 *
 * RN1  A topic that is known is always admitted, a new one only below `most`.
 * RN2  An empty payload clears its topic, and makes room for another.
 */
export class RetainedTopics {
  readonly #most: number;
  readonly #topics = new Set<string>();

  constructor(most: number) {
    this.#most = most;
  }

  get size(): number {
    return this.#topics.size;
  }

  admits(topic: string, bytes: number): boolean {
    if (bytes === 0) {
      this.#topics.delete(topic);
      return true;
    }
    if (!this.#topics.has(topic) && this.#topics.size >= this.#most) return false;
    this.#topics.add(topic);
    return true;
  }
}
