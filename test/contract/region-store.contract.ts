import fc from "fast-check";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { millis, wallTime } from "#src/base/units.ts";
import type { MetricBatch, Tombstone } from "#src/contract/messages.ts";
import type { NodeRecord, StandingGrant } from "#src/contract/region-records.ts";
import type { RegionStore } from "#src/ports/region-store.ts";

/** One region store under test; `openSecond` is another controller on the same one. */
export interface RegionStoreBench {
  readonly store: RegionStore;
  reopen(kill?: boolean): RegionStore;
  openSecond(): RegionStore;
  close(): void;
}

const now = wallTime(1_790_000_000_000);
const ttl = millis(10_000);

/** Points `from … to` of one boot, as a node would send them. */
export const batch = (
  from: number,
  to: number,
  more: { boot?: number; base?: number; tombstones?: Tombstone[] } = {},
): MetricBatch => ({
  v: 1,
  boot: more.boot ?? 1,
  base: more.base ?? 1,
  series: ["room.air", "room.valve"],
  points: Array.from({ length: Math.max(0, to - from + 1) }, (_, i) => {
    const seq = from + i;
    return [seq, 1_790_000_000_000 + seq, seq % 2, seq % 5 === 0 ? null : seq / 10, 0] as const;
  }).map((point) => [...point]),
  tombstones: more.tombstones ?? [],
});

const evicted = (from: number, to: number): Tombstone => ({
  from,
  to,
  reason: "evicted",
  count: to - from + 1,
});

const record = (change: Partial<NodeRecord> = {}): NodeRecord => ({
  node: "cold-1",
  link: "up",
  boot: 3,
  session: 2,
  mode: "connected",
  reason: "a lease of main",
  since: now,
  lastHeard: now,
  ...change,
});

const grant = (id: string): StandingGrant => ({
  id,
  node: "cold-1",
  loop: "room",
  value: 4.5,
  owner: "ada",
  reason: "test",
  until: wallTime(now + 60_000),
});

