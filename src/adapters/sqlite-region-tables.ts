import type { Statement } from "better-sqlite3";
import { checksum } from "./sqlite-checksum.ts";
import type { Connection } from "./sqlite-connection.ts";

/**
 * region.db: its tables. Points are clustered by their key, so that a number of a source can be
 * there once only. The view `sample` shows them with names.
 *
 * The lease, the watermarks and all names carry checksums: a flipped bit in them would raise an
 * epoch, ack what is not here, or give points to another.
 */
export const regionMigrations = [
  `CREATE TABLE lease (
     id INTEGER PRIMARY KEY CHECK (id = 1), controller TEXT NOT NULL, epoch INTEGER NOT NULL,
     ttl_ms INTEGER NOT NULL, renewed_at_ms INTEGER NOT NULL, checksum INTEGER NOT NULL
   ) STRICT;
   CREATE TABLE node (
     node TEXT PRIMARY KEY, link TEXT NOT NULL, boot INTEGER NOT NULL, session INTEGER NOT NULL,
     mode TEXT NOT NULL, reason TEXT NOT NULL, since_ms INTEGER NOT NULL,
     last_heard_ms INTEGER NOT NULL
   ) STRICT, WITHOUT ROWID;
   CREATE TABLE mode_change (
     id INTEGER PRIMARY KEY, node TEXT NOT NULL, at_ms INTEGER NOT NULL, mode TEXT NOT NULL,
     reason TEXT NOT NULL
   ) STRICT;
   CREATE INDEX mode_change_by_node ON mode_change (node, id);
   CREATE TABLE standing_grant (
     id TEXT PRIMARY KEY, node TEXT NOT NULL, loop TEXT NOT NULL, value REAL NOT NULL,
     owner TEXT NOT NULL, reason TEXT NOT NULL, until_ms INTEGER NOT NULL
   ) STRICT, WITHOUT ROWID;
   CREATE TABLE series (
     id INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE, checksum INTEGER NOT NULL DEFAULT 0
   ) STRICT;
   CREATE TABLE source (
     id INTEGER PRIMARY KEY, node TEXT NOT NULL, stream TEXT NOT NULL,
     delivered INTEGER NOT NULL DEFAULT 0, tombstoned INTEGER NOT NULL DEFAULT 0,
     duplicates INTEGER NOT NULL DEFAULT 0, checksum INTEGER NOT NULL DEFAULT 0,
     UNIQUE (node, stream)
   ) STRICT;
   CREATE TABLE point (
     source INTEGER NOT NULL, boot INTEGER NOT NULL, seq INTEGER NOT NULL, at_ms INTEGER NOT NULL,
     series INTEGER NOT NULL, value REAL, quality INTEGER NOT NULL,
     PRIMARY KEY (source, boot, seq)
   ) STRICT, WITHOUT ROWID;
   CREATE TABLE tombstone (
     source INTEGER NOT NULL, boot INTEGER NOT NULL, from_seq INTEGER NOT NULL,
     to_seq INTEGER NOT NULL, reason TEXT NOT NULL, count INTEGER NOT NULL,
     PRIMARY KEY (source, boot, from_seq)
   ) STRICT, WITHOUT ROWID;
   CREATE TABLE watermark (
     source INTEGER NOT NULL, boot INTEGER NOT NULL, base INTEGER NOT NULL, up_to INTEGER NOT NULL,
     missing_before INTEGER NOT NULL, checksum INTEGER NOT NULL, PRIMARY KEY (source, boot)
   ) STRICT, WITHOUT ROWID;
   CREATE VIEW sample AS
     SELECT node, stream, boot, seq, at_ms, name AS series, value, quality FROM point
     JOIN source ON source.id = point.source JOIN series ON series.id = point.series;`,
] as const;

export interface LeaseRow {
  readonly controller: string;
  readonly epoch: number;
  readonly ttl_ms: number;
  readonly renewed_at_ms: number;
  readonly checksum: number;
}

export interface NodeRow {
  readonly node: string;
  readonly link: string;
  readonly boot: number;
  readonly session: number;
  readonly mode: string;
  readonly reason: string;
  readonly since_ms: number;
  readonly last_heard_ms: number;
}

export interface GrantRow {
  readonly id: string;
  readonly node: string;
  readonly loop: string;
  readonly value: number;
  readonly owner: string;
  readonly reason: string;
  readonly until_ms: number;
}

export interface NameRow {
  readonly id: number;
  readonly name: string;
  readonly checksum: number;
}

export interface SourceRow {
  readonly id: number;
  readonly node: string;
  readonly delivered: number;
  readonly tombstoned: number;
  readonly duplicates: number;
  readonly checksum: number;
}

export interface WatermarkRow {
  readonly source: number;
  readonly boot: number;
  readonly base: number;
  readonly up_to: number;
  readonly missing_before: number;
  readonly checksum: number;
}

export interface TombstoneRange {
  readonly from_seq: number;
  readonly to_seq: number;
}

export type RegionStatements = ReturnType<typeof prepareRegion>;

export const prepareRegion = (connection: Connection) => ({
  ...prepareRecords(connection),
  ...prepareData(connection),
});

const preparer =
  (connection: Connection) =>
  <P extends unknown[], R = unknown>(sql: string): Statement<P, R> =>
    connection.prepare(sql) as Statement<P, R>;

