const real = new Float64Array(1);
const halves = new Uint32Array(real.buffer);

/**
 * A 32-bit sum over the parts of one row, as a signed integer. It is there for bit rot, not for
 * forgery: each step is a bijection of its word, so a change within one word is always seen, and
 * any other with odds of 2^32 to one.
 */
export function checksum(...parts: readonly (number | string | null)[]): number {
  let sum = 0x811c9dc5;
  for (const part of parts) {
    if (part === null) {
      sum = mix(sum, 0x9e3779b9);
    } else if (typeof part === "number") {
      // SQLite keeps no sign of zero.
      real[0] = part + 0;
      sum = mix(mix(sum, halves[0] ?? 0), halves[1] ?? 0);
    } else {
      for (let i = 0; i < part.length; i += 1) sum = mix(sum, part.charCodeAt(i));
      sum = mix(sum, part.length);
    }
  }
  return sum | 0;
}

function mix(sum: number, word: number): number {
  const product = Math.imul(sum ^ word, 0x01000193);
  return product ^ (product >>> 15);
}
