import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import Sqlite from "better-sqlite3";
import fc from "fast-check";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { type AuditPlace, auditNode, seriesOf } from "#src/adapters/sqlite-audit.ts";
import { openMetricStore } from "#src/adapters/sqlite-metric-store.ts";
import { probeStore } from "#src/adapters/sqlite-probe.ts";
import { openRegionStore } from "#src/adapters/sqlite-region-store.ts";
import { FaultError } from "#src/base/fault.ts";
import { wallTime } from "#src/base/units.ts";
import { type MetricBatch, qualities } from "#src/contract/messages.ts";
import type { Place, Stretch } from "#src/contract/samples.ts";
import type { MetricStore } from "#src/ports/metric-store.ts";
import type { RegionStore } from "#src/ports/region-store.ts";
import { intake, samplesOf } from "./metric-store-bench.ts";

let folder: string;
let place: AuditPlace;
let node: MetricStore;
let region: RegionStore;
const told = { now: wallTime(0), damaged: () => undefined };

function openBoth(bootsKept = 10_000): void {
  folder = mkdtempSync(join(tmpdir(), "holdfast-audit-"));
  place = { nodeData: folder, regionDb: join(folder, "region.db"), node: "n1" };
  node = openMetricStore({ ...told, path: join(folder, "metrics.db"), bootsKept });
  region = openRegionStore({ ...told, path: place.regionDb });
}

function closeBoth(): void {
  node.close();
  region.close();
  rmSync(folder, { recursive: true, force: true });
}

beforeEach(() => openBoth());
afterEach(() => closeBoth());

const batchOf = ({ boot, base, rows, tombstones }: Stretch): MetricBatch => {
  const loaded = samplesOf({ rows });
  const series = [...new Set(loaded.map((one) => one.series))];
  return {
    v: 1,
    boot,
    base,
    series,
    points: loaded.map((one) => [
      one.seq,
      one.at,
      series.indexOf(one.series),
      one.value,
      qualities.indexOf(one.quality),
    ]),
    tombstones: [...tombstones],
  };
};

/** One batch from the oldest on, and its ack unless it is lost. Returns where the next begins. */
function deliver(after: Place | undefined, limit: number, acked = true): Place | undefined {
  const stretch = node.load(after, limit);
  if (stretch === undefined) return undefined;
  const { upTo } = region.ingest("n1", batchOf(stretch));
  if (acked) node.forget(stretch.boot, upTo);
  return { boot: stretch.boot, seq: stretch.to };
}

const balanced = () => {
  const { produced, delivered, buffered, tombstoned, lost, duplicates } = auditNode(place);
  expect(delivered + buffered + tombstoned + lost).toBe(produced);
  expect(duplicates).toBe(0);
  return { produced, delivered, buffered, tombstoned, lost };
};