function prepareRecords(connection: Connection) {
  const prepare = preparer(connection);
  return {
    lease: prepare<[], LeaseRow>(
      "SELECT controller, epoch, ttl_ms, renewed_at_ms, checksum FROM lease",
    ),
    keepLease: prepare<[string, number, number, number, number]>(
      "REPLACE INTO lease VALUES (1, ?, ?, ?, ?, ?)",
    ),

    nodes: prepare<[], NodeRow>("SELECT * FROM node ORDER BY node"),
    node: prepare<[string], NodeRow>("SELECT * FROM node WHERE node = ?"),
    keepNode: prepare<[string, string, number, number, string, string, number, number]>(
      "REPLACE INTO node VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
    ),
    addModeChange: prepare<[string, number, string, string]>(
      "INSERT INTO mode_change (node, at_ms, mode, reason) VALUES (?, ?, ?, ?)",
    ),
    dropModeChanges: prepare<[string, string, number]>(
      `DELETE FROM mode_change WHERE node = ? AND id <=
         (SELECT id FROM mode_change WHERE node = ? ORDER BY id DESC LIMIT 1 OFFSET ?)`,
    ),

    grants: prepare<[], GrantRow>("SELECT * FROM standing_grant ORDER BY id"),
    keepGrant: prepare<[string, string, string, number, string, string, number]>(
      "REPLACE INTO standing_grant VALUES (?, ?, ?, ?, ?, ?, ?)",
    ),
    dropGrant: prepare<[string]>("DELETE FROM standing_grant WHERE id = ?"),
  };
}

function prepareData(connection: Connection) {
  const prepare = preparer(connection);
  return {
    addSeries: prepare<[string]>("INSERT INTO series (name) VALUES (?)"),
    signSeries: prepare<[number, number]>("UPDATE series SET checksum = ? WHERE id = ?"),
    seriesId: prepare<[string], number>("SELECT id FROM series WHERE name = ?").pluck(),
    series: prepare<[], NameRow>("SELECT id, name, checksum FROM series"),
    /** Ids that are committed; filled as names are met. */
    seriesIds: new Map<string, number>(),

    addSource: prepare<[string]>("INSERT INTO source (node, stream) VALUES (?, 'metric')"),
    signSource: prepare<[number, number]>("UPDATE source SET checksum = ? WHERE id = ?"),
    sourceId: prepare<[string], number>(
      "SELECT id FROM source WHERE node = ? AND stream = 'metric'",
    ).pluck(),
    sources: prepare<[], SourceRow>("SELECT * FROM source WHERE stream = 'metric' ORDER BY node"),
    count: prepare<[number, number, number, number]>(
      `UPDATE source SET delivered = delivered + ?, tombstoned = tombstoned + ?,
         duplicates = duplicates + ? WHERE id = ?`,
    ),

    addPoint: prepare<[number, number, number, number, number, number | null, number]>(
      "INSERT OR IGNORE INTO point VALUES (?, ?, ?, ?, ?, ?, ?)",
    ),
    pointsFrom: prepare<[number, number, number, number], number>(
      `SELECT seq FROM point WHERE source = ? AND boot = ? AND seq BETWEEN ? AND ?
       ORDER BY seq`,
    ).pluck(),
    addTombstone: prepare<[number, number, number, number, string, number]>(
      "INSERT INTO tombstone VALUES (?, ?, ?, ?, ?, ?)",
    ),
    tombstonesIn: prepare<[number, number, number, number], TombstoneRange>(
      `SELECT from_seq, to_seq FROM tombstone
       WHERE source = ? AND boot = ? AND to_seq >= ? AND from_seq <= ? ORDER BY from_seq`,
    ),
    tombstoneBefore: prepare<[number, number, number], TombstoneRange>(
      `SELECT from_seq, to_seq FROM tombstone
       WHERE source = ? AND boot = ? AND from_seq <= ? ORDER BY from_seq DESC LIMIT 1`,
    ),
    watermark: prepare<[number, number], WatermarkRow>(
      "SELECT * FROM watermark WHERE source = ? AND boot = ?",
    ),
    watermarks: prepare<[], WatermarkRow>("SELECT * FROM watermark"),
    keepWatermark: prepare<[number, number, number, number, number, number]>(
      "REPLACE INTO watermark VALUES (?, ?, ?, ?, ?, ?)",
    ),
  };
}

export const leaseSum = (row: Omit<LeaseRow, "checksum">): number =>
  checksum(row.controller, row.epoch, row.ttl_ms, row.renewed_at_ms);

export const watermarkSum = (row: Omit<WatermarkRow, "checksum">): number =>
  checksum(row.source, row.boot, row.base, row.up_to, row.missing_before);

/** Over a source, and over a series. */
export const nameSum = (id: number, name: string): number => checksum(id, name);

export function verifyRegion(s: RegionStatements): string | undefined {
  const lease = s.lease.get();
  if (lease !== undefined && leaseSum(lease) !== lease.checksum) {
    return "the lease is not what was written";
  }
  if (!s.sources.all().every((row) => nameSum(row.id, row.node) === row.checksum)) {
    return "the name of a node is not what was written";
  }
  for (const row of s.series.iterate()) {
    if (nameSum(row.id, row.name) !== row.checksum) {
      return "the name of a series is not what was written";
    }
  }
  for (const row of s.watermarks.iterate()) {
    if (watermarkSum(row) !== row.checksum) return "a watermark is not what was written";
  }
  return undefined;
}
