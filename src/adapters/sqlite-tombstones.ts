import { limits } from "#src/contract/limits.ts";
import type { Tombstone } from "#src/contract/messages.ts";

/**
 * Lists of tombstones: in order, without overlap, each with as many numbers as it spans.
 */
export type Reason = Tombstone["reason"];

export const tombstone = (from: number, to: number, reason: Reason): Tombstone => ({
  from,
  to,
  reason,
  count: to - from + 1,
});

export const countOf = (tombstones: readonly Tombstone[]): number =>
  tombstones.reduce((sum, one) => sum + one.count, 0);

/** The part of one between two numbers; undefined when there is none. */
export function clip(one: Tombstone, from: number, to: number): Tombstone | undefined {
  const first = Math.max(one.from, from);
  const last = Math.min(one.to, to);
  return first <= last ? tombstone(first, last, one.reason) : undefined;
}

/** What of `from … to` no tombstone covers, as tombstones with this reason. */
export function fill(
  tombstones: readonly Tombstone[],
  from: number,
  to: number,
  reason: Reason,
): Tombstone[] {
  const gaps: Tombstone[] = [];
  let next = from;
  for (const one of tombstones) {
    if (one.from > to) break;
    if (one.from > next) gaps.push(tombstone(next, one.from - 1, reason));
    next = Math.max(next, one.to + 1);
  }
  if (next <= to) gaps.push(tombstone(next, to, reason));
  return gaps;
}

/**
 * One for each run of neighbours with the same reason. Were reasons to alternate for ever, the
 * older half would become one that was evicted: the count is kept, the finer reasons are not.
 */
export function join(tombstones: readonly Tombstone[], kept = limits.tombstonesKept): Tombstone[] {
  const sorted = [...tombstones].sort((a, b) => a.from - b.from);
  const runs = merge(sorted, (a, b) => a.reason === b.reason);
  if (runs.length <= kept) return runs;
  const half = runs.length - Math.floor(kept / 2);
  const old = merge(
    runs.slice(0, half).map((one) => ({ ...one, reason: "evicted" as const })),
    () => true,
  );
  return [...old, ...runs.slice(half)];
}

function merge(
  sorted: readonly Tombstone[],
  alike: (a: Tombstone, b: Tombstone) => boolean,
): Tombstone[] {
  const merged: Tombstone[] = [];
  for (const one of sorted) {
    const last = merged.at(-1);
    if (last !== undefined && last.to + 1 === one.from && alike(last, one)) {
      merged[merged.length - 1] = tombstone(last.from, one.to, last.reason);
    } else {
      merged.push(one);
    }
  }
  return merged;
}
