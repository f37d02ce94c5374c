import { expect, test } from "vitest";
import type { Message } from "#src/contract/topics.ts";
import { AuthorityWitness, emptyAuthorityDisk, loopRules } from "#src/sim/check-authority.ts";
import { coldRoom, WitnessBench } from "./witness-bench.ts";

const ttl = 10_000;
const lease = (epoch: number, controller = "one"): Message => ({
  channel: "lease",
  params: { region: "north" },
  body: { v: 1, controller, epoch, ttl },
});
const setpoint = (id: string, value: number, length: number, epoch = 1): Message => ({
  channel: "setpoint",
  params: { region: "north", node: "n1", loop: "cooling" },
  body: { v: 1, id, epoch, value, for: length, owner: "anna", reason: "test" },
});

class Bench extends WitnessBench {
  readonly disk = emptyAuthorityDisk();
  readonly witness = new AuthorityWitness(
    coldRoom,
    loopRules(coldRoom),
    this.disk,
    this.findings,
    "north/n1",
  );

  constructor() {
    super();
    this.witness.started();
    this.witness.keeps(1);
  }

  renew(): void {
    this.witness.hears(lease(1));
    this.witness.obeys("one", 1);
  }
}

test("KA1: connected without a lease that runs is found", () => {
  const bench = new Bench();
  bench.renew();
  bench.pass(ttl - 1);
  bench.witness.says("connected");
  expect(bench.broken()).toEqual([]);
  bench.pass(100);
  bench.witness.says("connected");
  expect(bench.broken()).toEqual(["leased: connected without a lease"]);
});

test("KA1: connected again after a single lease is found", () => {
  const bench = new Bench();
  bench.witness.says("autonomous");
  bench.renew();
  bench.witness.says("connected");
  expect(bench.broken()).toEqual(["leased: connected again after one lease"]);
  bench.witness.says("autonomous");
  bench.renew();
  bench.pass(3_000);
  bench.renew();
  bench.witness.says("connected");
  expect(bench.broken()).toEqual([]);
});

test("KA2: a setpoint that nobody asked for, or whose time is over, is found", () => {
  const bench = new Bench();
  bench.renew();
  bench.witness.follows(0, 4, "connected");
  bench.witness.hears(setpoint("a", 5, 4_000));
  bench.witness.follows(0, 5, "connected");
  expect(bench.broken()).toEqual([]);
  bench.witness.follows(0, 5.5, "connected");
  expect(bench.broken()).toEqual(["leased: cooling follows 5.5, which nobody may ask now"]);
  bench.pass(8_000);
  bench.witness.follows(0, 5, "connected");
  expect(bench.broken()).toEqual(["leased: cooling follows 5, which nobody may ask now"]);
});

test("KA2: a setpoint whose lease has lapsed is found, however long it was granted for", () => {
  const bench = new Bench();
  bench.renew();
  bench.witness.hears(setpoint("a", 5, 600_000));
  bench.pass(ttl + 3_000);
  bench.witness.follows(0, 5, "connected");
  expect(bench.broken()).toHaveLength(1);
});

test("KA2: a setpoint outside the loop's bounds, or handed on unheard, is found", () => {
  const bench = new Bench();
  bench.renew();
  bench.witness.hears(setpoint("a", 9, 60_000));
  bench.witness.follows(0, 9, "connected");
  bench.witness.granted("b");
  expect(bench.broken()).toEqual([
    "bounded: cooling follows 9, outside 2 … 8",
    "leased: setpoint b was never heard",
  ]);
});

test("KA3: an epoch that is lower, not on disk, or of two controllers is found", () => {
  const bench = new Bench();
  bench.witness.keeps(7);
  bench.witness.obeys("one", 7);
  bench.witness.obeys("one", 6);
  bench.witness.obeys("two", 7);
  bench.witness.obeys("two", 8);
  expect(bench.broken()).toEqual([
    "fenced: epoch 6 obeyed after 7",
    "fenced: epoch 7 obeyed of one and of two",
    "fenced: epoch 8 obeyed before it was on disk",
  ]);
});

