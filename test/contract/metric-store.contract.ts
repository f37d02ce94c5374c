import fc from "fast-check";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { FaultError } from "#src/base/fault.ts";
import { wallTime } from "#src/base/units.ts";
import type { Row } from "#src/contract/samples.ts";
import type { LedgerRow, MetricStore } from "#src/ports/metric-store.ts";
import {
  drain,
  expectBalanced,
  expectDense,
  intake,
  type MetricStoreBench,
  rowsOf,
  sample,
  samples,
  samplesOf,
  seqs,
} from "./metric-store-bench.ts";
import { play, step } from "./metric-store-model.ts";

export function metricStoreContract(name: string, open: () => MetricStoreBench): void {
  describe(`the ${name} metric store`, () => {
    let bench: MetricStoreBench;
    let store: MetricStore;
    beforeEach(() => {
      bench = open();
      store = bench.store;
    });
    afterEach(() => bench.close());
    const row = (boot: number): LedgerRow | undefined =>
      store.ledger().find((one) => one.boot === boot);

    test("gives back what was put in, in order and unchanged", () => {
      store.append(intake(1, 1, 250));
      const stretches = drain(store);
      expect(stretches.map(({ from, to }) => [from, to])).toEqual([
        [1, 100],
        [101, 200],
        [201, 250],
      ]);
      expect(stretches.flatMap(samplesOf)).toEqual(samples(1, 250));
    });

    test("is empty at first, and at its end", () => {
      expect(store.load(undefined, 10)).toBeUndefined();
      expect(store.ledger()).toEqual([]);
      store.append(intake(1, 1, 3));
      expect(store.load({ boot: 1, seq: 3 }, 10)).toBeUndefined();
    });

    test("keeps that there was no value, whatever stood for it", () => {
      const none = [Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
      const bad = none.map((value, i) => ({ ...sample(i + 1), value, quality: "bad" as const }));
      store.append({ boot: 1, from: 1, shed: 0, rows: rowsOf(bad) });
      const loaded = drain(store).flatMap(samplesOf);
      expect(loaded.map(({ value }) => value)).toEqual([Number.NaN, Number.NaN, Number.NaN]);
      expect(loaded.map(({ quality }) => quality)).toEqual(["bad", "bad", "bad"]);
    });

    test("keeps values to the last bit", () => {
      const values = [0.1 + 0.2, 5e-324, -1.797e308, 2 ** 53 + 2, -0, 1 / 3];
      const exact = values.map((value, i) => sample(i + 1, value));
      store.append({ boot: 1, from: 1, shed: 0, rows: rowsOf(exact) });
      const loaded = drain(store).flatMap((one) => samplesOf(one).map(({ value }) => value));
      expect(loaded.map((value) => value + 0)).toEqual(values.map((value) => value + 0));
    });

    test("M1: what was appended is there after a reopening and after a kill", () => {
      store.append(intake(1, 1, 10));
      store = bench.reopen();
      expect(seqs(drain(store))).toHaveLength(10);
      store.append(intake(2, 1, 5));
      store.append(intake(2, 9, 8, 3));
      store = bench.reopen(true);
      expect(seqs(drain(store))).toHaveLength(15);
      expect(row(2)).toEqual({ boot: 2, produced: 8, base: 1, buffered: 5, tombstoned: 3 });
      expectBalanced(store);
    });

    test("M1: what was forgotten or evicted stays so after a kill", () => {
      store.append(intake(1, 1, 30));
      store.forget(1, 10);
      store.evict(5);
      store = bench.reopen(true);
      expect(row(1)).toEqual({ boot: 1, produced: 30, base: 11, buffered: 15, tombstoned: 5 });
      expectBalanced(store);
    });

    test("M2: an ack lets go up to its number, twice is harmless, and it never goes back", () => {
      store.append(intake(1, 1, 20));
      store.forget(1, 8);
      store.forget(1, 8);
      store.forget(1, 3);
      expect(seqs(drain(store))[0]).toBe(9);
      expect(row(1)).toMatchObject({ base: 9, buffered: 12 });
    });

    test("M2: an ack beyond what was given out lets go all there is, and no more", () => {
      store.append(intake(1, 1, 5));
      store.forget(1, 99);
      store.forget(7, 3);
      expect(row(1)).toEqual({ boot: 1, produced: 5, base: 6, buffered: 0, tombstoned: 0 });
      store.append(intake(1, 6, 7));
      expect(seqs(drain(store))).toEqual([6, 7]);
    });

    test("M2: an ack in the middle of a tombstone leaves the rest of it", () => {
      store.append(intake(1, 9, 10, 8));
      store.forget(1, 3);
      expect(store.load(undefined, 10)).toMatchObject({
        base: 4,
        from: 4,
        to: 10,
        tombstones: [{ from: 4, to: 8, reason: "shed", count: 5 }],
      });
      expect(row(1)).toMatchObject({ buffered: 2, tombstoned: 5 });
    });

    test("M2: evicting takes the oldest, over the border of boots, and says how many", () => {
      store.append(intake(1, 1, 4));
      store.append(intake(2, 1, 6));
      expect(store.evict(7)).toBe(7);
      expect(seqs(drain(store))).toEqual([4, 5, 6]);
      expect(row(1)).toMatchObject({ buffered: 0, tombstoned: 4 });
      expect(row(2)).toMatchObject({ buffered: 3, tombstoned: 3 });
      expect(store.evict(99)).toBe(3);
      expect(store.evict(1)).toBe(0);
      expectBalanced(store);
    });

    test("M2: neighbouring evictions are one tombstone, others stay apart", () => {
      store.append(intake(1, 1, 10));
      for (let i = 0; i < 6; i += 1) store.evict(1);
      store.append(intake(1, 13, 14, 2));
      store.evict(5);
      const graves = drain(store).flatMap((one) => one.tombstones);
      expect(graves).toEqual([
        { from: 1, to: 10, reason: "evicted", count: 10 },
        { from: 11, to: 12, reason: "shed", count: 2 },
        { from: 13, to: 13, reason: "evicted", count: 1 },
      ]);
    });

    test("keeps the number of tombstones bounded while points are shed for ever", () => {
      for (let i = 0; i < 1_200; i += 1) {
        const first = i * 3 + 1;
        store.append(intake(1, first + 2, first + 2, 2));
        if (i % 100 === 99) store.evict(100);
      }
      const graves = drain(store).flatMap((one) => one.tombstones);
      expect(graves.length).toBeLessThanOrEqual(1_000);
      expect(row(1)).toMatchObject({ produced: 3_600, buffered: 0, tombstoned: 3_600 });
      expectBalanced(store);
    });

    test("M4: a stretch is of one boot; the next boot follows", () => {
      store.append(intake(3, 1, 2));
      store.append(intake(9, 1, 2));
      store.append(intake(9, 5, 4, 2));
      const stretches = drain(store);
      expect(stretches.map(({ boot, from, to }) => [boot, from, to])).toEqual([
        [3, 1, 2],
        [9, 1, 4],
      ]);
      expectDense(stretches);
    });

    test("M4: a stretch carries no more tombstones than a message takes, and nothing is skipped", () => {
      for (let i = 0; i < 200; i += 1) store.append(intake(1, 2 * i + 2, 2 * i + 2, 1));
      const stretches = drain(store, 500);
      expect(Math.max(...stretches.map((one) => one.tombstones.length))).toBeLessThanOrEqual(64);
      expect(seqs(stretches)).toHaveLength(200);
      expectDense(stretches);
    });

    test("M4: after an eviction a cursor inside the tombstone gets the rest of it", () => {
      store.append(intake(1, 1, 10));
      store.evict(6);
      expect(store.load({ boot: 1, seq: 4 }, 10)).toMatchObject({
        base: 1,
        from: 5,
        to: 10,
        tombstones: [{ from: 5, to: 6, count: 2 }],
      });
    });

    test("M4: a cursor behind an ack goes on where something is left", () => {
      store.append(intake(1, 1, 10));
      store.forget(1, 6);
      expect(store.load({ boot: 1, seq: 2 }, 10)).toMatchObject({ base: 7, from: 7, to: 10 });
    });

    test("M4, BU1: numbers that a new file never saw are a tombstone, not an ack", () => {
      store.append(intake(5, 101, 103));
      expect(store.load(undefined, 10)).toMatchObject({
        base: 1,
        from: 1,
        to: 103,
        tombstones: [{ from: 1, to: 100, reason: "corrupt", count: 100 }],
      });
      expect(row(5)).toEqual({ boot: 5, produced: 103, base: 1, buffered: 3, tombstoned: 100 });
    });

    test("M4: a row is cut where a stretch, an ack or an eviction ends in it, and nothing of it is lost", () => {
      store.append(intake(1, 1, 12));
      expect(samplesOf(store.load({ boot: 1, seq: 1 }, 3) ?? { rows: [] })).toEqual(samples(2, 4));
      store.forget(1, 4);
      expect(drain(store, 2).flatMap(samplesOf)).toEqual(samples(5, 12));
      store.evict(2);
      store = bench.reopen();
      expect(drain(store, 5).flatMap(samplesOf)).toEqual(samples(7, 12));
      expectBalanced(store);
    });

    test("refuses a row without a name or a quality for each value, and takes nothing of it", () => {
      const at = wallTime(1_790_000_000_000);
      const sound: Row = { at, series: ["a", "b"], values: [1, 2], qualities: undefined };
      const put =
        (row: Row, shed = 0) =>
        () =>
          store.append({ boot: 1, from: 1, shed, rows: [sound, row] });
      expect(put({ ...sound, series: ["a"] })).toThrow("whole");
      expect(put({ ...sound, qualities: ["bad"] })).toThrow("whole");
      expect(put(sound, -1)).toThrow("counted");
      expect(store.ledger()).toEqual([]);
    });

    test("refuses numbers that were given out before", () => {
      store.append(intake(1, 1, 5));
      expect(() => store.append(intake(1, 5, 6))).toThrow("given out once");
      expect(() => store.append(intake(1, 6, 7, 1))).toThrow("given out once");
      expectBalanced(store);
      expect(row(1)?.produced).toBe(5);
    });

    test("M2, M3: on a full disk appending is refused whole, acks and evictions go on", (context) => {
      const { fillDisk, freeDisk } = bench;
      if (fillDisk === undefined || freeDisk === undefined) {
        context.skip("no disk here can be filled");
        return;
      }
      let next = 1;
      const put = (): void => {
        store.append(intake(1, next, next + 199));
        next += 200;
      };
      for (let i = 0; i < 5; i += 1) put();
      fillDisk();
      let refused: unknown;
      for (let i = 0; i < 200 && refused === undefined; i += 1) {
        try {
          put();
        } catch (error) {
          refused = error;
        }
      }
      expect((refused as FaultError).fault.code).toBe("STORE_FULL");
      expectBalanced(store);
      expect(row(1)?.produced).toBe(next - 1);
      store.forget(1, 300);
      expect(store.evict(100)).toBe(100);
      expectBalanced(store);
      freeDisk();
      put();
      store = bench.reopen();
      expect(row(1)).toMatchObject({ produced: next - 1, base: 301, tombstoned: 100 });
      expectBalanced(store);
    });

    test("a closed store refuses in words", () => {
      store.append(intake(1, 1, 5));
      store.close();
      expect(() => store.ledger()).toThrow(FaultError);
      store = bench.reopen();
    });

    test("M3, M4: any sequence of calls balances, and equals a simple model", () => {
      fc.assert(
        fc.property(fc.array(step, { maxLength: 25 }), (steps) => {
          const own = open();
          try {
            play(own, steps);
          } finally {
            own.close();
          }
        }),
        { numRuns: 60 },
      );
    });
  });
}
