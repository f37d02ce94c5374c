import {
  copyFileSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  truncateSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import Sqlite from "better-sqlite3";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { connect } from "#src/adapters/sqlite-connection.ts";
import { openMetricStore } from "#src/adapters/sqlite-metric-store.ts";
import { openRegionStore } from "#src/adapters/sqlite-region-store.ts";
import { openStateStore, peekState } from "#src/adapters/sqlite-state-store.ts";
import { type Fault, FaultError } from "#src/base/fault.ts";
import { wallTime } from "#src/base/units.ts";
import { nothingLatched } from "#src/contract/safety-memory.ts";
import type { NodeState } from "#src/ports/state-store.ts";
import { fillMetrics } from "./full-metrics.ts";
import { drain, expectBalanced, intake, seqs } from "./metric-store-bench.ts";
import { smallDisk } from "./sqlite-bench.ts";

let folder: string;
let faults: Fault[];
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "holdfast-damage-"));
  faults = [];
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const options = (file: string, at = 1_000) => ({
  path: join(folder, file),
  now: wallTime(at),
  damaged: (met: Fault) => void faults.push(met),
});

const codeOf = (work: () => unknown): string | undefined => {
  try {
    work();
    return undefined;
  } catch (error) {
    if (!(error instanceof FaultError)) throw error;
    return error.fault.code;
  }
};

describe("a damaged file", () => {
  const kept = (): string[] => readdirSync(folder).filter((name) => /\.corrupt-\d+$/.test(name));

  test.each([
    ["text", (path: string) => writeFileSync(path, "not a database, by far\n".repeat(300))],
    ["nothing", (path: string) => truncateSync(path, 0)],
    ["half of it", (path: string) => truncateSync(path, 8_192)],
    [
      "a table of another make",
      (path: string) => {
        rmSync(path);
        new Sqlite(path).exec("CREATE TABLE ledger (x)").close();
      },
    ],
  ])("Q2: is put aside, reported once, and work goes on (%s)", (_, harm) => {
    const path = join(folder, "metrics.db");
    fillMetrics(path);
    harm(path);
    const store = openMetricStore(options("metrics.db"));
    expect(faults.map(({ code }) => code)).toEqual(["STORE_CORRUPT"]);
    expect(faults[0]?.message).toContain(`${path}.corrupt-1000`);
    expect(kept()).toEqual(["metrics.db.corrupt-1000"]);
    store.append(intake(9, 1, 10));
    expectBalanced(store);
    store.close();
    openMetricStore(options("metrics.db")).close();
    expect(faults).toHaveLength(1);
  });

  test("BU2: gives back each row that proves sound; the others become tombstones", () => {
    const path = join(folder, "metrics.db");
    fillMetrics(path);
    const image = readFileSync(path);
    // Page 20 is in the middle of the samples.
    image.fill(0xff, 20 * 4_096, 21 * 4_096);
    writeFileSync(path, image);
    const store = openMetricStore(options("metrics.db"));
    const left = seqs(drain(store)).length;
    expect(left).toBeGreaterThan(2_000);
    expect(left).toBeLessThan(2_300);
    expect(store.ledger()).toMatchObject([
      { boot: 1, produced: 3_000, base: 1_001 },
      { boot: 2, produced: 520, base: 1 },
    ]);
    const lost = drain(store).flatMap(({ tombstones }) =>
      tombstones.filter((one) => one.reason === "corrupt"),
    );
    expect(lost.reduce((sum, one) => sum + one.count, 0)).toBe(2_300 - left);
    expectBalanced(store);
    store.close();
  });

  test("Q4: is found while it is used, too: the next call works on a new one", () => {
    const path = join(folder, "metrics.db");
    const store = openMetricStore(options("metrics.db"));
    // More than the cache holds, and than one checkpoint leaves in the log.
    for (let i = 0; i < 150; i += 1) store.append(intake(1, i * 1_000 + 1, i * 1_000 + 1_000));
    const image = readFileSync(path);
    image.fill(0xff, 100 * 4_096, 101 * 4_096);
    writeFileSync(path, image);
    expect(codeOf(() => drain(store))).toBe("STORE_FAILED");
    expect(seqs(drain(store)).length).toBeGreaterThan(149_000);
    expect(faults.map(({ code }) => code)).toEqual(["STORE_CORRUPT"]);
    expectBalanced(store);
    store.close();
  });

  test("leaves at most three of its kind behind", () => {
    for (let at = 1; at <= 6; at += 1) {
      writeFileSync(join(folder, "state.db"), "no database");
      openStateStore(options("state.db", at)).close();
    }
    expect(kept()).toEqual(["state.db.corrupt-4", "state.db.corrupt-5", "state.db.corrupt-6"]);
    expect(faults.filter(({ code }) => code === "STORE_CORRUPT")).toHaveLength(6);
  });

  test("S3: a state whose row is sound keeps its epoch", () => {
    const first = openStateStore(options("state.db"));
    first.keepEpoch(12, "main");
    first.close();
    const image = readFileSync(join(folder, "state.db"));
    // The length of the list of free pages.
    image[39] = 5;
    writeFileSync(join(folder, "state.db"), image);
    const store = openStateStore(options("state.db"));
    expect(faults).toHaveLength(1);
    expect(store.read()).toMatchObject({ epoch: 12, controller: "main" });
    store.close();
  });
});

