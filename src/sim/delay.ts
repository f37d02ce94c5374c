import { draw } from "#src/base/rng.ts";

/**
 * How long things take, drawn from a least and a tail that falls off exponentially.
 *
 * Logarithms differ between machines in their last bits. This counts the leading zeros of a draw
 * instead and goes straight between them: within 6 % of the exponential everywhere, the same to the
 * last bit on every machine, and never more than 22 times the mean.
 */
export function tailOf(drawn: number, mean: number): number {
  if (drawn === 0) return mean * 22;
  const zeros = Math.clz32(drawn);
  const part = drawn / 2 ** (31 - zeros) - 1;
  return (mean * (zeros + 1 - part)) / 1.5;
}

/** A stream of draws in one small number: there is one for each lane of the network. */
export class Chance {
  #seed: number;

  constructor(seed: number) {
    this.#seed = seed | 0;
  }

  /** Uniform in [0, 2^32). */
  next(): number {
    const drawn = draw(this.#seed);
    this.#seed = drawn.seed | 0;
    return drawn.value;
  }

  /** A whole number in [0, limit). */
  below(limit: number): number {
    return Math.floor((this.next() / 0x1_0000_0000) * limit);
  }
}
