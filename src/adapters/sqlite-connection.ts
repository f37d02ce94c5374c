import { mkdirSync, rmSync, statSync } from "node:fs";
import { dirname } from "node:path";
import Sqlite from "better-sqlite3";
import { FaultError, fault } from "#src/base/fault.ts";
import { limits } from "#src/contract/limits.ts";
import { DamagedError, isWritable, storeFault } from "./sqlite-faults.ts";

export type Connection = Sqlite.Database;

let findBinding: () => string | undefined = () => undefined;
let binding: string | undefined;

/** Asked at the first use: where the driver's .node file lies, for a program that carries it inside. */
export function setNativeBinding(find: () => string | undefined): void {
  findBinding = find;
}

function native(): { readonly nativeBinding?: string } {
  binding ??= findBinding();
  return binding === undefined ? {} : { nativeBinding: binding };
}

/** Opens with the settings that all our databases share: a commit that returned is on the disk. */
export function connect(path: string, sharing: "exclusive" | "shared"): Connection {
  makeFolder(dirname(path));
  const before = statSync(path, { throwIfNoEntry: false });
  // SQLite takes it for a new database, and what was lost would be lost in silence.
  if (before?.size === 0) {
    throw new DamagedError("the file is empty");
  }
  const connection = new Sqlite(path, {
    timeout: sharing === "exclusive" ? 0 : limits.databaseBusy,
    ...native(),
  });
  try {
    if (sharing === "exclusive") connection.pragma("locking_mode = EXCLUSIVE");
    connection.pragma("trusted_schema = OFF");
    const mode = connection.pragma("journal_mode = WAL", { simple: true });
    if (mode !== "wal") {
      const why = `this file system allows no write-ahead log (got ${String(mode)})`;
      throw new FaultError(fault("STORE_FAILED", { path, why }));
    }
    connection.pragma("synchronous = FULL");
    connection.pragma(`cache_size = -${limits.databaseCacheKibibytes}`);
    connection.pragma(`wal_autocheckpoint = ${limits.checkpointPages}`);
    connection.pragma(`journal_size_limit = ${limits.databaseLogBytes}`);
    // Takes the lock of an exclusive one now.
    connection.transaction(() => {}).immediate();
    return connection;
  } catch (error) {
    connection.close();
    // The next start would take what there was no room for for something lost.
    if (before === undefined && storeFault(error, path, sharing)?.kind === "full") {
      rmSync(path, { force: true });
    }
    throw error;
  }
}

/** Level by level: asked for all at once, Node calls a read-only file system a missing folder. */
function makeFolder(path: string): void {
  if (statSync(path, { throwIfNoEntry: false })?.isDirectory()) return;
  makeFolder(dirname(path));
  mkdirSync(path);
}

/** A second pair of eyes on a database that others own. */
export function connectReadonly(path: string): Connection {
  const connection = new Sqlite(path, {
    readonly: true,
    fileMustExist: true,
    timeout: limits.databaseBusy,
    ...native(),
  });
  connection.pragma("trusted_schema = OFF");
  return connection;
}

/** Throws DamagedError unless SQLite finds each page in order. */
export function checkPages(connection: Connection, path: string): void {
  if (statSync(path).size > limits.databaseCheckedBytes) return;
  const found = connection.pragma("quick_check(1)", { simple: true });
  if (found !== "ok") throw new DamagedError(String(found));
}

/** Brings the schema to the newest version, or throws when it is from a newer program. */
export function migrate(connection: Connection, path: string, migrations: readonly string[]): void {
  const version = Number(connection.pragma("user_version", { simple: true }));
  if (version > migrations.length || version < 0) {
    const why = `made by a newer holdfast (format ${version}, this one knows ${migrations.length})`;
    throw new FaultError(fault("STORE_FAILED", { path, why }));
  }
  try {
    connection
      .transaction(() => {
        for (const step of migrations.slice(version)) connection.exec(step);
        // Also when there is nothing to do: it shows now whether the file can be written.
        connection.pragma(`user_version = ${migrations.length}`);
      })
      .immediate();
  } catch (error) {
    if (isReadonly(error) && isWritable(path)) {
      throw new DamagedError("its header calls it read-only");
    }
    throw error;
  }
  checkSchema(connection, migrations);
}

const isReadonly = (error: unknown): boolean =>
  error instanceof Sqlite.SqliteError && error.code === "SQLITE_READONLY";

/** A flipped bit in the schema would turn into a wrong answer, or into none. Extra objects are fine. */
function checkSchema(connection: Connection, migrations: readonly string[]): void {
  const model = new Sqlite(":memory:", native());
  try {
    for (const step of migrations) model.exec(step);
    const actual = new Set(schemaOf(connection));
    const missing = schemaOf(model).find((object) => !actual.has(object));
    if (missing !== undefined) throw new DamagedError(`the schema lacks ${missing.slice(0, 60)}`);
  } finally {
    model.close();
  }
}

const schemaOf = (connection: Connection): string[] =>
  connection
    .prepare<[], string>(
      "SELECT type || ' ' || name || ' on ' || tbl_name || ': ' || coalesce(sql, '') FROM sqlite_schema",
    )
    .pluck()
    .all();
