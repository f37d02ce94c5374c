import {
  closeSync,
  existsSync,
  fsyncSync,
  openSync,
  readdirSync,
  renameSync,
  rmSync,
} from "node:fs";
import { basename, dirname, join } from "node:path";

/** Damaged files that are kept of one database; older ones make room. */
export const quarantinesKept = 3;

const companions = ["", "-wal", "-shm"] as const;

/**
 * Renames a damaged database so that its log stays with it and any SQLite tool can open the pair.
 * Returns the new path. `at`: milliseconds since 1970 UTC.
 */
export function quarantine(path: string, at: number): string {
  let stamp = at;
  while (existsSync(`${path}.corrupt-${stamp}`)) stamp += 1;
  const kept = `${path}.corrupt-${stamp}`;
  for (const ending of companions) {
    if (existsSync(path + ending)) renameSync(path + ending, kept + ending);
  }
  dropOldest(path);
  syncFolder(dirname(path));
  return kept;
}

function dropOldest(path: string): void {
  const prefix = `${basename(path)}.corrupt-`;
  const stamps = readdirSync(dirname(path))
    .filter((name) => name.startsWith(prefix) && /^\d+$/.test(name.slice(prefix.length)))
    .map((name) => Number(name.slice(prefix.length)))
    .sort((a, b) => b - a);
  for (const stamp of stamps.slice(quarantinesKept)) {
    for (const ending of companions) {
      rmSync(join(dirname(path), `${prefix}${stamp}${ending}`), { force: true });
    }
  }
}

function syncFolder(folder: string): void {
  const handle = openSync(folder, "r");
  try {
    fsyncSync(handle);
  } finally {
    closeSync(handle);
  }
}
