import { expect, test } from "vitest";
import { link } from "#agents/node/link.ts";
import type { LinkPlan } from "#agents/node/link-messages.ts";
import type { LinkState } from "#agents/node/link-state.ts";
import { fault } from "#src/base/fault.ts";
import { instant, millis, wallTime } from "#src/base/units.ts";
import { limits } from "#src/contract/limits.ts";
import type { Row, Stretch } from "#src/contract/samples.ts";
import type { LinkEffect, LinkInput } from "#src/core/link-io.ts";

/** What happens when answers come late, or between others: here each input is given by hand. */
const plan: LinkPlan = {
  region: "north",
  node: "room-1",
  version: "1",
  hasUplink: true,
  maxPoints: 10_000,
  sendEvery: millis(0),
};

class Bench {
  now = instant(5_000);
  state: LinkState;
  effects: readonly LinkEffect[];

  constructor() {
    const step = link.start(plan, { seed: 7, numbered: 0, mode: undefined }, this.now);
    this.state = step.state;
    this.effects = step.effects;
  }

  /** With a disk that works, and a broker that took the session. */
  static connected(): Bench {
    const bench = new Bench();
    bench.give(storeUp());
    bench.give({ kind: "busUp" });
    bench.give({ kind: "loaded", round: bench.state.outbox.round, stretch: undefined });
    return bench;
  }

  give(input: LinkInput): readonly LinkEffect["kind"][] {
    const step = link.step(plan, this.state, input, this.now);
    this.state = step.state;
    this.effects = step.effects;
    return step.effects.map(({ kind }) => kind);
  }

  wait(length: number): readonly LinkEffect["kind"][] {
    this.now = instant(this.now + length);
    return this.give({ kind: "wake" });
  }

  /** So many rows, of one sample each where not said otherwise. */
  samples(count: number, shed = 0, width = 1): readonly LinkEffect["kind"][] {
    const one: Row = {
      at: wallTime(1),
      series: Array.from({ length: width }, (_, place) => `in/${place}`),
      values: new Array<number>(width).fill(1),
      qualities: new Array<"good">(width).fill("good"),
    };
    return this.give({ kind: "rows", rows: Array.from({ length: count }, () => one), shed });
  }

  lease(epoch: number, controller: string): readonly LinkEffect["kind"][] {
    const body = { v: 1, controller, epoch, ttl: 9_000 } as const;
    const params = { region: "north" };
    return this.give({ kind: "message", message: { channel: "lease", params, body } });
  }

  setpoint(epoch: number): readonly LinkEffect["kind"][] {
    const body = { v: 1, id: "s", epoch, value: 3, for: 9_000, owner: "o", reason: "r" } as const;
    const params = { region: "north", node: "room-1", loop: "cooling" };
    return this.give({ kind: "message", message: { channel: "setpoint", params, body } });
  }

  effect<K extends LinkEffect["kind"]>(kind: K): Extract<LinkEffect, { kind: K }> | undefined {
    return this.effects.find((one) => one.kind === kind) as never;
  }
}

const storeUp = (boot = 4, buffered = 0): LinkInput => ({
  kind: "storeUp",
  boot,
  buffered,
  epoch: 2,
  controller: "c1",
});
const storeDown: LinkInput = { kind: "storeDown", fault: fault("STORE_FULL", { path: "x" }) };
const stretch = (from: number, to: number): Stretch => ({
  boot: 4,
  base: 1,
  from,
  to,
  rows: [],
  tombstones: [{ from, to, reason: "shed", count: to - from + 1 }],
});

test("L1: a load that fails while samples go to disk does not number them twice", () => {
  const bench = Bench.connected();
  expect(bench.samples(limits.flushPoints)).toContain("append");
  bench.give(storeDown);
  bench.give({ kind: "appended", upTo: 1_000, buffered: 1_000 });
  bench.samples(1);
  bench.give(storeUp(4, 1_000));
  bench.wait(limits.flushEvery);
  expect(bench.effect("append")).toMatchObject({ intake: { from: 1_001, shed: 0 } });
  expect(bench.effect("append")?.intake.rows).toHaveLength(1);
  expect(bench.state.inbox.pending).toHaveLength(1);
});

test("L1: numbers that an agent before this one gave out are not given out again", () => {
  const bench = Bench.connected();
  bench.give({ kind: "appended", upTo: 40, buffered: 40 });
  expect(bench.samples(2)).toContain("append");
  expect(bench.effect("append")?.intake).toMatchObject({ from: 41, shed: 0 });
  expect(bench.effect("append")?.intake.rows).toHaveLength(2);
});

test("L2: what waits is bounded also while a transaction runs, and those it holds are kept", () => {
  const bench = Bench.connected();
  bench.samples(limits.flushPoints);
  bench.samples(limits.pendingPoints);
  expect(bench.state.inbox.pending).toHaveLength(limits.pendingPoints);
  bench.give({ kind: "appended", upTo: 1_000, buffered: 1_000 });
  expect(bench.effect("append")).toMatchObject({ intake: { from: 1_001, shed: 1_000 } });
});

test("L2: what was shed is written down though nothing comes after it, and only once", () => {
  const bench = Bench.connected();
  bench.samples(0, 3);
  expect(bench.effect("append")).toMatchObject({ intake: { from: 1, shed: 3, rows: [] } });
  expect(bench.wait(limits.flushEvery)).not.toContain("append");
});

