/**
 * A running hash of 64 bits in two lanes over all numbers it is given. Every bit of every number
 * counts; all NaNs are one. The same numbers in the same order give the same hash on every machine.
 *
 * The lanes are murmur3's mixing of 32-bit words (Appleby, public domain) with two sets of
 * constants.
 */
export class TraceHash {
  #a: number;
  #b: number;

  constructor(seed: number) {
    this.#a = seed | 0;
    this.#b = ~seed | 0;
  }

  add(value: number): void {
    const whole = value | 0;
    // A small whole number, which most are, is one word; -0 is not 0.
    if (whole === value && (whole !== 0 || 1 / value > 0)) {
      this.#mix(whole);
      return;
    }
    double[0] = Number.isNaN(value) ? Number.NaN : value;
    this.#mix(0x5f356495 ^ (words[low] as number));
    this.#mix(words[1 - low] as number);
  }

  /** Sixteen hexadecimal digits. */
  get text(): string {
    return hex(finish(this.#a)) + hex(finish(this.#b));
  }

  #mix(word: number): void {
    let k = Math.imul(word, 0xcc9e2d51);
    k = Math.imul((k << 15) | (k >>> 17), 0x1b873593);
    const a = this.#a ^ k;
    this.#a = (Math.imul((a << 13) | (a >>> 19), 5) + 0xe6546b64) | 0;
    k = Math.imul(word, 0x239b961b);
    k = Math.imul((k << 16) | (k >>> 16), 0xab0e9789 | 0);
    const b = this.#b ^ k;
    this.#b = (Math.imul((b << 11) | (b >>> 21), 5) + 0x561ccd1b) | 0;
  }
}

const double = new Float64Array(1);
const words = new Int32Array(double.buffer);
/** Which of the two words is the lower one. */
const low = new Uint8Array(new Uint16Array([1]).buffer)[0] === 1 ? 0 : 1;

function finish(lane: number): number {
  let h = Math.imul(lane ^ (lane >>> 16), 0x85ebca6b);
  h = Math.imul(h ^ (h >>> 13), 0xc2b2ae35);
  return (h ^ (h >>> 16)) >>> 0;
}

const hex = (word: number): string => word.toString(16).padStart(8, "0");
