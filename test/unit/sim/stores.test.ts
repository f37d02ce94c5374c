import fc from "fast-check";
import { expect, test } from "vitest";
import { FaultError } from "#src/base/fault.ts";
import { wallTime } from "#src/base/units.ts";
import type { Sample, Stretch } from "#src/contract/samples.ts";
import { IntervalSet } from "#src/sim/interval-set.ts";
import { PowerLost } from "#src/sim/power-lost.ts";
import { SimDisk } from "#src/sim/sim-disk.ts";
import { MetricFile, SimMetricStore } from "#src/sim/sim-metric-store.ts";
import { openSimRegionStore, RegionFile } from "#src/sim/sim-region-store.ts";
import { peekSimState, SimStateStore, StateFile } from "#src/sim/sim-state-store.ts";
import { intake, samples, samplesOf } from "../../contract/metric-store-bench.ts";

function begin() {
  const disk = new SimDisk();
  const file = new MetricFile();
  const holder = { alive: true };
  const open = () => new SimMetricStore(file, disk, { ...holder });
  return { disk, file, holder, store: new SimMetricStore(file, disk, holder), open };
}

const codeOf = (work: () => unknown): string => {
  try {
    work();
    return "fine";
  } catch (error) {
    return error instanceof FaultError ? error.fault.code : String(error);
  }
};

test.each(["before", "after"] as const)(
  "VS1: the power goes in the midst of a call, %s its commit: all of it or nothing",
  (side) => {
    const { disk, file, holder, store, open } = begin();
    store.append(intake(1, 1, 10));
    disk.cutPower(2, side, () => {
      holder.alive = false;
    });
    store.append(intake(1, 11, 20));
    expect(() => store.append(intake(1, 21, 30))).toThrow(PowerLost);
    expect(() => store.ledger()).toThrow(PowerLost);
    disk.losePower();
    holder.alive = true;
    const produced = side === "before" ? 20 : 30;
    expect(open().ledger()).toEqual([
      { boot: 1, produced, base: 1, buffered: produced, tombstoned: 0 },
    ]);
    expect(file.buffered).toBe(produced);
  },
);

test("VS2: what was committed survives the loss of power", () => {
  const { disk, file, holder, store } = begin();
  store.append(intake(1, 1, 10));
  disk.losePower();
  holder.alive = false;
  expect(new SimMetricStore(file, disk, { alive: true }).ledger()).toMatchObject([
    { produced: 10 },
  ]);
});

test("VS3: a read-only disk says so, and takes nothing", () => {
  const { disk, store } = begin();
  store.append(intake(1, 1, 10));
  disk.state = "read-only";
  expect(codeOf(() => store.append(intake(1, 11, 20)))).toBe("STORE_READONLY");
  expect(codeOf(() => store.forget(1, 5))).toBe("STORE_READONLY");
  expect(store.ledger()).toMatchObject([{ produced: 10, base: 1 }]);
  disk.state = "sound";
  store.append(intake(1, 11, 20));
  expect(store.ledger()).toMatchObject([{ produced: 20 }]);
});

test("VS5: a database on a read-only disk is not opened, and can be looked at", () => {
  const disk = new SimDisk();
  const file = new StateFile();
  const open = () =>
    new SimStateStore({ file, disk, holder: { alive: true }, now: wallTime(1_790_000_000_000) });
  const store = open();
  store.begin();
  store.keepEpoch(7, "controller-1");
  store.close();
  disk.state = "read-only";
  expect(codeOf(open)).toBe("STORE_READONLY");
  expect(codeOf(() => new SimMetricStore(new MetricFile(), disk, { alive: true }))).toBe(
    "STORE_READONLY",
  );
  expect(peekSimState(file)).toMatchObject({ hasRun: true, epoch: 7, controller: "controller-1" });
  disk.state = "full";
  expect(open().read()).toEqual(peekSimState(file));
});

