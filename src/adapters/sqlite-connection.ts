import { mkdirSync, statSync } from "node:fs";
import { dirname } from "node:path";
import Sqlite from "better-sqlite3";
import { FaultError, fault } from "#src/base/fault.ts";

export type Connection = Sqlite.Database;

/** The file is there but is not what was written. */
export class DamagedError extends Error {
  override readonly name = "DamagedError";
}

let binding: string | undefined;

/** Where the driver's .node file lies, for a program that carries it as an asset of its own. */
export function setNativeBinding(path: string): void {
  binding = path;
}

/** The log shrinks back to this after a checkpoint that emptied it. */
const journalBytes = 8 * 1024 * 1024;
/** How long a writer waits for another one: a turn of the link thread must not hang on it. */
const busyMillis = 500;
/** Beyond this size a whole check would hold the start for many seconds; damage is met in use. */
const checkedBytes = 1024 * 1024 * 1024;

/** Opens with the settings that all our databases share: a commit that returned is on the disk. */
export function connect(path: string, sharing: "exclusive" | "shared"): Connection {
  mkdirSync(dirname(path), { recursive: true });
  const connection = new Sqlite(path, {
    timeout: sharing === "exclusive" ? 0 : busyMillis,
    ...(binding === undefined ? {} : { nativeBinding: binding }),
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
    connection.pragma(`journal_size_limit = ${journalBytes}`);
    // Takes the lock of an exclusive one now, and shows now whether the disk can be written.
    connection.transaction(() => {}).immediate();
    return connection;
  } catch (error) {
    connection.close();
    throw error;
  }
}

/** A second pair of eyes on a database that others own. */
export function connectReadonly(path: string): Connection {
  const connection = new Sqlite(path, {
    readonly: true,
    fileMustExist: true,
    timeout: busyMillis,
    ...(binding === undefined ? {} : { nativeBinding: binding }),
  });
  connection.pragma("trusted_schema = OFF");
  return connection;
}

/** Throws DamagedError unless SQLite finds each page in order. */
export function checkPages(connection: Connection, path: string): void {
  if (statSync(path).size > checkedBytes) return;
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
  if (version < migrations.length) {
    connection
      .transaction(() => {
        for (const step of migrations.slice(version)) connection.exec(step);
        connection.pragma(`user_version = ${migrations.length}`);
      })
      .immediate();
  }
  checkSchema(connection, migrations);
}

/** A flipped bit in the schema would turn into a wrong answer, or into none. Extra objects are fine. */
function checkSchema(connection: Connection, migrations: readonly string[]): void {
  const model = new Sqlite(":memory:", binding === undefined ? {} : { nativeBinding: binding });
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
