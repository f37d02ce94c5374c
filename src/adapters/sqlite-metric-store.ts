import { invariant } from "#src/base/assert.ts";
import { limits } from "#src/contract/limits.ts";
import type { Tombstone } from "#src/contract/messages.ts";
import { endOf, type Intake, isWhole, qualityAt } from "#src/contract/samples.ts";
import type { LedgerRow, MetricStore } from "#src/ports/metric-store.ts";
import { checksum } from "./sqlite-checksum.ts";
import { SqliteDatabase, type StoreOptions } from "./sqlite-database.ts";
import { salvageMetrics } from "./sqlite-metric-salvage.ts";
import { type Found, findStretch } from "./sqlite-metric-stretch.ts";
import {
  type Account,
  addSample,
  addTombstone,
  keepAccount,
  type MetricStatements,
  metricMigrations,
  prepareMetrics,
  tombstoneOf,
  verifyMetrics,
} from "./sqlite-metric-tables.ts";
import { clip, countOf, fill, join, tombstone } from "./sqlite-tombstones.ts";

export interface MetricStoreOptions extends StoreOptions {
  /** Boots whose account is kept apart; beyond it the oldest settled ones are summed up as boot 0. */
  readonly bootsKept?: number;
}

/**
 * The node's buffer in SQLite. Only the holder of the node's state store may open it.
 *
 * BU1  Numbers of one append go on from the last one. Where they do not (the file was
 *      started anew), the gap becomes a tombstone: unknown is not the same as acked.
 * BU2  A row that is not what was written becomes a tombstone when it is met.
 */
export function openMetricStore(options: MetricStoreOptions): MetricStore {
  const bootsKept = options.bootsKept ?? limits.bootsKept;
  const database = new SqliteDatabase(options, {
    migrations: metricMigrations,
    sharing: "shared",
    prepare: prepareMetrics,
    verify: verifyMetrics,
    salvage: salvageMetrics,
  });

  return {
    append(intake) {
      if (endOf(intake) < intake.from) return;
      const named = database.grow((s) => append(s, intake, bootsKept));
      named();
    },

    load(after, limit) {
      invariant(limit > 0, "a stretch has room for at least one sample");
      const found = database.read((s) => findStretch(s, after, limit));
      if (found !== undefined && found.spoiled.length + found.holes.length > 0) {
        database.shrink((s) => buryFound(s, found));
      }
      return found?.stretch;
    },

    forget: (boot, upTo) => database.shrink((s) => forget(s, boot, upTo)),
    evict: (count) => database.shrink((s) => evict(s, count)),
    buffered: () => database.read((s) => s.buffered.get() ?? 0),
    ledger: () => database.read((s) => s.accounts.all().map(ledgerRow)),
    close: () => database.close(),
  };
}

const buffered = ({ produced, base, tombstoned }: Account): number =>
  produced - (base - 1) - tombstoned;

const ledgerRow = ({ boot, produced, base, tombstoned }: Account): LedgerRow => ({
  boot,
  produced,
  base,
  buffered: buffered({ boot, produced, base, tombstoned }),
  tombstoned,
});

/** What it returns makes the new names of series known, once they are committed. */
function append(
  s: MetricStatements,
  { boot, from, shed, rows }: Intake,
  bootsKept: number,
): () => void {
  const known = s.account.get(boot);
  if (known === undefined) foldOldest(s, bootsKept);
  const before: Account = known ?? { boot, produced: 0, base: 1, tombstoned: 0 };
  invariant(from > before.produced, "a number is given out once");
  invariant(shed >= 0, "what was shed is counted");
  const first = from + shed;
  const names = new Map<string, number>();
  let seq = first;
  for (const row of rows) {
    invariant(isWhole(row), "a row is whole");
    const { at, series, values } = row;
    for (const [place, value] of values.entries()) {
      const name = series[place] as string;
      const id = s.seriesIds.get(name) ?? names.get(name) ?? nameSeries(s, names, name);
      addSample(s, boot, { seq, at, value, quality: qualityAt(row, place) }, id);
      seq += 1;
    }
  }
  const buried: Tombstone[] = [];
  if (from > before.produced + 1) buried.push(tombstone(before.produced + 1, from - 1, "corrupt"));
  if (shed > 0) buried.push(tombstone(from, first - 1, "shed"));
  for (const one of buried) bury(s, boot, one);
  const tombstoned = before.tombstoned + countOf(buried);
  keepAccount(s, { ...before, produced: seq - 1, tombstoned });
  return () => {
    for (const [name, id] of names) {
      s.seriesIds.set(name, id);
      s.seriesNames.set(id, name);
    }
  };
}

