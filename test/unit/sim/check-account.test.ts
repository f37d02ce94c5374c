import { expect, test } from "vitest";
import { wallTime } from "#src/base/units.ts";
import type { MetricBatch } from "#src/contract/messages.ts";
import type { Intake } from "#src/contract/samples.ts";
import { AccountWitness } from "#src/sim/check-account.ts";
import { WitnessBench } from "./witness-bench.ts";

const intake = (from: number, to: number, shed = 0): Intake => ({
  boot: 1,
  from: from - shed,
  shed,
  rows: Array.from({ length: to - from + 1 }, (_, index) => ({
    at: wallTime(0),
    series: ["in/air"],
    values: [from + index],
    qualities: ["good"],
  })),
});
const batch = (from: number, to: number, by = 0): MetricBatch => ({
  v: 1,
  boot: 1,
  base: 1,
  series: ["in/air"],
  points: intake(from, to).rows.map(({ values }, at) => [
    from + at,
    0,
    0,
    (values[0] ?? 0) + by,
    0,
  ]),
  tombstones: [],
});
const said = (upTo: number, fresh: number) => ({ upTo, fresh, duplicates: 0 });

class Bench extends WitnessBench {
  readonly witness = new AccountWitness(this.findings, "north/n1");

  constructor() {
    super();
    this.witness.makes(10);
    this.witness.appended(intake(1, 10));
  }
}

test("KC1: a gap, a number that comes again, and more numbers than points are found", () => {
  const bench = new Bench();
  expect(bench.broken()).toEqual([]);
  bench.witness.makes(2);
  bench.witness.appended(intake(12, 13));
  expect(bench.broken()).toEqual(["accounted: boot 1: number 12 after 10"]);
  bench.witness.appended(intake(13, 13));
  expect(bench.broken()).toEqual([
    "accounted: boot 1: number 13 after 13",
    "once: 13 numbers for 12 points",
  ]);
});

test("KC1: points that vanish between the threads are found; those that became a tombstone are not", () => {
  const bench = new Bench();
  bench.witness.makes(30);
  bench.witness.appended(intake(31, 40, 20));
  bench.witness.settle(5);
  expect(bench.broken()).toEqual([]);
  bench.witness.makes(30);
  bench.witness.settle(5);
  expect(bench.broken()).toEqual(["accounted: 30 points vanished before the disk"]);
});

test("KC2: letting go of what has not arrived is found", () => {
  const bench = new Bench();
  bench.witness.arrived(batch(1, 5), said(5, 5));
  bench.witness.forgot(1, 5);
  expect(bench.broken()).toEqual([]);
  bench.witness.forgot(1, 6);
  expect(bench.broken()).toEqual(["accounted: boot 1: let go up to 6, arrived 5"]);
});

test("KC3: an ack beyond what is committed is found", () => {
  const bench = new Bench();
  bench.witness.arrived(batch(1, 5), said(6, 5));
  expect(bench.broken()).toEqual(["accounted: boot 1: acked up to 6, arrived 5"]);
});

test("KC4: what came before and is counted as new is found", () => {
  const bench = new Bench();
  bench.witness.arrived(batch(1, 5), said(5, 5));
  bench.witness.arrived(batch(4, 8), said(8, 5));
  expect(bench.broken()).toEqual(["once: 5 counted as new, 3 are"]);
});

test("KC5: other values than those that left are found", () => {
  const bench = new Bench();
  bench.witness.arrived(batch(1, 10, 0.5), said(10, 10));
  expect(bench.broken()).toEqual(["accounted: boot 1: other values arrived than left"]);
});

test("KC2, KC5: all is well where all arrives, late and twice", () => {
  const bench = new Bench();
  const promised = bench.witness.promised();
  bench.witness.check(promised);
  expect(bench.broken()).toEqual(["live: boot 1: 10 points did not arrive in time"]);
  bench.witness.arrived(batch(1, 5), said(5, 5));
  bench.witness.arrived(batch(1, 10), said(10, 5));
  bench.witness.forgot(1, 10);
  bench.witness.check(promised);
  expect(bench.broken()).toEqual([]);
});
