import { spawnSync } from "node:child_process";
import {
  chmodSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import Sqlite from "better-sqlite3";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import {
  bindingFolders,
  loadable,
  nativeBindingPath,
  unpack,
} from "#src/adapters/native-binding.ts";
import { FaultError } from "#src/base/fault.ts";

const asset = Buffer.from("machine code, in a manner of speaking");

let root = "";
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), "holdfast-native-test-"));
});
afterEach(() => {
  rmSync(root, { recursive: true, force: true });
});
const folder = (name = "native"): string => join(root, name);

describe("the native half of the database driver", () => {
  test("needs no unpacking when the program runs from its sources", () => {
    expect(nativeBindingPath({})).toBeUndefined();
  });

  test("goes to the service's own folder before the user's, and to /tmp last", () => {
    const env = { STATE_DIRECTORY: "/var/lib/a:/var/lib/b", HOME: "/home/u", TMPDIR: "/scratch" };
    const last = `/scratch/holdfast-native-${process.getuid?.()}`;
    expect(bindingFolders(env)).toEqual(["/var/lib/a/native", "/home/u/.cache/holdfast", last]);
    expect(bindingFolders({ ...env, XDG_CACHE_HOME: "/cache" })[1]).toBe("/cache/holdfast");
  });

  test("is a private file that nobody can write, named by its contents", () => {
    const path = unpack(asset, [folder()]);
    expect(readFileSync(path)).toEqual(asset);
    expect(lstatSync(path).mode & 0o777).toBe(0o500);
    expect(lstatSync(folder()).mode & 0o777).toBe(0o700);
    expect(unpack(Buffer.from("another version"), [folder()])).not.toBe(path);
  });

  test("is not written again when it is there", () => {
    const path = unpack(asset, [folder()]);
    const { ino } = lstatSync(path);
    expect(unpack(asset, [folder()])).toBe(path);
    expect(lstatSync(path).ino).toBe(ino);
  });

  test("NB1: a file with other bytes under its name is replaced before it is used", () => {
    const path = unpack(asset, [folder()]);
    chmodSync(path, 0o700);
    writeFileSync(path, asset.subarray(0, 7));
    expect(readFileSync(unpack(asset, [folder()]))).toEqual(asset);
  });

  test("NB1: a link under its name is replaced, and what it points to is left alone", () => {
    const path = unpack(asset, [folder()]);
    const elsewhere = join(root, "elsewhere");
    writeFileSync(elsewhere, asset, { mode: 0o700 });
    rmSync(path);
    symlinkSync(elsewhere, path);
    unpack(asset, [folder()]);
    expect(lstatSync(path).isFile()).toBe(true);
    expect(lstatSync(elsewhere).mode & 0o777).toBe(0o700);
  });

  test("NB1: a folder that others may write to, or that is a link, is passed over", () => {
    mkdirSync(folder("open"));
    chmodSync(folder("open"), 0o777);
    mkdirSync(folder("target"), { mode: 0o700 });
    symlinkSync(folder("target"), folder("link"));
    const path = unpack(asset, [folder("open"), folder("link"), folder("good")]);
    expect(path.startsWith(folder("good"))).toBe(true);
    expect(readdirSync(folder("open"))).toEqual([]);
    expect(readdirSync(folder("target"))).toEqual([]);
  });

  test("NB2: leaves nothing but the file itself behind", () => {
    unpack(asset, [folder()]);
    expect(readdirSync(folder())).toEqual([
      expect.stringMatching(/^better_sqlite3-[0-9a-f]{32}\.node$/),
    ]);
  });

  test("NB3: when no folder does, the fault says why for each", () => {
    writeFileSync(folder("file"), "");
    mkdirSync(folder("open"));
    chmodSync(folder("open"), 0o777);
    const attempt = (): string => unpack(asset, [folder("file"), folder("open")]);
    expect(attempt).toThrow(FaultError);
    expect(attempt).toThrow(/file: EEXIST.*open: others may write to it.*XDG_CACHE_HOME/);
  });

  test.runIf(mayMount())("NB3: a folder on a noexec mount is passed over", () => {
    const mount = `mount -t tmpfs -o noexec,mode=700 none ${root}`;
    const program = `import { unpack } from ${JSON.stringify(join(import.meta.dirname, "../../src/adapters/native-binding.ts"))};
      try { unpack(Buffer.from("x"), [${JSON.stringify(folder())}]); } catch (e) { process.stdout.write(e.message); }`;
    const script = `${mount} && exec "$0" --input-type=module --eval "$1"`;
    const args = ["-m", "sh", "-c", script, process.execPath, program];
    const ran = spawnSync("unshare", args, {
      encoding: "utf8",
      timeout: 20_000,
      cwd: import.meta.dirname,
    });
    expect(ran.stdout + ran.stderr).toContain("nothing may be run from there (noexec)");
  });

  test("NB4: keeps the four newest versions, and removes what a power cut left", () => {
    mkdirSync(folder(), { mode: 0o700 });
    const leftover = join(folder(), "better_sqlite3-0.node.1.partial");
    const foreign = join(folder(), "notes.txt");
    for (const path of [leftover, foreign]) writeFileSync(path, "");
    utimesSync(leftover, 1_000, 1_000);
    const paths = Array.from({ length: 6 }, (_, index) => {
      const path = unpack(Buffer.from(`version ${index}`), [folder()]);
      utimesSync(path, 2_000 + index, 2_000 + index);
      return path;
    });
    const kept = readdirSync(folder()).map((name) => join(folder(), name));
    expect(kept.sort()).toEqual([...paths.slice(-4), foreign].sort());
  });

  test("NB5: a driver that needs a newer C library is a fault that names it", () => {
    const driver = dirname(createRequire(import.meta.url).resolve("better-sqlite3/package.json"));
    const built = readFileSync(join(driver, "prebuilds", `linux-${process.arch}.node`), "latin1");
    const later = built.replaceAll("GLIBC_2.34", "GLIBC_2.97");
    const path = unpack(Buffer.from(later, "latin1"), [folder()]);
    expect(() => loadable(path)).toThrow(/STORE_FAILED: the database driver: .*GLIBC_2\.97/);
  });

  test("NB5: a driver that fits may be loaded again by its package", () => {
    const driver = dirname(createRequire(import.meta.url).resolve("better-sqlite3/package.json"));
    const built = readFileSync(join(driver, "prebuilds", `linux-${process.arch}.node`));
    const nativeBinding = loadable(unpack(built, [folder()]));
    const database = new Sqlite(":memory:", { nativeBinding });
    expect(database.prepare("SELECT 1 + 1 AS two").get()).toEqual({ two: 2 });
    database.close();
  });
});

/** Only root may, and not in every container. */
function mayMount(): boolean {
  return spawnSync("unshare", ["-m", "true"], { timeout: 5_000 }).status === 0;
}
