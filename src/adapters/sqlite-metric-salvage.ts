import type { Tombstone } from "#src/contract/messages.ts";
import type { Sample } from "#src/contract/samples.ts";
import type { Connection } from "./sqlite-connection.ts";
import { storeFault } from "./sqlite-faults.ts";
import {
  type Account,
  type AccountRow,
  addSample,
  addTombstone,
  keepAccount,
  type MetricStatements,
  type SampleRow,
  type SeriesRow,
  sampleOf,
  soundAccount,
  soundSeries,
  soundTombstone,
  type TombstoneRow,
  tombstoneOf,
} from "./sqlite-metric-tables.ts";
import { clip, countOf, fill, join } from "./sqlite-tombstones.ts";

/**
 * Carries over from a damaged metrics.db every row that proves sound; the numbers of the others
 * become tombstones. Where even the account of a boot is gone, it is taken from its rows: what they
 * leave out at either end is unknown here, and the region counts it as missing.
 */
export function salvageMetrics(damaged: Connection, s: MetricStatements): void {
  const end = Number.MAX_SAFE_INTEGER;
  const names = new Map<number, string>();
  const series = { sql: "SELECT * FROM series WHERE id > ? ORDER BY id", from: 0, to: end };
  for (const row of soundRows<SeriesRow>(damaged, series, soundSeries, (one) => one.id)) {
    names.set(row.id, row.name);
    s.addSeries.run(row.id, row.name, row.checksum);
  }
  const ledger = { sql: "SELECT * FROM ledger WHERE boot > ? ORDER BY boot", from: -1, to: end };
  const known = new Map<number, Account>();
  for (const row of soundRows<AccountRow>(damaged, ledger, soundAccount, (one) => one.boot)) {
    known.set(row.boot, row);
  }
  for (const boot of new Set([...known.keys(), ...bootsOf(damaged)])) {
    salvageBoot(damaged, s, names, boot, known.get(boot));
  }
}

function salvageBoot(
  damaged: Connection,
  s: MetricStatements,
  names: ReadonlyMap<number, string>,
  boot: number,
  known: Account | undefined,
): void {
  const old = tombstonesOf(damaged, boot);
  const added: Tombstone[] = [];
  let base = known?.base;
  let next = base ?? 1;
  for (const { sample, series } of samplesOf(damaged, names, boot, known)) {
    if (base === undefined) {
      base = Math.min(sample.seq, old[0]?.from ?? sample.seq);
      next = base;
    }
    added.push(...fill(old, next, sample.seq - 1, "corrupt"));
    addSample(s, boot, sample, series);
    next = sample.seq + 1;
  }
  base ??= old[0]?.from ?? 1;
  const produced = known?.produced ?? Math.max(next - 1, old.at(-1)?.to ?? 0);
  added.push(...fill(old, next, produced, "corrupt"));
  const kept = old.flatMap((one) => clip(one, base, produced) ?? []);
  const buried = join([...kept, ...added]);
  for (const one of buried) addTombstone(s, boot, one);
  keepAccount(s, { boot, base, produced, tombstoned: countOf(buried) });
}

function* samplesOf(
  damaged: Connection,
  names: ReadonlyMap<number, string>,
  boot: number,
  known: Account | undefined,
): Generator<{ readonly sample: Sample; readonly series: number }> {
  const range = {
    sql: `SELECT * FROM sample WHERE boot = ${boot} AND seq > ? ORDER BY seq`,
    from: (known?.base ?? 1) - 1,
    to: known?.produced ?? Number.MAX_SAFE_INTEGER,
  };
  const sound = (row: SampleRow): boolean => sampleOf(names, boot, row) !== undefined;
  for (const row of soundRows<SampleRow>(damaged, range, sound, (one) => one.seq)) {
    const sample = sampleOf(names, boot, row);
    if (sample !== undefined && sample.seq <= range.to) yield { sample, series: row.series };
  }
}

function tombstonesOf(damaged: Connection, boot: number): Tombstone[] {
  const range = {
    sql: `SELECT * FROM tombstone WHERE boot = ${boot} AND from_seq > ? ORDER BY from_seq`,
    from: 0,
    to: Number.MAX_SAFE_INTEGER,
  };
  const rows = soundRows<TombstoneRow>(damaged, range, soundTombstone, (one) => one.from_seq);
  return [...rows].map(tombstoneOf);
}

function bootsOf(damaged: Connection): number[] {
  const boots: number[] = [];
  const next = damaged
    .prepare<[number], number | null>("SELECT min(boot) FROM sample WHERE boot > ?")
    .pluck();
  for (;;) {
    const boot = orUndefined(() => next.get(boots.at(-1) ?? 0));
    if (typeof boot !== "number" || boot <= (boots.at(-1) ?? 0)) return boots;
    boots.push(boot);
  }
}

interface Range {
  /** Rows with a key above its one parameter, in order of the key. */
  readonly sql: string;
  readonly from: number;
  readonly to: number;
}

/** Rows in order of their key; behind a page that cannot be read it tries again, further each time. */
function* soundRows<R>(
  damaged: Connection,
  range: Range,
  sound: (row: R) => boolean,
  keyOf: (row: R) => number,
): Generator<R> {
  let after = range.from;
  for (let stride = 32; after < range.to; stride *= 2) {
    const rows = orUndefined(() => damaged.prepare<[number], R>(range.sql).iterate(after));
    for (;;) {
      const step = orUndefined(() => rows?.next());
      if (step === undefined) break;
      if (step.done === true) return;
      if (!sound(step.value) || keyOf(step.value) <= after) continue;
      yield step.value;
      after = keyOf(step.value);
      stride = 32;
    }
    after += stride;
  }
}

/** Undefined where the damage is; what else goes wrong is thrown. */
function orUndefined<T>(work: () => T): T | undefined {
  try {
    return work();
  } catch (error) {
    if (storeFault(error, "", "shared") !== undefined) return undefined;
    throw error;
  }
}
