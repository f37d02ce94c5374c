/** Sets of whole numbers as ranges: in order, apart from one another, both ends included. */
export type Ranges = readonly (readonly [from: number, to: number])[];

/** Any ranges, made into a set. */
export function union(...sets: readonly Ranges[]): Ranges {
  const sorted = sets.flat().filter(([from, to]) => from <= to);
  sorted.sort((a, b) => a[0] - b[0]);
  const joined: [number, number][] = [];
  for (const [from, to] of sorted) {
    const last = joined.at(-1);
    if (last !== undefined && from <= last[1] + 1) last[1] = Math.max(last[1], to);
    else joined.push([from, to]);
  }
  return joined;
}

/** What is in `set` and not in `other`. */
export function without(set: Ranges, other: Ranges): Ranges {
  const rest: [number, number][] = [];
  let at = 0;
  for (const [from, to] of set) {
    let next = from;
    while ((other[at]?.[1] ?? Number.POSITIVE_INFINITY) < next) at += 1;
    for (let i = at; next <= to; i += 1) {
      const taken = other[i];
      if (taken === undefined || taken[0] > to) {
        rest.push([next, to]);
        break;
      }
      if (taken[0] > next) rest.push([next, taken[0] - 1]);
      next = Math.max(next, taken[1] + 1);
    }
  }
  return rest;
}

export const countOf = (set: Ranges): number =>
  set.reduce((sum, [from, to]) => sum + to - from + 1, 0);