const anna = { output: "fan", owner: "anna", reason: "bearing", at: 1_790_000_000_000 };

describe("law 7: what a node must not forget", () => {
  const path = (): string => join(folder, "state.db");

  const keepKill = (): void => {
    const store = openStateStore(options("state.db"));
    store.begin();
    store.keepEpoch(3, "main");
    store.keepSafety({ ...nothingLatched, kills: [anna] });
    store.close();
  };

  const change = (sql: string): void => {
    const file = new Sqlite(path());
    file.exec(sql).close();
  };

  const isKilled = ({ safety }: NodeState): void => {
    expect(safety.kills).toMatchObject([
      { owner: "holdfast", reason: expect.stringContaining("safety memory lost") },
    ]);
    expect(safety.kills[0]?.output).toBeUndefined();
  };

  test.each([
    ["a row that is not what was written", () => change("UPDATE memory SET safety = ''")],
    ["text", () => writeFileSync(path(), "no database, by far\n".repeat(300))],
    ["nothing", () => truncateSync(path(), 0)],
  ])("is taken for a kill of all where it is lost, and told (%s)", (_, harm) => {
    keepKill();
    harm();
    const store = openStateStore(options("state.db"));
    isKilled(store.read());
    expect(store.read().hasRun).toBe(true);
    expect(faults.map(({ code }) => code)).toEqual(["SAFETY_MEMORY_LOST", "STORE_CORRUPT"]);
    store.close();
    const again = openStateStore(options("state.db"));
    isKilled(again.read());
    again.keepSafety(nothingLatched);
    expect(again.read().safety).toEqual(nothingLatched);
    again.close();
    expect(faults).toHaveLength(2);
  });

  test("is read of a file that cannot be opened to be written, and of its log", () => {
    const store = openStateStore(options("state.db"));
    store.begin();
    store.keepSafety({ ...nothingLatched, kills: [anna] });
    const before = readdirSync(folder);
    expect(peekState(options("state.db"))).toMatchObject({
      hasRun: true,
      safety: { kills: [anna] },
    });
    expect(readdirSync(folder)).toEqual(before);
    store.close();
    expect(peekState(options("state.db")).safety.kills).toEqual([anna]);
    expect(faults).toEqual([]);
  });

  test("is read where the temporary files have no room either", () => {
    keepKill();
    const { TMPDIR } = process.env;
    process.env["TMPDIR"] = join(folder, "nowhere");
    try {
      expect(peekState(options("state.db")).safety.kills).toEqual([anna]);
    } finally {
      if (TMPDIR === undefined) delete process.env["TMPDIR"];
      else process.env["TMPDIR"] = TMPDIR;
    }
    expect(faults).toEqual([]);
  });

  test("is taken for a kill of all where the file cannot be read, and told", () => {
    keepKill();
    change("UPDATE memory SET safety = ''");
    isKilled(peekState(options("state.db")));
    rmSync(path());
    mkdirSync(path());
    isKilled(peekState(options("state.db")));
    expect(faults.map(({ code }) => code)).toEqual(["SAFETY_MEMORY_LOST", "SAFETY_MEMORY_LOST"]);
  });

  test("is taken for a kill of all where who put the file aside came to no end", () => {
    keepKill();
    renameSync(path(), `${path()}.corrupt-1`);
    isKilled(peekState(options("state.db")));
    const store = openStateStore(options("state.db"));
    isKilled(store.read());
    store.close();
    expect(faults.map(({ code }) => code)).toEqual(["SAFETY_MEMORY_LOST", "SAFETY_MEMORY_LOST"]);
  });

  test("is nothing where there is no file, or one that was never used", () => {
    const blank = { hasRun: false, epoch: 0, safety: nothingLatched };
    expect(peekState(options("state.db"))).toMatchObject(blank);
    expect(peekState(options("elsewhere/state.db"))).toMatchObject(blank);
    openStateStore(options("state.db")).close();
    expect(peekState(options("state.db"))).toMatchObject(blank);
    expect(faults).toEqual([]);
  });
});

