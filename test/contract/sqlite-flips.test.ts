import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import Sqlite from "better-sqlite3";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { openMetricStore } from "#src/adapters/sqlite-metric-store.ts";
import { openRegionStore } from "#src/adapters/sqlite-region-store.ts";
import { openStateStore } from "#src/adapters/sqlite-state-store.ts";
import { type Fault, FaultError } from "#src/base/fault.ts";
import { rngOf } from "#src/base/rng.ts";
import { millis, wallTime } from "#src/base/units.ts";
import { fillMetrics } from "./full-metrics.ts";
import { drain, expectBalanced, intake, sample, samplesOf } from "./metric-store-bench.ts";
import { batch } from "./region-store.contract.ts";

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

interface Flip {
  readonly byte: number;
  readonly bit: number;
}

/** Every byte of the file's header and of each page's header, and some at random in each page. */
function flipsOf(size: number, each: number): Flip[] {
  const rng = rngOf("flips");
  const flips: Flip[] = [];
  for (let byte = 0; byte < 100; byte += 1) flips.push({ byte, bit: rng.below(8) });
  for (let page = 0; page < size; page += 4_096) {
    const header = page === 0 ? 100 : 0;
    for (let i = 0; i < 12; i += 1) flips.push({ byte: page + header + i, bit: rng.below(8) });
    for (let i = 0; i < each; i += 1)
      flips.push({ byte: page + rng.below(4_096), bit: rng.below(8) });
  }
  return flips;
}

function flipped(image: Buffer, { byte, bit }: Flip): Buffer {
  const copy = Buffer.from(image);
  copy[byte] = (copy[byte] ?? 0) ^ (1 << bit);
  return copy;
}

function inNewFolder(work: () => void): void {
  const outer = folder;
  folder = mkdtempSync(join(tmpdir(), "holdfast-damage-"));
  faults = [];
  try {
    work();
  } finally {
    rmSync(folder, { recursive: true, force: true });
    folder = outer;
  }
}

describe("one flipped bit", () => {
  test("in metrics.db never changes a sample, and none is missing in silence", () => {
    fillMetrics(join(folder, "metrics.db"), 9);
    const image = readFileSync(join(folder, "metrics.db"));
    const seen = { harmless: 0, spoiled: 0, salvaged: 0, refused: 0 };
    for (const flip of flipsOf(image.length, 8)) {
      inNewFolder(() => {
        writeFileSync(join(folder, "metrics.db"), flipped(image, flip));
        seen[look(flip)] += 1;
      });
    }
    expect(seen.harmless).toBeGreaterThan(0);
    expect(seen.spoiled).toBeGreaterThan(0);
    expect(seen.salvaged).toBeGreaterThan(0);
    // Only the number of the format cannot be told from a newer program's.
    expect(seen.refused).toBeLessThan(10);
  });

  function look(flip: Flip): "harmless" | "spoiled" | "salvaged" | "refused" {
    const where = `byte ${flip.byte} bit ${flip.bit}`;
    let store: ReturnType<typeof openMetricStore>;
    try {
      store = openMetricStore(options("metrics.db"));
    } catch (error) {
      expect(error, where).toBeInstanceOf(FaultError);
      return "refused";
    }
    // What is met in use is refused once; the next call works on a mended file.
    const met = codeOf(() => drain(store, 500));
    expect([undefined, "STORE_FAILED"], where).toContain(met);
    const before = drain(store, 500);
    if (met !== undefined) expect(faults, where).toHaveLength(1);
    const all = before.flatMap(samplesOf);
    expect(all, where).toEqual(all.map(({ seq }) => sample(seq)));
    expectBalanced(store);
    const ledger = new Map(store.ledger().map((row) => [row.boot, row]));
    if (faults.length === 0 || ledger.has(1)) {
      expect(ledger.get(1), where).toMatchObject({ produced: 900, base: 301 });
    }
    store.append(intake(3, 1, 5));
    store.close();
    if (faults.length > 0) return "salvaged";
    expect(ledger.get(2), where).toMatchObject({ produced: 520, base: 1 });
    return all.length === 900 ? "harmless" : "spoiled";
  }

  test("in state.db never changes the epoch in silence", () => {
    const first = openStateStore(options("state.db"));
    first.begin();
    first.keepEpoch(41, "main");
    first.keepIsolation(millis(5_000));
    first.close();
    const image = readFileSync(join(folder, "state.db"));
    let kept = 0;
    for (const flip of flipsOf(image.length, 40)) {
      inNewFolder(() => {
        writeFileSync(join(folder, "state.db"), flipped(image, flip));
        const refused = codeOf(() => {
          const store = openStateStore(options("state.db"));
          const { epoch } = store.read();
          store.close();
          if (faults.length === 0) expect(epoch, `byte ${flip.byte}`).toBe(41);
          else expect([0, 41]).toContain(epoch);
          kept += epoch === 41 ? 1 : 0;
        });
        expect([undefined, "STORE_FAILED"]).toContain(refused);
      });
    }
    expect(kept).toBeGreaterThan(0);
  });

  test("in region.db raises neither epoch nor watermark in silence", () => {
    const first = openRegionStore(options("region.db"));
    first.ingest("n1", batch(1, 300));
    const epoch = first.claim("main", millis(10_000), wallTime(5_000));
    first.close();
    const image = readFileSync(join(folder, "region.db"));
    for (const flip of flipsOf(image.length, 8)) {
      inNewFolder(() => {
        writeFileSync(join(folder, "region.db"), flipped(image, flip));
        codeOf(() => {
          const store = openRegionStore(options("region.db"));
          if (faults.length === 0) {
            expect(store.renew("main", epoch + 1, millis(1), wallTime(0))).toBe(true);
            expect(store.ingest("n1", batch(1, 0)).upTo, `byte ${flip.byte}`).toBe(300);
          }
          store.close();
        });
      });
    }
  });
});

