import { expect } from "vitest";
import { wallTime } from "#src/base/units.ts";
import {
  type Intake,
  inRows,
  type Place,
  qualityAt,
  type Row,
  type Sample,
  type Stretch,
} from "#src/contract/samples.ts";
import type { MetricStore } from "#src/ports/metric-store.ts";

/** One metric store under test, with what a suite may do to the world around it. */
export interface MetricStoreBench {
  readonly store: MetricStore;
  /** Opens what is on disk again; `kill` leaves the open one without a good-bye. */
  reopen(kill?: boolean): MetricStore;
  /** Gives up all that was made for it. */
  close(): void;
  /** The disk takes nothing more, or takes again; absent where it cannot be made so. */
  readonly fillDisk?: () => void;
  readonly freeDisk?: () => void;
}

/** Three in a row share their moment. */
export const sample = (seq: number, value = seq / 10): Sample => ({
  seq,
  at: wallTime(1_790_000_000_000 + seq - (seq % 3)),
  series: `room.${seq % 3}`,
  value,
  quality: seq % 7 === 0 ? "stale" : "good",
});

export const samples = (from: number, to: number): Sample[] =>
  Array.from({ length: to - from + 1 }, (_, i) => sample(from + i));

/** Samples with these numbers, and before them so many that were shed. */
export const intake = (boot: number, from: number, to: number, shed = 0): Intake => ({
  boot,
  from: from - shed,
  shed,
  rows: rowsOf(samples(from, to)),
});

/** Up to three samples a row, some of them cut short; qualities only where one is not good. */
export const rowsOf = (own: readonly Sample[]): Row[] =>
  inRows(own).map(({ row }) => {
    const isSound = row.qualities?.every((quality) => quality === "good");
    return isSound ? { ...row, qualities: undefined } : row;
  });

export const samplesOf = ({ rows }: Pick<Stretch, "rows">): Sample[] =>
  rows.flatMap(({ from, row }) =>
    row.values.map((value, place) => ({
      seq: from + place,
      at: row.at,
      series: row.series[place] ?? "?",
      value,
      quality: qualityAt(row, place),
    })),
  );

/** What a store makes of it. */
export function numbered({ from, shed, rows }: Intake): Sample[] {
  let next = from + shed;
  return rows.flatMap((row) => {
    const own = samplesOf({ rows: [{ from: next, row }] });
    next += own.length;
    return own;
  });
}

/** All stretches from the oldest on, in portions. */
export function drain(store: MetricStore, limit = 100): Stretch[] {
  const found: Stretch[] = [];
  let after: Place | undefined;
  for (;;) {
    const stretch = store.load(after, limit);
    if (stretch === undefined) return found;
    found.push(stretch);
    after = { boot: stretch.boot, seq: stretch.to };
  }
}

export const seqs = (stretches: readonly Stretch[]): number[] =>
  stretches.flatMap((one) => samplesOf(one).map(({ seq }) => seq));

/** M4, held against what was loaded. */
export function expectDense(stretches: readonly Stretch[]): void {
  const ends = new Map<number, number>();
  const breaches: string[] = [];
  for (const { boot, base, from, to, rows, tombstones } of stretches) {
    if (from !== (ends.get(boot) ?? base - 1) + 1) breaches.push(`${boot}: starts at ${from}`);
    const covered = [
      ...samplesOf({ rows }).map(({ seq }) => [seq, seq] as const),
      ...tombstones.map((one) => [one.from, one.from + one.count - 1] as const),
    ].sort((a, b) => a[0] - b[0]);
    let next = from;
    for (const [first, last] of covered) {
      if (first !== next) breaches.push(`${boot}: ${first} instead of ${next}`);
      next = last + 1;
    }
    if (next !== to + 1) breaches.push(`${boot}: ends at ${next - 1} instead of ${to}`);
    ends.set(boot, to);
  }
  expect(breaches).toEqual([]);
}

/** M3, held against what can be loaded. */
export function expectBalanced(store: MetricStore): void {
  const stretches = drain(store);
  expectDense(stretches);
  for (const row of store.ledger()) {
    const own = stretches.filter(({ boot }) => boot === row.boot);
    const buried = own.flatMap(({ tombstones }) => tombstones);
    expect(row.buffered).toBe(own.flatMap(samplesOf).length);
    expect(row.tombstoned).toBe(buried.reduce((sum, one) => sum + one.count, 0));
    expect(row.produced).toBe(row.base - 1 + row.buffered + row.tombstoned);
  }
  expect(store.buffered()).toBe(store.ledger().reduce((sum, { buffered }) => sum + buffered, 0));
}