describe("a file that is sound but not for us", () => {
  test("of a newer program is refused in words and left alone", () => {
    fillMetrics(join(folder, "metrics.db"));
    const file = new Sqlite(join(folder, "metrics.db"));
    file.pragma("user_version = 2");
    file.close();
    const before = readFileSync(join(folder, "metrics.db"));
    let met: unknown;
    try {
      openMetricStore(options("metrics.db"));
    } catch (error) {
      met = error;
    }
    expect((met as FaultError).fault.code).toBe("STORE_FAILED");
    expect((met as FaultError).fault.message).toContain("newer holdfast");
    expect(readFileSync(join(folder, "metrics.db"))).toEqual(before);
    expect(faults).toEqual([]);
  });

  test("with an index that a person added is ours all the same", () => {
    fillMetrics(join(folder, "metrics.db"));
    const file = new Sqlite(join(folder, "metrics.db"));
    file.exec("CREATE INDEX mine ON sample (at_ms)");
    file.close();
    const store = openMetricStore(options("metrics.db"));
    expect(seqs(drain(store))).toHaveLength(2_300);
    expect(faults).toEqual([]);
    store.close();
  });
});

test("Q1, M1, S3, G4: every commit of ours asks the disk to keep it", () => {
  for (const sharing of ["exclusive", "shared"] as const) {
    const connection = connect(join(folder, `${sharing}.db`), sharing);
    const full = 2;
    expect(connection.pragma("journal_mode", { simple: true })).toBe("wal");
    expect(connection.pragma("synchronous", { simple: true })).toBe(full);
    connection.close();
  }
});

