import type { Statement } from "better-sqlite3";
import { type Quality, qualities, type Tombstone } from "#src/contract/messages.ts";
import type { Sample } from "#src/contract/samples.ts";
import { checksum } from "./sqlite-checksum.ts";
import type { Connection } from "./sqlite-connection.ts";
import { countOf, type Reason } from "./sqlite-tombstones.ts";

/**
 * metrics.db: its tables, and rows in both directions. Every row carries a checksum over its
 * columns in the order of the table.
 *
 * `sample` is clustered by its number: appends go to its end, acks cut off its beginning, and the
 * pages this frees are used again. The file does not shrink: it keeps the room that was once
 * needed, for the next outage.
 */
export const metricMigrations = [
  `CREATE TABLE series (
     id INTEGER PRIMARY KEY, name TEXT NOT NULL, checksum INTEGER NOT NULL
   ) STRICT;
   CREATE TABLE sample (
     boot INTEGER NOT NULL, seq INTEGER NOT NULL, at_ms INTEGER NOT NULL,
     series INTEGER NOT NULL, value REAL, quality INTEGER NOT NULL, checksum INTEGER NOT NULL,
     PRIMARY KEY (boot, seq)
   ) STRICT, WITHOUT ROWID;
   CREATE TABLE tombstone (
     boot INTEGER NOT NULL, from_seq INTEGER NOT NULL, to_seq INTEGER NOT NULL,
     reason TEXT NOT NULL, count INTEGER NOT NULL, checksum INTEGER NOT NULL,
     PRIMARY KEY (boot, from_seq)
   ) STRICT, WITHOUT ROWID;
   CREATE TABLE ledger (
     boot INTEGER PRIMARY KEY, produced INTEGER NOT NULL, base INTEGER NOT NULL,
     tombstoned INTEGER NOT NULL, checksum INTEGER NOT NULL
   ) STRICT;
   CREATE VIEW named_sample AS
     SELECT boot, seq, at_ms, name AS series, value, quality
     FROM sample JOIN series ON series.id = sample.series;`,
] as const;

export interface SampleRow {
  readonly seq: number;
  readonly at_ms: number;
  readonly series: number;
  readonly value: number | null;
  readonly quality: number;
  readonly checksum: number;
}

export interface AccountRow {
  readonly boot: number;
  readonly produced: number;
  readonly base: number;
  readonly tombstoned: number;
  readonly checksum: number;
}

export type Account = Omit<AccountRow, "checksum">;

export interface TombstoneRow {
  readonly boot: number;
  readonly from_seq: number;
  readonly to_seq: number;
  readonly reason: string;
  readonly count: number;
  readonly checksum: number;
}

export interface SeriesRow {
  readonly id: number;
  readonly name: string;
  readonly checksum: number;
}

export type MetricStatements = ReturnType<typeof prepareMetrics>;

