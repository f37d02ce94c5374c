import { rmSync } from "node:fs";
import { join } from "node:path";
import { checksum } from "./sqlite-checksum.ts";
import { connect } from "./sqlite-connection.ts";
import { storeFault } from "./sqlite-faults.ts";

export type StoreProbe =
  | { readonly ok: true; readonly evidence: string }
  | { readonly ok: false; readonly why: string };

/** Commits one row to a database of its own in an existing folder, reads it back, and cleans up. */
export async function probeStore(folder: string): Promise<StoreProbe> {
  const path = join(folder, `probe-${process.pid}.db`);
  const began = performance.now();
  try {
    const connection = connect(path, "exclusive");
    try {
      const written = checksum(path, began);
      connection.exec("CREATE TABLE probe (value INTEGER NOT NULL) STRICT");
      connection.prepare("INSERT INTO probe VALUES (?)").run(written);
      const read = connection.prepare("SELECT value FROM probe").pluck().get();
      if (read !== written) return { ok: false, why: `${folder} gives back what was not written` };
    } finally {
      connection.close();
    }
    const took = (performance.now() - began).toFixed(1);
    return { ok: true, evidence: `made, wrote and read a database in ${took} ms` };
  } catch (error) {
    const met = storeFault(error, path, "shared");
    if (met === undefined) throw error;
    return { ok: false, why: met.fault.message };
  } finally {
    for (const ending of ["", "-wal", "-shm"]) rmSync(path + ending, { force: true });
  }
}
