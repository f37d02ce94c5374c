import { existsSync } from "node:fs";
import { join } from "node:path";
import { FaultError, fault } from "#src/base/fault.ts";
import { type Connection, connectReadonly } from "./sqlite-connection.ts";
import { storeFault } from "./sqlite-faults.ts";
import { countOf, type Ranges, union, without } from "./sqlite-ranges.ts";

/** Where the two halves of a node's account lie. */
export interface AuditPlace {
  /** Folder of the node's databases. */
  readonly nodeData: string;
  /** The region's database file. */
  readonly regionDb: string;
  readonly node: string;
}

/**
 * Every number that a node gave out is in one class; the first that fits counts. `produced` is the
 * sum of delivered, buffered, tombstoned and lost.
 */
export interface Audit {
  readonly produced: number;
  /** In the region's table. */
  readonly delivered: number;
  /** In the node's buffer. */
  readonly buffered: number;
  /** In a tombstone, on either side. */
  readonly tombstoned: number;
  /** Nowhere. */
  readonly lost: number;
  /** Rows of the region that say the same number again: none, by its key. */
  readonly duplicates: number;
  /** Samples that came to the region again and were dropped. */
  readonly duplicatesDropped: number;
}

/**
 * The account of one node by its numbers, from both databases as they lie, their owners running or
 * not. Throws a FaultError (STORE_…) when one of them cannot be read.
 *
 * AU1  The node is read before the region: what is acked in between is still found, and what is
 *      produced in between is left out.
 */
export function auditNode({ nodeData, regionDb, node }: AuditPlace): Audit {
  const own = withReadonly(join(nodeData, "metrics.db"), accountOf);
  const theirs = withReadonly(regionDb, (region) => deliveriesOf(region, node));
  const boots = new Set([...own.boots.keys(), ...theirs.boots.keys()]);
  let archived = own.archived;
  const total = { produced: 0, delivered: 0, buffered: 0, tombstoned: 0, lost: 0 };
  for (const boot of boots) {
    const here = own.boots.get(boot);
    const there = theirs.boots.get(boot) ?? { points: [], tombstones: [] };
    const last = here?.produced ?? lastOf(there);
    if (here === undefined) archived = Math.max(0, archived - last);
    const all: Ranges = last > 0 ? [[1, last]] : [];
    const undelivered = without(all, there.points);
    const unbuffered = without(undelivered, here?.samples ?? []);
    const buried = union(there.tombstones, here?.tombstones ?? []);
    const lost = without(unbuffered, buried);
    total.produced += last;
    total.delivered += last - countOf(undelivered);
    total.buffered += countOf(undelivered) - countOf(unbuffered);
    total.tombstoned += countOf(unbuffered) - countOf(lost);
    total.lost += countOf(lost);
  }
  // Boots that the node has only a sum of, and the region nothing.
  return {
    ...total,
    produced: total.produced + archived,
    lost: total.lost + archived,
    duplicates: theirs.duplicates,
    duplicatesDropped: theirs.dropped,
  };
}

export interface SeriesPoint {
  /** Milliseconds since 1970 UTC, by the node's clock. */
  readonly at: number;
  readonly value: number | null;
  readonly series: string;
}

/**
 * All points of a series that are in either database, each number once, by time and then number.
 * `series`: a name, or with a `%` in it a LIKE pattern.
 */
export function seriesOf(place: AuditPlace & { readonly series: string }): readonly SeriesPoint[] {
  const matches = place.series.includes("%") ? "LIKE" : "=";
  const own = withReadonly(join(place.nodeData, "metrics.db"), (node) =>
    node
      .prepare<[string], PointRow>(
        `SELECT boot, seq, at_ms, series, value FROM named_sample WHERE series ${matches} ?`,
      )
      .all(place.series),
  );
  const theirs = withReadonly(place.regionDb, (region) =>
    region
      .prepare<[string, string], PointRow>(
        `SELECT boot, seq, at_ms, series, value FROM sample
         WHERE node = ? AND stream = 'metric' AND series ${matches} ?`,
      )
      .all(place.node, place.series),
  );
  const points = new Map([...own, ...theirs].map((row) => [`${row.boot}/${row.seq}`, row]));
  return [...points.values()]
    .sort((a, b) => a.at_ms - b.at_ms || a.boot - b.boot || a.seq - b.seq)
    .map(({ at_ms, value, series }) => ({ at: at_ms, value, series }));
}