describe("a bit that SQLite takes for data is found", () => {
  test("in the number of a sample: the order is broken, and the file is rebuilt row by row", () => {
    const path = join(folder, "metrics.db");
    fillMetrics(path);
    const image = readFileSync(path);
    const row = Buffer.alloc(8);
    row.writeUInt16BE(2_499);
    row.writeUIntBE(sample(2_499).at, 2, 6);
    const at = image.indexOf(row);
    expect(at).toBeGreaterThan(0);
    writeFileSync(path, flipped(image, { byte: at + 1, bit: 2 }));
    const store = openMetricStore(options("metrics.db"));
    expect(codeOf(() => drain(store))).toBe("STORE_FAILED");
    expectBalanced(store);
    const buried = drain(store).flatMap(({ tombstones }) => tombstones);
    expect(buried).toContainEqual({ from: 2_499, to: 2_499, reason: "corrupt", count: 1 });
    expect(faults.map(({ code }) => code)).toEqual(["STORE_CORRUPT"]);
    store.close();
  });

  test("in the text of the schema", () => {
    const path = join(folder, "metrics.db");
    fillMetrics(path);
    const image = readFileSync(path);
    const at = image.indexOf("AS series");
    writeFileSync(path, flipped(image, { byte: at + 3, bit: 5 }));
    const store = openMetricStore(options("metrics.db"));
    expect(faults[0]?.message).toContain("schema");
    expectBalanced(store);
    store.close();
  });

  test.each([
    ["UPDATE ledger SET produced = produced + 4096 WHERE boot = 1"],
    ["UPDATE ledger SET base = base + 256 WHERE boot = 1"],
    ["UPDATE tombstone SET to_seq = to_seq + 1, count = count + 1 WHERE boot = 1"],
    ["UPDATE tombstone SET boot = 5 WHERE boot = 1"],
    ["UPDATE series SET name = 'room.9' WHERE id = 1"],
  ])("in the small tables of metrics.db: %s", (harm) => {
    fillMetrics(join(folder, "metrics.db"));
    new Sqlite(join(folder, "metrics.db")).exec(harm).close();
    const store = openMetricStore(options("metrics.db"));
    expect(faults.map(({ code }) => code)).toEqual(["STORE_CORRUPT"]);
    const all = drain(store).flatMap(samplesOf);
    expect(all).toEqual(all.map(({ seq }) => sample(seq)));
    expectBalanced(store);
    store.close();
  });

  test.each([
    ["UPDATE lease SET epoch = epoch + 1"],
    ["UPDATE watermark SET up_to = up_to + 64"],
    ["UPDATE watermark SET boot = 2"],
    ["UPDATE source SET node = 'n0'"],
    ["UPDATE series SET name = 'room.aib' WHERE name = 'room.air'"],
  ])("in what region.db promises: %s", (harm) => {
    const first = openRegionStore(options("region.db"));
    first.ingest("n1", batch(1, 10));
    first.claim("main", millis(10_000), wallTime(0));
    first.close();
    new Sqlite(join(folder, "region.db")).exec(harm).close();
    openRegionStore(options("region.db")).close();
    expect(faults.map(({ code }) => code)).toEqual(["STORE_CORRUPT"]);
  });

  test("in the epoch of state.db", () => {
    const first = openStateStore(options("state.db"));
    first.keepEpoch(5, "main");
    first.close();
    new Sqlite(join(folder, "state.db")).exec("UPDATE memory SET epoch = 4").close();
    openStateStore(options("state.db")).close();
    expect(faults.map(({ code }) => code)).toEqual(["SAFETY_MEMORY_LOST", "STORE_CORRUPT"]);
  });
});