test("VS4: a full disk takes acks, and new samples in the room they made", () => {
  const { disk, store } = begin();
  store.append(intake(1, 1, 100));
  disk.state = "full";
  expect(codeOf(() => store.append(intake(1, 101, 110)))).toBe("STORE_FULL");
  store.forget(1, 50);
  store.append(intake(1, 101, 150));
  expect(codeOf(() => store.append(intake(1, 151, 151)))).toBe("STORE_FULL");
});

test("a region on a full disk takes no batch, and still renews its lease", () => {
  const disk = new SimDisk();
  const store = openSimRegionStore(new RegionFile(), disk, { alive: true });
  const now = wallTime(0);
  const epoch = store.claim("main", 10 as never, now);
  disk.state = "full";
  const batch = { v: 1 as const, boot: 1, base: 1, series: [], points: [], tombstones: [] };
  expect(codeOf(() => store.ingest("n1", batch))).toBe("STORE_FULL");
  expect(store.renew("main", epoch, 10 as never, now)).toBe(true);
});

test("a spoiled sample becomes a tombstone when it is met, and the account balances", () => {
  const { file, store } = begin();
  store.append(intake(1, 1, 10));
  file.spoil(1, 4);
  file.spoil(1, 5);
  file.spoil(1, 99);
  expect(store.ledger()).toMatchObject([{ buffered: 10, tombstoned: 0 }]);
  const stretch = store.load(undefined, 100);
  expect(samplesOf(stretch as Stretch).map(({ seq }) => seq)).toEqual([1, 2, 3, 6, 7, 8, 9, 10]);
  expect(stretch?.tombstones).toEqual([{ from: 4, to: 5, reason: "corrupt", count: 2 }]);
  expect(store.ledger()).toMatchObject([{ buffered: 8, tombstoned: 2 }]);
});

test("a torn write spoils the end of the newest boot only", () => {
  const { file, store } = begin();
  store.append(intake(1, 1, 10));
  store.append(intake(2, 1, 10));
  file.tear(3);
  store.load(undefined, 100);
  expect(store.load({ boot: 1, seq: 10 }, 100)?.tombstones).toEqual([
    { from: 8, to: 10, reason: "corrupt", count: 3 },
  ]);
});

test("a buffer that nobody empties packs what is old, and gives it back to the last bit", () => {
  const { store } = begin();
  for (let from = 1; from <= 30_000; from += 10) store.append(intake(1, from, from + 9));
  store.forget(1, 777);
  store.evict(1_000);
  const found: Sample[] = [];
  for (let after = 0; ; ) {
    const stretch = store.load({ boot: 1, seq: after }, 333);
    if (stretch === undefined) break;
    found.push(...samplesOf(stretch));
    after = stretch.to;
  }
  expect(found).toEqual(samples(1_778, 30_000));
});

test("a clone has what was there, and goes its own way", () => {
  const { disk, file, store } = begin();
  store.append(intake(1, 1, 10));
  const clone = new SimMetricStore(file.copy(), disk, { alive: true });
  clone.append(intake(1, 11, 12));
  store.forget(1, 10);
  expect(store.ledger()).toMatchObject([{ produced: 10, base: 11 }]);
  expect(clone.ledger()).toMatchObject([{ produced: 12, base: 1 }]);
});

test("ranges of numbers hold what a set of them would", () => {
  const range = fc.tuple(fc.integer({ min: 1, max: 60 }), fc.integer({ min: 0, max: 8 }));
  fc.assert(
    fc.property(fc.array(range, { maxLength: 20 }), (ranges) => {
      const held = new IntervalSet();
      const model = new Set<number>();
      for (const [from, length] of ranges) {
        held.add(from, from + length);
        for (let one = from; one <= from + length; one += 1) model.add(one);
        expect(held.count(1, 100)).toBe(model.size);
      }
      for (let one = 1; one <= 70; one += 1) {
        expect(held.has(one)).toBe(model.has(one));
        let end = one - 1;
        while (model.has(end + 1)) end += 1;
        expect(held.endOf(one)).toBe(end);
      }
    }),
  );
});
