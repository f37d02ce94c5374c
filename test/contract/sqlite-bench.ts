import { execFileSync } from "node:child_process";
import { copyFileSync, existsSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { StoreOptions } from "#src/adapters/sqlite-database.ts";
import type { Fault } from "#src/base/fault.ts";
import { wallTime } from "#src/base/units.ts";

interface Closable {
  close(): void;
}

/** Folders with a database in them, for any of the SQLite stores. */
export function sqliteBench<S extends Closable>(
  file: string,
  openStore: (options: StoreOptions) => S,
) {
  const folders: string[] = [];
  const opened: Closable[] = [];
  const faults: Fault[] = [];
  let folder = newFolder(folders);

  const openAt = (path: string): S => {
    const store = openStore({ path, now: wallTime(0), damaged: (met) => faults.push(met) });
    opened.push(store);
    return store;
  };

  return {
    faults,
    path: () => join(folder, file),
    open: () => openAt(join(folder, file)),
    /** A kill leaves the files as they are; the copy is what the next process would find. */
    reopen(store: S, kill = false): S {
      if (!kill) {
        store.close();
        return openAt(join(folder, file));
      }
      const from = join(folder, file);
      folder = newFolder(folders);
      for (const ending of ["", "-wal", ".ballast"]) {
        if (existsSync(from + ending)) copyFileSync(from + ending, join(folder, file) + ending);
      }
      return openAt(join(folder, file));
    },
    close(): void {
      for (const store of opened) store.close();
      for (const one of folders) rmSync(one, { recursive: true, force: true });
    },
  };
}

function newFolder(folders: string[]): string {
  const folder = mkdtempSync(join(tmpdir(), "holdfast-store-"));
  folders.push(folder);
  return folder;
}

export interface SmallDisk {
  readonly folder: string;
  fill(): void;
  free(): void;
  remount(how: "ro" | "rw"): void;
  unmount(): void;
}

/** A file system of its own of this many KiB; undefined where we may not mount. */
export function smallDisk(kibibytes: number): SmallDisk | undefined {
  const folder = mkdtempSync(join(tmpdir(), "holdfast-disk-"));
  const run = (command: string, ...args: string[]): void => {
    execFileSync(command, args, { stdio: "pipe", timeout: 5_000 });
  };
  try {
    run("mount", "-t", "tmpfs", "-o", `size=${kibibytes}k`, "tmpfs", folder);
  } catch {
    rmSync(folder, { recursive: true, force: true });
    return undefined;
  }
  const filler = join(folder, "filler");
  return {
    folder,
    fill: () => fill(filler),
    free: () => rmSync(filler, { force: true }),
    remount: (how) => run("mount", "-o", `remount,${how}`, folder),
    unmount() {
      run("umount", "-l", folder);
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

function fill(path: string): void {
  for (let i = 0; i < 1_000_000; i += 1) {
    try {
      writeFileSync(path, new Uint8Array(4_096).fill(1), { flag: "a" });
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === "ENOSPC") return;
      throw error;
    }
  }
}
