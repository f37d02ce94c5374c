import type { Statement } from "better-sqlite3";
import { millis } from "#src/base/units.ts";
import { nothingLatched, SafetyMemory } from "#src/contract/safety-memory.ts";
import type { NodeState, StateStore } from "#src/ports/state-store.ts";
import { checksum } from "./sqlite-checksum.ts";
import type { Connection } from "./sqlite-connection.ts";
import { SqliteDatabase, type StoreOptions } from "./sqlite-database.ts";

/**
 * The node's small memory in SQLite: one row, held exclusively from opening to closing or death, so
 * that it is also what keeps a second process off the whole data folder.
 *
 * ST1  A boot number is at least the seconds since 1970 at its start: a node whose disk was wiped,
 *      restored from a backup or cloned gives out numbers that its region has not seen. A wrong
 *      clock costs this, never S2.
 */
export function openStateStore(options: StoreOptions): StateStore {
  const database = new SqliteDatabase(options, {
    migrations,
    sharing: "exclusive",
    prepare,
    verify,
    salvage,
  });
  const change = (how: (memory: Memory) => Memory): Memory =>
    database.shrink((s) => {
      const next = how(memoryOf(s));
      keep(s, next);
      return next;
    });

  return {
    begin: () =>
      change((memory) => ({
        ...memory,
        boot: Math.max(memory.boot + 1, Math.floor(options.now / 1_000)),
      })).boot,

    read(): NodeState {
      const { epoch, controller, isolated_ms, safety } = database.read(memoryOf);
      return { epoch, controller, isolatedFor: millis(isolated_ms), safety: readSafety(safety) };
    },

    keepEpoch(epoch, controller) {
      change((memory) => (epoch > memory.epoch ? { ...memory, epoch, controller } : memory));
    },

    keepIsolation(isolatedFor) {
      change((memory) => ({ ...memory, isolated_ms: Math.round(isolatedFor) }));
    },

    keepSafety(safety) {
      change((memory) => ({ ...memory, safety: JSON.stringify(safety) }));
    },

    close: () => database.close(),
  };
}

interface Memory {
  readonly boot: number;
  readonly epoch: number;
  readonly controller: string;
  readonly isolated_ms: number;
  /** JSON; empty in a file of a version that knew of none. */
  readonly safety: string;
}

type MemoryRow = Memory & { readonly checksum: number };

const empty: Memory = { boot: 0, epoch: 0, controller: "", isolated_ms: 0, safety: "" };

const migrations = [
  `CREATE TABLE memory (
     id INTEGER PRIMARY KEY CHECK (id = 1), boot INTEGER NOT NULL, epoch INTEGER NOT NULL,
     controller TEXT NOT NULL, isolated_ms INTEGER NOT NULL, checksum INTEGER NOT NULL
   ) STRICT;`,
  `ALTER TABLE memory ADD COLUMN safety TEXT NOT NULL DEFAULT '';`,
] as const;

interface Statements {
  readonly get: Statement<[], MemoryRow>;
  readonly put: Statement<[number, number, string, number, number, string]>;
}

const select = "SELECT boot, epoch, controller, isolated_ms, safety, checksum FROM memory";

const prepare = (connection: Connection): Statements => ({
  get: connection.prepare<[], MemoryRow>(select),
  put: connection.prepare("REPLACE INTO memory VALUES (1, ?, ?, ?, ?, ?, ?)"),
});

const memoryOf = (s: Statements): Memory => s.get.get() ?? empty;

/** As it was before there was anything to latch, so that an older file is still whole. */
const sumOf = ({ boot, epoch, controller, isolated_ms, safety }: Memory): number =>
  safety === ""
    ? checksum(boot, epoch, controller, isolated_ms)
    : checksum(boot, epoch, controller, isolated_ms, safety);

const readSafety = (safety: string): SafetyMemory =>
  safety === "" ? nothingLatched : SafetyMemory.parse(JSON.parse(safety));

function keep(s: Statements, memory: Memory): void {
  const { boot, epoch, controller, isolated_ms, safety } = memory;
  s.put.run(boot, epoch, controller, isolated_ms, sumOf(memory), safety);
}

function verify(s: Statements): string | undefined {
  const row = s.get.get();
  return row === undefined || sumOf(row) === row.checksum
    ? undefined
    : "the row is not what was written";
}

/** An epoch that was obeyed once must not be forgotten because another page is damaged. */
function salvage(damaged: Connection, s: Statements): void {
  // The file may be of a version that had one column less.
  const kept = damaged.prepare<[], MemoryRow>("SELECT * FROM memory").get();
  const row = kept === undefined ? undefined : { ...kept, safety: kept.safety ?? "" };
  if (row !== undefined && sumOf(row) === row.checksum) keep(s, row);
}
