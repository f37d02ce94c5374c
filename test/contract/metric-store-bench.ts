import { expect } from "vitest";
import { wallTime } from "#src/base/units.ts";
import type { Intake, NumberedSample, Place, Stretch } from "#src/contract/samples.ts";
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

export const sample = (seq: number, value = seq / 10): NumberedSample => ({
  seq,
  at: wallTime(1_790_000_000_000 + seq),
  series: `room.${seq % 3}`,
  value,
  quality: seq % 7 === 0 ? "stale" : "good",
});

export const samples = (from: number, to: number): NumberedSample[] =>
  Array.from({ length: to - from + 1 }, (_, i) => sample(from + i));

/** Samples with these numbers, and before them so many that were shed. */
export const intake = (boot: number, from: number, to: number, shed = 0): Intake => ({
  boot,
  from: from - shed,
  shed,
  samples: samples(from, to),
});

/** What a store makes of it. */
export const numbered = ({ from, shed, samples: own }: Intake): NumberedSample[] =>
  own.map((one, at) => ({ ...one, seq: from + shed + at }));

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
  stretches.flatMap((one) => one.samples.map(({ seq }) => seq));

/** M4, held against what was loaded. */
export function expectDense(stretches: readonly Stretch[]): void {
  const ends = new Map<number, number>();
  const breaches: string[] = [];
  for (const { boot, base, from, to, samples: loaded, tombstones } of stretches) {
    if (from !== (ends.get(boot) ?? base - 1) + 1) breaches.push(`${boot}: starts at ${from}`);
    const covered = [
      ...loaded.map(({ seq }) => [seq, seq] as const),
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
    expect(row.buffered).toBe(own.flatMap((one) => one.samples).length);
    expect(row.tombstoned).toBe(buried.reduce((sum, one) => sum + one.count, 0));
    expect(row.produced).toBe(row.base - 1 + row.buffered + row.tombstoned);
  }
}