interface PointRow {
  readonly boot: number;
  readonly seq: number;
  readonly at_ms: number;
  readonly series: string;
  readonly value: number | null;
}

interface OwnBoot {
  readonly produced: number;
  readonly samples: Ranges;
  readonly tombstones: Ranges;
}

/** What the node says. `archived`: numbers of boots whose accounts were summed up. */
function accountOf(node: Connection): {
  readonly boots: ReadonlyMap<number, OwnBoot>;
  readonly archived: number;
} {
  const rows = node
    .prepare<[], { boot: number; produced: number }>("SELECT boot, produced FROM ledger")
    .all();
  const boots = new Map<number, OwnBoot>();
  for (const { boot, produced } of rows) {
    if (boot === 0) continue;
    boots.set(boot, {
      produced,
      samples: runsOf(node, `sample WHERE boot = ${boot}`),
      tombstones: tombstonesOf(node, `tombstone WHERE boot = ${boot}`),
    });
  }
  return { boots, archived: rows.find((row) => row.boot === 0)?.produced ?? 0 };
}

interface TheirBoot {
  readonly points: Ranges;
  readonly tombstones: Ranges;
}

const lastOf = ({ points, tombstones }: TheirBoot): number =>
  Math.max(points.at(-1)?.[1] ?? 0, tombstones.at(-1)?.[1] ?? 0);

function deliveriesOf(
  region: Connection,
  node: string,
): {
  readonly boots: ReadonlyMap<number, TheirBoot>;
  readonly duplicates: number;
  readonly dropped: number;
} {
  const source = region
    .prepare<[string], { id: number; duplicates: number }>(
      "SELECT id, duplicates FROM source WHERE node = ? AND stream = 'metric'",
    )
    .get(node);
  const boots = new Map<number, TheirBoot>();
  if (source === undefined) return { boots, duplicates: 0, dropped: 0 };
  const { id } = source;
  const numbers = region
    .prepare<[number], number>("SELECT boot FROM watermark WHERE source = ?")
    .pluck()
    .all(id);
  for (const boot of numbers) {
    boots.set(boot, {
      points: runsOf(region, `point WHERE source = ${id} AND boot = ${boot}`),
      tombstones: tombstonesOf(region, `tombstone WHERE source = ${id} AND boot = ${boot}`),
    });
  }
  const duplicates = region
    .prepare<[number], number>(
      `SELECT coalesce(sum(times - 1), 0) FROM
         (SELECT count(*) AS times FROM point WHERE source = ? GROUP BY boot, seq)`,
    )
    .pluck()
    .get(id);
  return { boots, duplicates: duplicates ?? 0, dropped: source.duplicates };
}

/** Numbers in a row as ranges: each run has one difference between number and rank. */
const runsOf = (connection: Connection, from: string): Ranges =>
  union(
    connection
      .prepare<[], [number, number]>(
        `SELECT min(seq), max(seq) FROM
           (SELECT seq, seq - row_number() OVER (ORDER BY seq) AS run FROM ${from})
         GROUP BY run`,
      )
      .raw()
      .all(),
  );

const tombstonesOf = (connection: Connection, from: string): Ranges =>
  union(
    connection.prepare<[], [number, number]>(`SELECT from_seq, to_seq FROM ${from}`).raw().all(),
  );

/** One consistent view of a database. */
function withReadonly<T>(path: string, work: (connection: Connection) => T): T {
  if (!existsSync(path)) {
    throw new FaultError(fault("STORE_FAILED", { path, why: "there is no such file" }));
  }
  try {
    const connection = connectReadonly(path);
    try {
      return connection.transaction(() => work(connection)).deferred();
    } finally {
      connection.close();
    }
  } catch (error) {
    const met = storeFault(error, path, "shared");
    if (met === undefined) throw error;
    throw new FaultError(met.fault, { cause: error });
  }
}
