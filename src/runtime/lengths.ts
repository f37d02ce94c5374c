import type { Millis } from "#src/base/units.ts";
import type { Spread } from "#src/contract/query.ts";

const buckets = 96;
/** Milliseconds. */
const shortest = 0.01;
/** Bucket i holds what is below 0.01 ms · 2^(i/4): 0.01 ms … 140 s in steps of 19 %. */
const edge = (index: number): number => shortest * 2 ** (index / 4);

/**
 * How long something took, in constant memory: quantiles within 19 %, the greatest exactly. Until
 * something took more than the first bucket's bound, it costs no buckets.
 */
export class Lengths {
  #counts: Uint32Array | undefined;
  #shortest = 0;
  #total = 0;
  #max = 0;

  add(length: Millis): void {
    this.#total += 1;
    if (length > this.#max) this.#max = length;
    if (length <= shortest) {
      this.#shortest += 1;
      return;
    }
    this.#counts ??= new Uint32Array(buckets);
    const at = Math.min(buckets - 1, Math.ceil(4 * Math.log2(length / shortest)));
    this.#counts[at] = (this.#counts[at] ?? 0) + 1;
  }

  summary(): Spread {
    return { p50: this.#quantile(0.5), p99: this.#quantile(0.99), max: this.#max };
  }

  #quantile(share: number): number {
    let left = Math.ceil(share * this.#total) - this.#shortest;
    if (left <= 0) return Math.min(shortest, this.#max);
    for (const [index, count] of (this.#counts ?? []).entries()) {
      left -= count;
      if (left <= 0 && count > 0) return Math.min(edge(index), this.#max);
    }
    return 0;
  }
}
