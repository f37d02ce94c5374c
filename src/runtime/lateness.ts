import type { Millis } from "#src/base/units.ts";

const buckets = 96;
/** Bucket i holds what is below 0.01 ms · 2^(i/4): 0.01 ms … 140 s in steps of 19 %. */
const edge = (index: number): number => 0.01 * 2 ** (index / 4);

/** How late a loop was, in constant memory: quantiles within 19 %, the greatest exactly. */
export class Lateness {
  readonly #counts = new Uint32Array(buckets);
  #total = 0;
  #max = 0;

  add(late: Millis): void {
    const index = late <= 0.01 ? 0 : Math.ceil(4 * Math.log2(late / 0.01));
    const at = Math.min(buckets - 1, index);
    this.#counts[at] = (this.#counts[at] ?? 0) + 1;
    this.#total += 1;
    if (late > this.#max) this.#max = late;
  }

  summary(): { readonly p50: number; readonly p99: number; readonly max: number } {
    return { p50: this.#quantile(0.5), p99: this.#quantile(0.99), max: this.#max };
  }

  #quantile(share: number): number {
    let left = Math.ceil(share * this.#total);
    for (const [index, count] of this.#counts.entries()) {
      left -= count;
      if (left <= 0 && count > 0) return Math.min(edge(index), this.#max);
    }
    return 0;
  }
}