function nameSeries(s: MetricStatements, names: Map<string, number>, name: string): number {
  const id = Math.max(0, ...s.seriesNames.keys(), ...names.values()) + 1;
  s.addSeries.run(id, name, checksum(id, name));
  names.set(name, id);
  return id;
}

/** Adds to the neighbour before it where it can, so that a long loss is one row. */
function bury(s: MetricStatements, boot: number, one: Tombstone): void {
  const row = s.tombstoneBefore.get(boot, one.from);
  if (row === undefined || row.to_seq + 1 !== one.from || row.reason !== one.reason) {
    addTombstone(s, boot, one);
    return;
  }
  s.dropTombstone.run(boot, row.from_seq);
  addTombstone(s, boot, tombstone(row.from_seq, one.to, one.reason));
}

function buryFound(s: MetricStatements, { stretch, spoiled, holes }: Found): void {
  const account = s.account.get(stretch.boot);
  invariant(account !== undefined, "what was found has an account");
  for (const seq of spoiled) s.dropSample.run(stretch.boot, seq);
  for (const hole of holes) bury(s, stretch.boot, hole);
  keepAccount(s, { ...account, tombstoned: account.tombstoned + countOf(holes) });
}

function forget(s: MetricStatements, boot: number, upTo: number): void {
  const account = s.account.get(boot);
  if (account === undefined || upTo < account.base) return;
  const end = Math.min(upTo, account.produced);
  const touched = s.tombstonesUpTo.all(boot, end).map(tombstoneOf);
  s.dropTombstonesUpTo.run(boot, end);
  s.dropSamples.run(boot, end);
  const last = touched.at(-1);
  const rest = last === undefined ? undefined : clip(last, end + 1, last.to);
  if (rest !== undefined) addTombstone(s, boot, rest);
  const tombstoned = account.tombstoned - countOf(touched) + (rest?.count ?? 0);
  keepAccount(s, { ...account, base: end + 1, tombstoned });
}

function evict(s: MetricStatements, count: number): number {
  let left = count;
  for (const account of s.accounts.all()) {
    if (left <= 0) break;
    if (buffered(account) > 0) left -= evictOf(s, account, left);
  }
  return count - left;
}

/** Up to `most` of the oldest samples of one boot; all before them is tombstones by then. */
function evictOf(s: MetricStatements, account: Account, most: number): number {
  const { boot, base, produced } = account;
  const whole = buffered(account) <= most;
  const last = (whole ? undefined : s.numberAfter.get(boot, most - 1)) ?? produced;
  const old = s.tombstonesUpTo.all(boot, last + 1).map(tombstoneOf);
  const fresh = fill(old, base, last, "evicted");
  s.dropSamples.run(boot, last);
  s.dropTombstonesUpTo.run(boot, last + 1);
  for (const one of join([...old, ...fresh])) addTombstone(s, boot, one);
  keepAccount(s, { ...account, tombstoned: account.tombstoned + countOf(fresh) });
  return countOf(fresh);
}

/** Makes room for one more account by summing up old ones that hold nothing any more. */
function foldOldest(s: MetricStatements, bootsKept: number): void {
  const excess = (s.countAccounts.get() ?? 0) + 1 - bootsKept;
  if (excess <= 0) return;
  const settled = s.settledAccounts.all(excess + 1);
  const archive = s.account.get(0)?.produced ?? 0;
  const produced = settled.reduce((sum, one) => sum + one.produced, archive);
  for (const one of settled) s.dropAccount.run(one.boot);
  keepAccount(s, { boot: 0, produced, base: produced + 1, tombstoned: 0 });
}
