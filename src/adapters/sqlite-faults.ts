import { accessSync, constants } from "node:fs";
import Sqlite from "better-sqlite3";
import { type Fault, fault } from "#src/base/fault.ts";

/**
 * What SQLite and the file system say, as faults.
 *
 * - full: there is no room; the ballast may make some
 * - damaged: the file is not what was written
 * - lost: this connection is of no use any more, a new one may be
 * - refused: nothing happened, and the same connection may be asked again
 */
export interface StoreFault {
  readonly kind: "full" | "damaged" | "lost" | "refused";
  readonly fault: Fault;
}

/** The file is there but is not what was written, which SQLite itself did not see. */
export class DamagedError extends Error {
  override readonly name = "DamagedError";
}

/** Undefined when it is not the world's fault but ours. */
export function storeFault(
  error: unknown,
  path: string,
  sharing: "exclusive" | "shared",
): StoreFault | undefined {
  if (error instanceof DamagedError) {
    return { kind: "damaged", fault: fault("STORE_FAILED", { path, why: error.message }) };
  }
  const code = codeOf(error);
  if (code === undefined) return undefined;
  const why = `${code}: ${(error as Error).message}`;
  const failed = (kind: StoreFault["kind"], how: string): StoreFault => ({
    kind,
    fault: fault("STORE_FAILED", { path, why: how }),
  });
  if (full.has(code)) return { kind: "full", fault: fault("STORE_FULL", { path }) };
  if (code.startsWith("SQLITE_CORRUPT") || code === "SQLITE_NOTADB") return failed("damaged", why);
  if (code === "SQLITE_READONLY_DBMOVED") return failed("lost", "the file was moved or deleted");
  // What a log beside a database cannot be locked for, on a file system that takes nothing.
  const isLockless = code === "SQLITE_IOERR_LOCK" && !isWritable(path);
  if (readonly.test(code) || isLockless)
    return { kind: "lost", fault: fault("STORE_READONLY", { path }) };
  if (code.startsWith("SQLITE_BUSY") || code === "SQLITE_LOCKED") {
    return sharing === "exclusive"
      ? { kind: "refused", fault: fault("STORE_LOCKED", { path }) }
      : failed("refused", "another process is writing to it");
  }
  if (ours.test(code)) return undefined;
  return failed("lost", why);
}

/** Asked without opening it: to close a file again would drop every lock that we hold on it. */
export function isWritable(path: string): boolean {
  try {
    accessSync(path, constants.W_OK);
    return true;
  } catch {
    return false;
  }
}

/** SQLite's word for a schema that does not fit; at opening it means damage. */
export const isSchemaError = (error: unknown): error is Error => codeOf(error) === "SQLITE_ERROR";

const full = new Set(["SQLITE_FULL", "SQLITE_IOERR_SHMSIZE", "ENOSPC", "EDQUOT"]);
const readonly = /^(SQLITE_(READONLY|CANTOPEN|PERM)|EACCES$|EPERM$|EROFS$)/;
const ours = /^SQLITE_(ERROR|MISUSE|CONSTRAINT|RANGE|MISMATCH|TOOBIG|INTERNAL)/;

function codeOf(error: unknown): string | undefined {
  if (error instanceof Sqlite.SqliteError) return error.code;
  if (!(error instanceof Error) || !("code" in error) || !("syscall" in error)) return undefined;
  return typeof error.code === "string" ? error.code : undefined;
}