test("KA3: the disk's word outlives the program, and a setpoint of an older epoch is found", () => {
  const bench = new Bench();
  bench.witness.keeps(7);
  bench.witness.obeys("one", 7);
  bench.witness.started();
  bench.witness.hears(setpoint("a", 5, 60_000, 6));
  bench.witness.granted("a");
  bench.witness.obeys("one", 6);
  expect(bench.broken()).toEqual([
    "fenced: setpoint a of epoch 6 after 7",
    "fenced: epoch 6 obeyed after 7",
  ]);
});

test("KA3: a setpoint of an epoch that is not on disk is found", () => {
  const bench = new Bench();
  bench.renew();
  bench.witness.hears(setpoint("a", 5, 60_000, 2));
  bench.witness.granted("a");
  expect(bench.broken()).toEqual(["fenced: setpoint a of epoch 2 before it was on disk"]);
  bench.witness.keeps(2);
  bench.witness.granted("a");
  expect(bench.broken()).toEqual([]);
});

test("KA4: a node by itself for longer than its budget is found if it is not safe", () => {
  const bench = new Bench();
  bench.witness.says("autonomous");
  bench.pass(599_000);
  bench.witness.says("autonomous");
  expect(bench.broken()).toEqual([]);
  bench.pass(10_000);
  bench.witness.says("safe");
  expect(bench.broken()).toEqual([]);
  bench.witness.says("autonomous");
  expect(bench.broken()).toEqual(["leased: by itself for 609000 ms and not in safe mode"]);
});

test("KA4: a restart does not give the budget back", () => {
  const bench = new Bench();
  bench.witness.says("autonomous");
  bench.pass(400_000);
  bench.witness.says("autonomous");
  bench.witness.started();
  bench.witness.says("autonomous");
  bench.pass(300_000);
  bench.witness.says("autonomous");
  expect(bench.broken()).toHaveLength(1);
});

test("KA5: a loop that goes on with its own setpoint though another was promised is found", () => {
  const bench = new Bench();
  bench.witness.promised("cooling", { value: 5, until: 300_000 });
  for (let second = 0; second <= 30; second += 1) {
    bench.renew();
    bench.witness.says("connected");
    expect(bench.broken()).toEqual([]);
    bench.witness.follows(0, 4, "connected");
    bench.pass(1_000);
  }
  expect(bench.broken()).toEqual(["live: cooling does not follow what was promised"]);
});

test("KA5: what lapsed a moment ago may be on a slow way", () => {
  const bench = new Bench();
  bench.witness.promised("cooling", { value: 5, until: 300_000 });
  for (let second = 0; second <= 44; second += 1) {
    bench.renew();
    bench.witness.says("connected");
    if (second === 30) bench.witness.hears(setpoint("a", 5, ttl));
    if (second > 40) {
      bench.witness.follows(0, 4, "connected");
      expect(bench.broken()).toEqual([]);
    }
    bench.pass(1_000);
  }
  bench.pass(1_000);
  bench.witness.follows(0, 4, "connected");
  expect(bench.broken()).toEqual(["live: cooling does not follow what was promised"]);
});

test("KA5: nothing is promised by a request whose end nobody knows", () => {
  const bench = new Bench();
  bench.witness.promised("cooling", { value: 5, until: 300_000 });
  bench.witness.promised("cooling", undefined);
  for (let second = 0; second <= 60; second += 1) {
    bench.renew();
    bench.witness.says("connected");
    bench.witness.follows(0, 4, "connected");
    bench.pass(1_000);
  }
  expect(bench.broken()).toEqual([]);
});

test("KA6: a node that is local though its disk knows an epoch is found", () => {
  const bench = new Bench();
  bench.witness.reads(0);
  bench.witness.says("local");
  expect(bench.broken()).toEqual([]);
  bench.witness.started();
  bench.witness.reads(3);
  bench.witness.says("local");
  expect(bench.broken()).toEqual(["leased: it acts as if it had never had a region"]);
});

test("KA4: what the disk refused to take is nobody's fault", () => {
  const bench = new Bench();
  bench.witness.says("autonomous");
  bench.pass(400_000);
  bench.witness.says("autonomous");
  bench.witness.keepsAlone(false);
  bench.witness.started();
  bench.witness.says("autonomous");
  bench.pass(300_000);
  bench.witness.says("autonomous");
  expect(bench.broken()).toEqual([]);
});