export function prepareMetrics(connection: Connection) {
  const prepare = <P extends unknown[], R = unknown>(sql: string): Statement<P, R> =>
    connection.prepare(sql) as Statement<P, R>;
  const tombstoneColumns = "boot, from_seq, to_seq, reason, count, checksum";
  const statements = {
    seriesRows: prepare<[], SeriesRow>("SELECT id, name, checksum FROM series ORDER BY id"),
    addSeries: prepare<[number, string, number]>("INSERT INTO series VALUES (?, ?, ?)"),
    addSample: prepare<[number, number, number, number, number | null, number, number]>(
      "INSERT INTO sample VALUES (?, ?, ?, ?, ?, ?, ?)",
    ),
    samplesFrom: prepare<[number, number, number], SampleRow>(
      `SELECT seq, at_ms, series, value, quality, checksum FROM sample
       WHERE boot = ? AND seq >= ? ORDER BY seq LIMIT ?`,
    ),
    tombstoneBefore: prepare<[number, number], TombstoneRow>(
      `SELECT ${tombstoneColumns} FROM tombstone
       WHERE boot = ? AND from_seq < ? ORDER BY from_seq DESC LIMIT 1`,
    ),
    /** The number of the sample after this many of a boot. */
    numberAfter: prepare<[number, number], number>(
      "SELECT seq FROM sample WHERE boot = ? ORDER BY seq LIMIT 1 OFFSET ?",
    ).pluck(),
    dropSamples: prepare<[number, number]>("DELETE FROM sample WHERE boot = ? AND seq <= ?"),
    dropSample: prepare<[number, number]>("DELETE FROM sample WHERE boot = ? AND seq = ?"),
    tombstoneRows: prepare<[], TombstoneRow>(
      `SELECT ${tombstoneColumns} FROM tombstone ORDER BY boot, from_seq`,
    ),
    tombstonesFrom: prepare<[number, number, number], TombstoneRow>(
      `SELECT ${tombstoneColumns} FROM tombstone
       WHERE boot = ? AND to_seq >= ? ORDER BY from_seq LIMIT ?`,
    ),
    tombstonesUpTo: prepare<[number, number], TombstoneRow>(
      `SELECT ${tombstoneColumns} FROM tombstone WHERE boot = ? AND from_seq <= ? ORDER BY from_seq`,
    ),
    addTombstone: prepare<[number, number, number, string, number, number]>(
      "INSERT INTO tombstone VALUES (?, ?, ?, ?, ?, ?)",
    ),
    dropTombstonesUpTo: prepare<[number, number]>(
      "DELETE FROM tombstone WHERE boot = ? AND from_seq <= ?",
    ),
    dropTombstone: prepare<[number, number]>(
      "DELETE FROM tombstone WHERE boot = ? AND from_seq = ?",
    ),
    account: prepare<[number], AccountRow>("SELECT * FROM ledger WHERE boot = ?"),
    accounts: prepare<[], AccountRow>("SELECT * FROM ledger ORDER BY boot"),
    /** The oldest boot that has something after this place. */
    accountAfter: prepare<[number, number, number], AccountRow>(
      `SELECT * FROM ledger WHERE produced >= base AND (boot > ? OR (boot = ? AND produced > ?))
       ORDER BY boot LIMIT 1`,
    ),
    keepAccount: prepare<[number, number, number, number, number]>(
      "REPLACE INTO ledger VALUES (?, ?, ?, ?, ?)",
    ),
    settledAccounts: prepare<[number], AccountRow>(
      "SELECT * FROM ledger WHERE produced < base AND boot > 0 ORDER BY boot LIMIT ?",
    ),
    buffered: prepare<[], number>(
      "SELECT total(produced - base + 1 - tombstoned) FROM ledger",
    ).pluck(),
    countAccounts: prepare<[], number>("SELECT count(*) FROM ledger").pluck(),
    dropAccount: prepare<[number]>("DELETE FROM ledger WHERE boot = ?"),
  };
  const known = statements.seriesRows.all();
  return {
    ...statements,
    seriesIds: new Map(known.map((row) => [row.name, row.id])),
    seriesNames: new Map(known.map((row) => [row.id, row.name])),
  };
}

export function addSample(
  s: MetricStatements,
  boot: number,
  sample: Omit<Sample, "series">,
  id: number,
): void {
  const { seq, at } = sample;
  const value = Number.isFinite(sample.value) ? sample.value : null;
  const quality = qualities.indexOf(sample.quality);
  const sum = checksum(boot, seq, at, id, value, quality);
  s.addSample.run(boot, seq, at, id, value, quality, sum);
}

/** Undefined when the row is not what was written. */
export function sampleOf(
  names: ReadonlyMap<number, string>,
  boot: number,
  row: SampleRow,
): Sample | undefined {
  const sum = checksum(boot, row.seq, row.at_ms, row.series, row.value, row.quality);
  const series = names.get(row.series);
  const quality: Quality | undefined = qualities[row.quality];
  if (sum !== row.checksum || series === undefined || quality === undefined) return undefined;
  const at = row.at_ms as Sample["at"];
  return { seq: row.seq, at, series, value: row.value ?? Number.NaN, quality };
}

export function keepAccount(s: MetricStatements, account: Account): void {
  const { boot, produced, base, tombstoned } = account;
  const sum = checksum(boot, produced, base, tombstoned);
  s.keepAccount.run(boot, produced, base, tombstoned, sum);
}

export function addTombstone(s: MetricStatements, boot: number, one: Tombstone): void {
  const sum = checksum(boot, one.from, one.to, one.reason, one.count);
  s.addTombstone.run(boot, one.from, one.to, one.reason, one.count, sum);
}

export const tombstoneOf = (row: TombstoneRow): Tombstone => ({
  from: row.from_seq,
  to: row.to_seq,
  reason: row.reason as Reason,
  count: row.count,
});

export const soundSeries = (row: SeriesRow): boolean => checksum(row.id, row.name) === row.checksum;

export const soundAccount = (row: AccountRow): boolean =>
  checksum(row.boot, row.produced, row.base, row.tombstoned) === row.checksum;

export const soundTombstone = (row: TombstoneRow): boolean =>
  checksum(row.boot, row.from_seq, row.to_seq, row.reason, row.count) === row.checksum;

/** The small tables whole; a sample is looked at when it is loaded. */
export function verifyMetrics(s: MetricStatements): string | undefined {
  if (!s.seriesRows.all().every(soundSeries)) return "a series is not what was written";
  const tombstones = s.tombstoneRows.all();
  if (!tombstones.every(soundTombstone)) return "a tombstone is not what was written";
  for (const row of s.accounts.all()) {
    const own = tombstones.filter((one) => one.boot === row.boot).map(tombstoneOf);
    if (!soundAccount(row) || countOf(own) !== row.tombstoned) {
      return `the account of boot ${row.boot} is not what was written`;
    }
  }
  return undefined;
}
