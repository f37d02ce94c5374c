/**
 * Chance in integers and in named streams, so that one seed gives one story on every machine and
 * a new draw in one place moves no draw in another.
 *
 * The generator is splitmix32 (Steele, Lea, Flood, "Fast splittable pseudorandom number
 * generators", 2014, in its 32-bit form).
 */
export interface Rng {
  /** An independent stream; the same name always gives the same stream. */
  fork(name: string): Rng;
  /** A whole number in [0, limit); `limit` in 1 … 2^32. */
  below(limit: number): number;
  /** True in `numerator` of `denominator` cases. */
  chance(numerator: number, denominator: number): boolean;
}

export interface Draw {
  /** Uniform in [0, 2^32). */
  readonly value: number;
  /** The seed of the next draw. */
  readonly seed: number;
}

/** One draw as a pure function, for agents that carry their seed in their state. */
export function draw(seed: number): Draw {
  const next = (seed + 0x9e3779b9) >>> 0;
  let z = next;
  z = Math.imul(z ^ (z >>> 16), 0x21f0aaad);
  z = Math.imul(z ^ (z >>> 15), 0x735a2d97);
  return { value: (z ^ (z >>> 15)) >>> 0, seed: next };
}

export function rngOf(seed: number | string): Rng {
  const origin = typeof seed === "string" ? hash(seed, 0) : seed >>> 0;
  let state = origin;
  const next = (): number => {
    const drawn = draw(state);
    state = drawn.seed;
    return drawn.value;
  };
  return {
    fork: (name) => rngOf(hash(name, origin)),
    below: (limit) => Math.floor((next() / 0x1_0000_0000) * limit),
    chance: (numerator, denominator) => next() % denominator < numerator,
  };
}

/** FNV-1a over the text's UTF-16 units, started from `basis`, then mixed once. */
function hash(text: string, basis: number): number {
  let h = (0x811c9dc5 ^ basis) >>> 0;
  for (let i = 0; i < text.length; i += 1) h = Math.imul(h ^ text.charCodeAt(i), 0x01000193) >>> 0;
  return draw(h).value;
}