test("L1: a row goes to disk whole, and so many of them as a transaction takes", () => {
  const bench = Bench.connected();
  bench.samples(3, 0, 300);
  bench.samples(2, 0, 300);
  bench.give({ kind: "appended", upTo: 900, buffered: 900 });
  bench.samples(2, 0, 300);
  expect(bench.effect("append")?.intake).toMatchObject({ from: 901, shed: 0 });
  expect(bench.effect("append")?.intake.rows).toHaveLength(3);
  expect(bench.state.inbox.pending).toHaveLength(4);
});

test("L2: a row that does not fit is dropped whole, and each of its samples counted", () => {
  const bench = new Bench();
  bench.samples(3, 0, limits.pendingPoints / 2 - 1);
  expect(bench.state.inbox).toMatchObject({ shed: limits.pendingPoints / 2 - 1 });
  expect(bench.state.inbox.pending).toHaveLength(2);
});

test("an eviction that fails is tried again once the disk works", () => {
  const bench = new Bench();
  expect(bench.give(storeUp(4, 10_001))).toContain("evict");
  bench.give(storeDown);
  bench.wait(limits.storeRetry);
  expect(bench.give(storeUp(4, 10_001))).toContain("evict");
});

test("a disk that fails under unanswered batches does not make it spin", () => {
  const bench = Bench.connected();
  bench.samples(1);
  bench.wait(limits.flushEvery);
  bench.give({ kind: "appended", upTo: 1, buffered: 1 });
  bench.give({ kind: "loaded", round: bench.state.outbox.round, stretch: stretch(1, 1) });
  bench.give(storeDown);
  for (let i = 0; i < 10; i += 1) {
    bench.wait(limits.ackTimeout);
    expect(bench.effect("wake")?.at ?? Number.POSITIVE_INFINITY).toBeGreaterThan(bench.now);
    if (bench.effect("openStore") !== undefined) bench.give(storeDown);
  }
});

test("does not connect before it knows what its death is to say", () => {
  const bench = new Bench();
  expect(bench.effects.map(({ kind }) => kind)).toEqual(["openStore"]);
  bench.give(storeUp());
  expect(bench.effect("connect")?.will).toMatchObject({ body: { boot: 4, session: 1 } });
});

test("connects without a disk too, and anew once it knows its boot", () => {
  const bench = new Bench();
  expect(bench.give(storeDown)).toContain("connect");
  expect(bench.give({ kind: "busUp" })).toContain("publish");
  bench.give(storeUp());
  expect(bench.effect("connect")?.will).toMatchObject({ body: { boot: 4, session: 2 } });
  bench.give({ kind: "busUp" });
  expect(bench.effect("publish")?.message).toMatchObject({
    body: { state: "up", boot: 4, session: 2 },
  });
});

test("E2: of two controllers with one new epoch the first is obeyed, though neither is on disk", () => {
  const bench = Bench.connected();
  expect(bench.lease(5, "c1")).toContain("keepEpoch");
  expect(bench.lease(5, "c2")).not.toContain("keepEpoch");
  expect(bench.effect("report")?.fault.code).toBe("LEASE_RIVAL");
  bench.give({ kind: "epochKept", epoch: 5, controller: "c1" });
  expect(bench.effect("control")).toMatchObject({ input: { controller: "c1" } });
});

test("L3: of two new epochs the higher is obeyed, and only when it is on disk", () => {
  const bench = Bench.connected();
  bench.lease(5, "c1");
  bench.lease(6, "c2");
  expect(bench.give({ kind: "epochKept", epoch: 5, controller: "c1" })).not.toContain("control");
  bench.give({ kind: "epochKept", epoch: 6, controller: "c2" });
  expect(bench.effect("control")).toMatchObject({ input: { epoch: 6, controller: "c2" } });
});

test("L3, E3: a setpoint of a higher epoch is refused until that epoch is on disk", () => {
  const bench = Bench.connected();
  bench.lease(5, "c1");
  expect(bench.setpoint(5)).not.toContain("control");
  expect(bench.effect("report")?.fault.code).toBe("SETPOINT_EPOCH");
  bench.give({ kind: "epochKept", epoch: 5, controller: "c1" });
  expect(bench.setpoint(5)).toContain("control");
});

test("E3: an epoch that did not get to the disk is written again for the next lease", () => {
  const bench = Bench.connected();
  bench.lease(5, "c1");
  expect(bench.give(storeDown)).not.toContain("control");
  expect(bench.lease(5, "c1")).toContain("keepEpoch");
});

test("OB4: a stretch that was asked for before a rewind is not sent", () => {
  const bench = Bench.connected();
  bench.samples(1);
  bench.wait(limits.flushEvery);
  bench.give({ kind: "appended", upTo: 1, buffered: 1 });
  const { round } = bench.state.outbox;
  bench.give({ kind: "busDown", fault: fault("BUS_LOST", { url: "u", why: "w" }) });
  bench.wait(limits.backoffCap);
  bench.give({ kind: "busUp" });
  expect(bench.give({ kind: "loaded", round, stretch: stretch(1, 1) })).not.toContain("publish");
  const again = bench.state.outbox.round;
  expect(bench.give({ kind: "loaded", round: again, stretch: stretch(1, 1) })).toContain("publish");
});