describe("a disk", () => {
  test("that is read-only is told by name, and used once it can be written", (context) => {
    const disk = smallDisk(16 * 1_024);
    if (disk === undefined) {
      context.skip("no file system can be mounted here");
      return;
    }
    try {
      const at = (file: string) => ({ ...options(file), path: join(disk.folder, file) });
      fillMetrics(join(disk.folder, "metrics.db"));
      const known = openStateStore(at("known.db"));
      known.keepSafety({ ...nothingLatched, kills: [anna] });
      known.close();
      disk.remount("ro");
      expect(codeOf(() => openStateStore(at("known.db")))).toBe("STORE_READONLY");
      expect(peekState(at("known.db")).safety.kills).toEqual([anna]);
      expect(codeOf(() => openMetricStore(at("metrics.db")))).toBe("STORE_READONLY");
      expect(codeOf(() => openStateStore(at("state.db")))).toBe("STORE_READONLY");
      expect(codeOf(() => openRegionStore(at("deeper/region.db")))).toBe("STORE_READONLY");
      disk.remount("rw");
      const store = openMetricStore(at("metrics.db"));
      expect(seqs(drain(store))).toHaveLength(2_300);
      store.close();
    } finally {
      disk.unmount();
    }
  });

  test("that is full at the start still opens what is there, by its ballast", (context) => {
    const disk = smallDisk(16 * 1_024);
    if (disk === undefined) {
      context.skip("no file system can be mounted here");
      return;
    }
    try {
      const at = (file: string) => ({ ...options(file), path: join(disk.folder, file) });
      const state = openStateStore(at("state.db"));
      const boot = state.begin();
      state.close();
      fillMetrics(join(disk.folder, "metrics.db"));
      disk.fill();
      const again = openStateStore(at("state.db"));
      expect(again.begin()).toBe(boot + 1);
      again.keepEpoch(9, "main");
      const store = openMetricStore(at("metrics.db"));
      expect(seqs(drain(store))).toHaveLength(2_300);
      expect(store.evict(500)).toBe(500);
      store.forget(1, 3_000);
      expectBalanced(store);
      store.close();
      again.close();
    } finally {
      disk.unmount();
    }
  });

  test("Q3: that fills up at any moment leaves a buffer that can let go, and take in again", (context) => {
    for (let moment = 4; moment <= 74; moment += 5) {
      const disk = smallDisk(16 * 1_024);
      if (disk === undefined) {
        context.skip("no file system can be mounted here");
        return;
      }
      try {
        const store = openMetricStore({ ...options("x"), path: join(disk.folder, "metrics.db") });
        let next = 1;
        const put = (): void => {
          store.append(intake(1, next, next + 999));
          next += 1_000;
        };
        for (let i = 0; i < moment; i += 1) put();
        disk.fill();
        for (let i = 0; i < 40 && codeOf(put) === undefined; i += 1);
        expect(codeOf(put), `moment ${moment}`).toBe("STORE_FULL");
        for (let i = 0; i < 10; i += 1) store.forget(1, i * 10);
        expect(store.evict(3_000), `moment ${moment}`).toBe(3_000);
        for (let i = 0; i < 10; i += 1) {
          put();
          store.evict(1_000);
        }
        expectBalanced(store);
        store.close();
      } finally {
        disk.unmount();
      }
    }
  });

  test("whose folder is a file is told in words", () => {
    writeFileSync(join(folder, "data"), "");
    expect(codeOf(() => openStateStore(options("data/state.db")))).toBe("STORE_FAILED");
  });

  test("from which the files were deleted gets new ones, and the gap is told", () => {
    const store = openMetricStore(options("metrics.db"));
    store.append(intake(1, 1, 10));
    for (const name of readdirSync(folder)) rmSync(join(folder, name));
    store.close();
    const again = openMetricStore(options("metrics.db"));
    again.append(intake(1, 11, 12));
    expect(again.ledger()).toMatchObject([{ produced: 12, buffered: 2, tombstoned: 10 }]);
    again.close();
  });
});

test("the log of a killed process stays with its damaged file, and is read with it", () => {
  fillMetrics(join(folder, "metrics.db"));
  const store = openMetricStore(options("metrics.db"));
  store.append(intake(3, 1, 100));
  const copy = join(folder, "copy.db");
  copyFileSync(join(folder, "metrics.db"), copy);
  copyFileSync(join(folder, "metrics.db-wal"), `${copy}-wal`);
  store.close();
  const image = readFileSync(copy);
  image.fill(0xff, 20 * 4_096, 21 * 4_096);
  writeFileSync(copy, image);
  const again = openMetricStore(options("copy.db"));
  expect(readdirSync(folder)).toContain("copy.db.corrupt-1000");
  expect(again.ledger().at(-1)).toMatchObject({ boot: 3, produced: 100, buffered: 100 });
  again.close();
});
