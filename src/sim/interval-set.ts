/**
 * Whole numbers as ranges from … to, both included: in order, apart from each other by at least one
 * number. Most sets hold one range, so each is a flat list of ends.
 */
export class IntervalSet {
  #ends: number[] = [];

  has(number: number): boolean {
    const at = this.#find(number);
    return at < this.#ends.length && (this.#ends[at] as number) <= number;
  }

  /** The end of the range that holds the number; one before it when none does. */
  endOf(number: number): number {
    return this.has(number) ? (this.#ends[this.#find(number) + 1] as number) : number - 1;
  }

  /** How many of from … to it holds. */
  count(from: number, to: number): number {
    let held = 0;
    for (let at = this.#find(from); at < this.#ends.length; at += 2) {
      const first = this.#ends[at] as number;
      if (first > to) break;
      held += Math.min(to, this.#ends[at + 1] as number) - Math.max(from, first) + 1;
    }
    return held;
  }

  /** Adds what lies right behind the last range; false when from … to does not. */
  extend(from: number, to: number): boolean {
    const ends = this.#ends;
    const last = ends.length - 1;
    if (last < 0 || from !== (ends[last] as number) + 1) return false;
    ends[last] = to;
    return true;
  }

  add(from: number, to: number): void {
    if (from > to || this.extend(from, to)) return;
    const ends = this.#ends;
    if (ends.length === 0) {
      this.#ends = [from, to];
      return;
    }
    const at = this.#find(from - 1);
    let after = at;
    let first = from;
    let end = to;
    while (after < ends.length && (ends[after] as number) <= to + 1) {
      first = Math.min(first, ends[after] as number);
      end = Math.max(end, ends[after + 1] as number);
      after += 2;
    }
    ends.splice(at, after - at, first, end);
  }

  /** Where the first range stands that ends at or after the number. */
  #find(number: number): number {
    const ends = this.#ends;
    let low = 0;
    let high = ends.length / 2;
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((ends[2 * middle + 1] as number) < number) low = middle + 1;
      else high = middle;
    }
    return 2 * low;
  }
}