describe("the audit of a node", () => {
  test("is all zeros before anything was measured", () => {
    expect(balanced()).toEqual({ produced: 0, delivered: 0, buffered: 0, tombstoned: 0, lost: 0 });
  });

  test("AU1: finds each number once, while both owners run", () => {
    node.append(intake(1, 1, 100));
    deliver(undefined, 40);
    deliver(undefined, 20, false);
    node.append(intake(1, 103, 110, 2));
    expect(balanced()).toEqual({
      produced: 110,
      delivered: 60,
      buffered: 48,
      tombstoned: 2,
      lost: 0,
    });
  });

  test("counts what came again, and what the region holds once, once", () => {
    node.append(intake(1, 1, 30));
    deliver(undefined, 30, false);
    deliver(undefined, 30);
    expect(auditNode(place)).toMatchObject({ delivered: 30, duplicates: 0, duplicatesDropped: 30 });
  });

  test("names a number that is nowhere, though every sum is right", () => {
    node.append(intake(1, 1, 10));
    deliver(undefined, 10);
    const thief = new Sqlite(place.regionDb);
    thief.exec("DELETE FROM point WHERE seq IN (3, 7)");
    thief.close();
    expect(region.deliveries()[0]?.delivered).toBe(10);
    expect(balanced()).toMatchObject({ produced: 10, delivered: 8, lost: 2 });
  });

  test("finds what was evicted after its ack got lost as delivered", () => {
    node.append(intake(1, 1, 50));
    deliver(undefined, 20, false);
    node.evict(40);
    expect(balanced()).toMatchObject({ delivered: 20, tombstoned: 20, buffered: 10, lost: 0 });
    deliver(undefined, 50);
    expect(balanced()).toMatchObject({ delivered: 30, tombstoned: 20, buffered: 0, lost: 0 });
    expect(region.deliveries()[0]).toMatchObject({ delivered: 30, tombstoned: 20 });
  });

  test("says what an emptied region lacks", () => {
    node.append(intake(1, 1, 50));
    deliver(undefined, 20);
    region.close();
    for (const ending of ["", "-wal", "-shm"]) rmSync(place.regionDb + ending, { force: true });
    region = openRegionStore({ ...told, path: place.regionDb });
    deliver(undefined, 50);
    expect(balanced()).toMatchObject({ produced: 50, delivered: 30, lost: 20 });
  });

  test("still counts boots whose accounts were summed up", () => {
    closeBoth();
    openBoth(3);
    for (let boot = 1; boot <= 8; boot += 1) {
      node.append(intake(boot, 1, 10));
      deliver(undefined, 50);
    }
    node.append(intake(9, 1, 10));
    expect(node.ledger().length).toBeLessThanOrEqual(3);
    expect(node.ledger()[0]).toMatchObject({ boot: 0, buffered: 0, tombstoned: 0 });
    expect(balanced()).toMatchObject({ produced: 90, delivered: 80, buffered: 10, lost: 0 });
  });

  test("never sums up a boot that still holds something", () => {
    closeBoth();
    openBoth(3);
    for (let boot = 1; boot <= 8; boot += 1) node.append(intake(boot, 1, 10));
    expect(balanced()).toMatchObject({ produced: 80, buffered: 80 });
  });

  test("works on what killed processes left, and on closed files", () => {
    node.append(intake(1, 1, 20));
    deliver(undefined, 10);
    node.close();
    region.close();
    expect(balanced()).toMatchObject({ produced: 20, delivered: 10, buffered: 10 });
  });

  test("of a place with no databases is refused in words", () => {
    expect(() => auditNode({ ...place, regionDb: join(folder, "none.db") })).toThrow(FaultError);
  });

  test("balances after any story of losses, evictions and repetitions", () => {
    const event = fc.oneof(
      fc.record({ kind: fc.constant("measure" as const), count: fc.integer({ min: 1, max: 40 }) }),
      fc.record({
        kind: fc.constant("deliver" as const),
        limit: fc.integer({ min: 1, max: 50 }),
        acked: fc.boolean(),
        again: fc.boolean(),
      }),
      fc.record({ kind: fc.constant("evict" as const), count: fc.integer({ min: 1, max: 30 }) }),
      fc.record({ kind: fc.constant("restart" as const) }),
    );
    fc.assert(
      fc.property(fc.array(event, { maxLength: 20 }), (story) => {
        closeBoth();
        openBoth();
        let boot = 1;
        let produced = 0;
        let cursor: Place | undefined;
        for (const one of story) {
          const last = node.ledger().find((row) => row.boot === boot)?.produced ?? 0;
          if (one.kind === "measure") {
            node.append(intake(boot, last + 1, last + one.count));
            produced += one.count;
          } else if (one.kind === "deliver") {
            cursor = deliver(one.again ? undefined : cursor, one.limit, one.acked);
          } else if (one.kind === "evict") node.evict(one.count);
          else boot += 1;
        }
        expect(balanced()).toMatchObject({ produced, lost: 0 });
      }),
      { numRuns: 60 },
    );
  });
});

describe("the points of a series", () => {
  beforeEach(() => {
    node.append(intake(1, 1, 30));
    deliver(undefined, 12);
    deliver(undefined, 6, false);
  });

  test("come from both databases, each once and in order of time", () => {
    const points = seriesOf({ ...place, series: "room.1" });
    expect(points.map(({ at }) => at - 1_790_000_000_000)).toEqual([
      0, 3, 6, 9, 12, 15, 18, 21, 24, 27,
    ]);
    expect(points[0]).toEqual({ at: 1_790_000_000_000, value: 0.1, series: "room.1" });
  });

  test("may be asked for by pattern; without one a name is a name", () => {
    expect(seriesOf({ ...place, series: "room.%" })).toHaveLength(30);
    expect(seriesOf({ ...place, series: "room_1" })).toHaveLength(0);
  });
});

test("the probe writes, reads back and leaves nothing behind", async () => {
  const probe = await probeStore(folder);
  expect(probe).toMatchObject({ ok: true });
  expect(await probeStore("/proc")).toMatchObject({ ok: false });
});
