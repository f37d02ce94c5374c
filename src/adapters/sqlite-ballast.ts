import { closeSync, existsSync, fsyncSync, openSync, rmSync, writeSync } from "node:fs";
import { limits } from "#src/contract/limits.ts";

/**
 * Room that is kept for bad days: on a full disk SQLite can neither insert nor delete, so that a
 * full buffer could not even shrink. Giving up this file lets it.
 */
export interface Ballast {
  stands(): boolean;
  /** True when there was something to give up. */
  release(): boolean;
  /** Makes it again; false while there is no room for it. */
  restore(): boolean;
}

export function ballastAt(path: string): Ballast {
  let standing = existsSync(path);
  return {
    stands: () => standing,
    release: () => {
      const stood = standing;
      standing = false;
      rmSync(path, { force: true });
      return stood;
    },
    restore: () => {
      if (standing) return true;
      try {
        fill(path);
        standing = true;
      } catch {
        // Half of it is no ballast; the caller knows that the disk is full.
        rmSync(path, { force: true });
      }
      return standing;
    },
  };
}

/** Bytes that no file system leaves out as a hole or packs away. */
function fill(path: string): void {
  const bytes = new Uint8Array(limits.ballastBytes);
  let word = 1;
  for (let i = 0; i < bytes.length; i += 1) {
    word = Math.imul(word, 0x41c64e6d) + 0x3039;
    bytes[i] = word >>> 16;
  }
  const file = openSync(path, "w");
  try {
    for (let done = 0; done < bytes.length; ) done += writeSync(file, bytes, done);
    fsyncSync(file);
  } finally {
    closeSync(file);
  }
}
