import { copyFileSync, existsSync, mkdtempSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Statement } from "better-sqlite3";
import { fault } from "#src/base/fault.ts";
import { millis } from "#src/base/units.ts";
import { nothingLatched, SafetyMemory, safetyLost } from "#src/contract/safety-memory.ts";
import type { NodeState, StateStore } from "#src/ports/state-store.ts";
import { checksum } from "./sqlite-checksum.ts";
import { type Connection, checkPages, connectReadonly } from "./sqlite-connection.ts";
import { SqliteDatabase, type StoreOptions } from "./sqlite-database.ts";
import { DamagedError } from "./sqlite-faults.ts";
import { isQuarantined } from "./sqlite-quarantine.ts";

/**
 * The node's small memory in SQLite: one row, held exclusively from opening to closing or death, so
 * that it is also what keeps a second process off the whole data folder.
 *
 * ST1  A boot number is at least the seconds since 1970 at its start: a node whose disk was wiped,
 *      restored from a backup or cloned gives out numbers that its region has not seen. A wrong
 *      clock costs this, never S2.
 */
export function openStateStore(options: StoreOptions): StateStore {
  let isOpening = true;
  // What is met later is known to who uses it, and is written down again.
  const lost = (s: Statements, why: string): void => {
    keep(s, { ...empty, boot: 1, safety: JSON.stringify(safetyLost(why, options.now)) });
    if (isOpening) options.damaged(fault("SAFETY_MEMORY_LOST", { path: options.path, why }));
  };
  const database = new SqliteDatabase(options, {
    migrations,
    sharing: "exclusive",
    prepare,
    verify,
    salvage,
    lost,
  });
  try {
    const isEmpty = database.read((s) => s.get.get() === undefined);
    if (isEmpty && isQuarantined(options.path)) database.shrink((s) => lost(s, putAside));
  } catch (error) {
    database.close();
    throw error;
  }
  isOpening = false;
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
      return stateOf(database.read(memoryOf));
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

/**
 * What is in a file that could not be opened to be written, or what is to be assumed: of no file, a new
 * node; of one that cannot be read, that all was killed, which `damaged` is told. It reads a copy, for a
 * log beside the file cannot be read without writing.
 */
export function peekState({ path, now, damaged }: StoreOptions): NodeState {
  try {
    if (statSync(path, { throwIfNoEntry: false }) === undefined) {
      if (isQuarantined(path)) throw new DamagedError(putAside);
      return stateOf(empty);
    }
    return stateOf(readCopy(path));
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    damaged(fault("SAFETY_MEMORY_LOST", { path, why }));
    return { ...stateOf(empty), hasRun: true, safety: safetyLost(why, now) };
  }
}

function readCopy(path: string): Memory {
  const folder = copied(path);
  try {
    const copy = join(folder, "state.db");
    const connection = connectReadonly(copy);
    try {
      checkPages(connection, copy);
      const isNew = Number(connection.pragma("user_version", { simple: true })) === 0;
      return isNew ? empty : (soundRow(connection) ?? empty);
    } finally {
      connection.close();
    }
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** In memory, if there is such a place: the disk that takes nothing may be the one of the temporary files, too. */
function copied(path: string): string {
  const places = ["/dev/shm", tmpdir()].filter((place) => existsSync(place));
  const refusals: unknown[] = [];
  for (const place of places) {
    let folder: string | undefined;
    try {
      folder = mkdtempSync(join(place, "holdfast-state-"));
      for (const ending of ["", "-wal"]) {
        if (!existsSync(path + ending)) continue;
        copyFileSync(path + ending, join(folder, `state.db${ending}`));
      }
      return folder;
    } catch (error) {
      refusals.push(error);
      if (folder !== undefined) rmSync(folder, { recursive: true, force: true });
    }
  }
  throw refusals.at(-1) ?? new Error("there is no place for a copy of it");
}

/** Who did that came to no end, for want of room or of power. */
const putAside = "it was damaged and put aside, and nothing came in its place";

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

const stateOf = ({ boot, epoch, controller, isolated_ms, safety }: Memory): NodeState => ({
  hasRun: boot > 0,
  epoch,
  controller,
  isolatedFor: millis(isolated_ms),
  safety: readSafety(safety),
});

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
  const row = soundRow(damaged);
  if (row === undefined) throw new DamagedError("its row is missing");
  keep(s, row);
}

function soundRow(connection: Connection): Memory | undefined {
  // The file may be of a version that had one column less.
  const kept = connection.prepare<[], MemoryRow>("SELECT * FROM memory").get();
  if (kept === undefined) return undefined;
  const row = { ...kept, safety: kept.safety ?? "" };
  if (sumOf(row) !== row.checksum) throw new DamagedError("the row is not what was written");
  return row;
}
