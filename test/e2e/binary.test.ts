import { type SpawnSyncReturns, spawnSync } from "node:child_process";
import { existsSync, mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import about from "../../package.json" with { type: "json" };
import { available, placeOf } from "./outside.ts";

const root = join(import.meta.dirname, "../..");
/** A first build may have to fetch the Node of another architecture. */
const buildTimeout = 240_000;
const demoTimeout = 200_000;

describe.skipIf(process.platform !== "linux" || process.arch !== "x64")("the x64 binary", () => {
  const holdfast = binaryFor("x64", []);

  test("says its version and the Node inside", () => {
    const ran = holdfast("version");
    expect(ran.stderr).toBe("");
    expect(ran.stdout).toMatch(new RegExp(`^holdfast ${about.version} .*linux-x64`));
  });

  test("plays a whole region out of one file, and loses nothing", { timeout: demoTimeout }, () => {
    expectSoundDemo(holdfast("demo", "--nodes", "1", "--for", "10s", "--json"));
  });

  test("unpacks the database driver once, for all processes of a user", () => {
    expect(holdfast.unpacked()).toEqual([expect.stringMatching(/^better_sqlite3-.*\.node$/)]);
  });

  test("is not built again while its sources stay as they are", () => {
    expect(holdfast.build()).toMatch(/is up to date/);
  });

  test("shows no stack to one who mistypes", () => {
    const ran = holdfast("demo", "--for", "never");
    expect(ran.status).toBe(2);
    expect(ran.stderr).not.toMatch(/snapshot|\bat .*\.cjs/);
  });
});

describe.skipIf(!canRunArm64())("the arm64 binary", () => {
  // Without a kernel that knows foreign programs, a process starts another one only through qemu.
  const holdfast = binaryFor("arm64", [placeOf("qemu-aarch64") ?? ""]);

  test("says its version and the Node inside", () => {
    expect(holdfast("version").stdout).toMatch(/linux-arm64/);
  });

  test("plays a whole region out of one file, and loses nothing", { timeout: demoTimeout }, () => {
    // An emulated processor takes a while before its first cycle.
    expectSoundDemo(holdfast("demo", "--nodes", "1", "--for", "40s", "--json"));
  });
});

type Ran = SpawnSyncReturns<string>;

/** Builds it before the tests of a block, and gives them a way to start it in a world of its own. */
function binaryFor(arch: string, launcher: readonly string[]) {
  let own = "";
  const build = (): string => {
    const args = [join(root, ".ci", "binary.ts"), "--target", arch];
    const built = spawnSync(process.execPath, args, { encoding: "utf8", timeout: buildTimeout });
    expect(built.status, built.stdout + built.stderr).toBe(0);
    return built.stdout;
  };
  beforeAll(() => {
    own = mkdtempSync(join(tmpdir(), "holdfast-binary-"));
    build();
  }, buildTimeout + 5_000);
  afterAll(() => rmSync(own, { recursive: true, force: true }));

  const run = (...args: readonly string[]): Ran => {
    const command = [...launcher, join(root, "dist", `holdfast-linux-${arch}`), ...args];
    const [program = "", ...rest] = command;
    return spawnSync(program, rest, {
      encoding: "utf8",
      timeout: demoTimeout,
      cwd: own,
      env: {
        PATH: process.env["PATH"],
        HOME: own,
        HOLDFAST_RUNTIME: own,
        ...(launcher.length === 0
          ? {}
          : { HOLDFAST_LAUNCHER: launcher.join(" "), QEMU_LD_PREFIX: arm64Root() }),
      },
    });
  };
  const unpacked = (): readonly string[] => readdirSync(join(own, ".cache", "holdfast"));
  return Object.assign(run, { build, unpacked });
}

function expectSoundDemo(ran: Ran): void {
  expect(ran.status, ran.stderr).toBe(0);
  const { total } = JSON.parse(ran.stdout.trimEnd().split("\n").at(-1) ?? "");
  expect(total).toMatchObject({ lost: 0, duplicates: 0 });
  expect(total.produced).toBeGreaterThan(0);
}

function canRunArm64(): boolean {
  if (process.platform !== "linux" || process.arch !== "x64") return false;
  if (!available("qemu-aarch64")) return false;
  if (arm64Root() !== undefined) return true;
  const says = "qemu-aarch64 has no arm64 C library (Debian package libstdc++6-arm64-cross)";
  if (process.env["CI"]) throw new Error(says);
  process.stderr.write(`skipped: ${says}\n`);
  return false;
}

/** Where the libraries are that every arm64 Linux has. */
function arm64Root(): string | undefined {
  return [process.env["QEMU_LD_PREFIX"], "/usr/aarch64-linux-gnu"].find(
    (path) => path !== undefined && existsSync(join(path, "lib", "ld-linux-aarch64.so.1")),
  );
}
