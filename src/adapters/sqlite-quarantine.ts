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
import { limits } from "#src/contract/limits.ts";

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

/** A damaged file was put aside once. */
export const isQuarantined = (path: string): boolean =>
  existsSync(dirname(path)) && stampsOf(path).length > 0;

function stampsOf(path: string): readonly number[] {
  const prefix = prefixOf(path);
  return readdirSync(dirname(path))
    .filter((name) => name.startsWith(prefix) && /^\d+$/.test(name.slice(prefix.length)))
    .map((name) => Number(name.slice(prefix.length)))
    .sort((a, b) => b - a);
}

const prefixOf = (path: string): string => `${basename(path)}.corrupt-`;

function dropOldest(path: string): void {
  const prefix = prefixOf(path);
  for (const stamp of stampsOf(path).slice(limits.quarantinesKept)) {
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