export function regionStoreContract(name: string, open: () => RegionStoreBench): void {
  describe(`the ${name} region store`, () => {
    let bench: RegionStoreBench;
    let store: RegionStore;
    beforeEach(() => {
      bench = open();
      store = bench.store;
    });
    afterEach(() => bench.close());
    const delivery = () => store.deliveries().find(({ node }) => node === "n1");

    test("acks a batch as far as it goes", () => {
      expect(store.ingest("n1", batch(1, 50))).toEqual({ upTo: 50, fresh: 50, duplicates: 0 });
      expect(store.ingest("n1", batch(51, 80))).toEqual({ upTo: 80, fresh: 30, duplicates: 0 });
      expect(delivery()).toEqual({ node: "n1", delivered: 80, tombstoned: 0, duplicates: 0 });
    });

    test("G1: a batch that comes again changes nothing but the count of duplicates", () => {
      store.ingest("n1", batch(1, 50));
      expect(store.ingest("n1", batch(1, 50))).toEqual({ upTo: 50, fresh: 0, duplicates: 50 });
      expect(store.ingest("n1", batch(40, 60))).toEqual({ upTo: 60, fresh: 10, duplicates: 11 });
      expect(delivery()).toEqual({ node: "n1", delivered: 60, tombstoned: 0, duplicates: 61 });
    });

    test("G1: nodes and boots have numbers of their own", () => {
      store.ingest("n1", batch(1, 10));
      expect(store.ingest("n2", batch(1, 10))).toMatchObject({ fresh: 10 });
      expect(store.ingest("n1", batch(1, 10, { boot: 2 }))).toMatchObject({ fresh: 10, upTo: 10 });
      expect(store.deliveries().map(({ node, delivered }) => [node, delivered])).toEqual([
        ["n1", 20],
        ["n2", 10],
      ]);
    });

    test("G2, I2: behind a gap samples are kept but not acked, until it is filled", () => {
      store.ingest("n1", batch(1, 10));
      expect(store.ingest("n1", batch(21, 30))).toEqual({ upTo: 10, fresh: 10, duplicates: 0 });
      expect(store.ingest("n1", batch(41, 50))).toMatchObject({ upTo: 10 });
      expect(store.ingest("n1", batch(11, 20))).toMatchObject({ upTo: 30 });
      expect(store.ingest("n1", batch(31, 40))).toMatchObject({ upTo: 50 });
      expect(delivery()).toMatchObject({ delivered: 50, duplicates: 0 });
    });

    test("G2: a tombstone fills what it covers", () => {
      const both = batch(11, 20, { tombstones: [evicted(1, 10)] });
      expect(store.ingest("n1", both)).toEqual({ upTo: 20, fresh: 10, duplicates: 0 });
      const only = batch(1, 0, { tombstones: [evicted(21, 1_000_000)] });
      expect(store.ingest("n1", only)).toMatchObject({ upTo: 1_000_000, fresh: 0 });
      expect(delivery()).toMatchObject({ delivered: 10, tombstoned: 999_990 });
    });

    test("G2: an empty batch acks nothing new", () => {
      expect(store.ingest("n1", batch(1, 0))).toEqual({ upTo: 0, fresh: 0, duplicates: 0 });
    });

    test("G2, I3: with an empty database it starts at the node's base", () => {
      expect(store.ingest("n1", batch(501, 600, { base: 501 }))).toMatchObject({ upTo: 600 });
      expect(store.ingest("n2", batch(601, 700, { base: 501 }))).toMatchObject({ upTo: 500 });
    });

    test("G2, I3: with an old database it starts anew at the node's base, and still takes what it lacks", () => {
      store.ingest("n1", batch(1, 100));
      expect(store.ingest("n1", batch(301, 400, { base: 301 }))).toMatchObject({ upTo: 400 });
      expect(store.ingest("n1", batch(101, 150))).toEqual({ upTo: 400, fresh: 50, duplicates: 0 });
    });

    test("I1: a number is accounted once: what came first stays", () => {
      store.ingest("n1", batch(1, 10));
      store.ingest("n1", batch(15, 16));
      const late = batch(21, 22, { tombstones: [evicted(5, 20)] });
      expect(store.ingest("n1", late)).toMatchObject({ upTo: 22 });
      expect(delivery()).toMatchObject({ delivered: 14, tombstoned: 8 });
      expect(store.ingest("n1", batch(11, 20))).toEqual({ upTo: 22, fresh: 0, duplicates: 10 });
      expect(store.ingest("n1", late)).toMatchObject({ upTo: 22, fresh: 0, duplicates: 2 });
      expect(delivery()).toMatchObject({ delivered: 14, tombstoned: 8 });
    });

    test("G1, G2: any order and repetition of batches gives each number once", () => {
      const pieces = fc.array(fc.integer({ min: 1, max: 12 }), { minLength: 1, maxLength: 12 });
      fc.assert(
        fc.property(pieces, fc.infiniteStream(fc.nat()), (lengths, chance) => {
          const own = open();
          try {
            deliverInAnyOrder(own.store, lengths, chance);
          } finally {
            own.close();
          }
        }),
        { numRuns: 60 },
      );
    });

    test("G3: each claim gives a higher epoch, to any controller", () => {
      const first = store.claim("main", ttl, now);
      const second = store.claim("spare", ttl, now);
      const third = store.claim("main", ttl, now);
      expect(first).toBeGreaterThan(0);
      expect(second).toBeGreaterThan(first);
      expect(third).toBeGreaterThan(second);
      store = bench.reopen(true);
      expect(store.claim("main", ttl, now)).toBeGreaterThan(third);
    });

    test("G3: only who holds the highest epoch can renew it", () => {
      const first = store.claim("main", ttl, now);
      expect(store.renew("main", first, ttl, now)).toBe(true);
      expect(store.renew("spare", first, ttl, now)).toBe(false);
      const second = store.claim("spare", ttl, now);
      expect(store.renew("main", first, ttl, now)).toBe(false);
      expect(store.renew("spare", second, ttl, now)).toBe(true);
    });

    test("G3: two controllers on one arbiter never get one epoch", () => {
      const rival = bench.openSecond();
      const given = [1, 2, 3].flatMap(() => [
        store.claim("main", ttl, now),
        rival.claim("spare", ttl, now),
      ]);
      expect(new Set(given).size).toBe(6);
      expect(store.renew("main", given.at(-2) ?? 0, ttl, now)).toBe(false);
      rival.close();
    });

    test("G3: a clock that runs back lowers no epoch", () => {
      const first = store.claim("main", ttl, now);
      expect(store.claim("main", ttl, wallTime(0))).toBeGreaterThan(first);
    });

    test("G4: batches, nodes, grants and lease are there after a kill", () => {
      store.ingest("n1", batch(1, 10));
      store.ingest("n1", batch(1, 10));
      store.keepNode(record());
      store.keepGrant(grant("g1"));
      const epoch = store.claim("main", ttl, now);
      store = bench.reopen(true);
      expect(delivery()).toEqual({ node: "n1", delivered: 10, tombstoned: 0, duplicates: 10 });
      expect(store.nodes()).toEqual([record()]);
      expect(store.grants()).toEqual([grant("g1")]);
      expect(store.renew("main", epoch, ttl, now)).toBe(true);
      expect(store.ingest("n1", batch(11, 12))).toMatchObject({ upTo: 12 });
    });

    test("keeps the newest of each node and grant, and drops a grant once", () => {
      store.keepNode(record());
      store.keepNode(record({ mode: "autonomous", since: wallTime(now + 5) }));
      store.keepGrant(grant("g1"));
      store.keepGrant({ ...grant("g1"), value: 6 });
      store.keepGrant(grant("g2"));
      store.dropGrant("g2");
      store.dropGrant("g2");
      expect(store.nodes()).toEqual([record({ mode: "autonomous", since: wallTime(now + 5) })]);
      expect(store.grants()).toEqual([{ ...grant("g1"), value: 6 }]);
    });
  });
}

/** Cuts numbers into pieces, some of them tombstones, and sends them in a random order, some twice. */
function deliverInAnyOrder(
  store: RegionStore,
  lengths: readonly number[],
  chance: Iterable<number>,
): void {
  const draw = chance[Symbol.iterator]();
  const next = (below: number): number => (draw.next().value as number) % below;
  const batches: MetricBatch[] = [];
  let first = 1;
  let buried = 0;
  for (const length of lengths) {
    const last = first + length - 1;
    const grave = next(4) === 0;
    batches.push(grave ? batch(1, 0, { tombstones: [evicted(first, last)] }) : batch(first, last));
    if (grave) buried += length;
    first = last + 1;
  }
  const order: MetricBatch[] = [];
  for (const one of batches) {
    order.splice(next(order.length + 1), 0, one);
    if (next(3) === 0) order.splice(next(order.length + 1), 0, one);
  }
  let upTo = 0;
  for (const one of order) {
    const ingested = store.ingest("n1", one);
    expect(ingested.upTo).toBeGreaterThanOrEqual(upTo);
    expect(ingested.fresh + ingested.duplicates).toBe(one.points.length);
    upTo = ingested.upTo;
  }
  expect(upTo).toBe(first - 1);
  expect(store.deliveries()[0]).toMatchObject({
    delivered: first - 1 - buried,
    tombstoned: buried,
  });
}
