import { expect, test } from "vitest";
import type { Message } from "#src/contract/topics.ts";
import { type PersonAsked, SetpointWitness } from "#src/sim/check-setpoints.ts";
import { WitnessBench } from "./witness-bench.ts";

const anna: PersonAsked = {
  owner: "anna",
  node: "n1",
  loop: "cooling",
  value: 5,
  from: 0,
  until: 20_000,
  isWithin: true,
};
const said = (value: number, length: number, owner = "anna"): Message => ({
  channel: "setpoint",
  params: { region: "north", node: "n1", loop: "cooling" },
  body: { v: 1, id: "s1", epoch: 1, value, for: length, owner, reason: "test" },
});

class Bench extends WitnessBench {
  readonly witness = new SetpointWitness(this.findings, "north");
}

test("KS1: a setpoint that nobody asked for, or with another value, is found", () => {
  const bench = new Bench();
  bench.witness.asks(anna);
  bench.witness.says(said(5, 10_000));
  expect(bench.broken()).toEqual([]);
  bench.witness.says(said(6, 10_000));
  bench.witness.says(said(5, 10_000, "bert"));
  expect(bench.broken()).toEqual([
    "leased: 6 is asked of n1, and nobody wants it",
    "leased: 5 is asked of n1, and nobody wants it",
  ]);
});

test("KS1: a setpoint that is asked for beyond its end is found", () => {
  const bench = new Bench();
  bench.witness.asks(anna);
  bench.pass(15_000);
  bench.witness.says(said(5, 5_000));
  expect(bench.broken()).toEqual([]);
  bench.witness.says(said(5, 10_000));
  expect(bench.broken()).toEqual(["leased: 5 is asked 5000 ms beyond its end"]);
});

test("KS2: a request that ends twice, or is taken outside its bounds, is found", () => {
  const bench = new Bench();
  bench.witness.ends(anna, true);
  bench.witness.ends({ ...anna, owner: "bert", isWithin: false }, false);
  expect(bench.broken()).toEqual([]);
  bench.witness.ends(anna, false);
  bench.witness.ends({ ...anna, owner: "carl", isWithin: false }, true);
  expect(bench.broken()).toEqual([
    "once: the request of anna ended twice",
    "bounded: 5 was taken, outside its bounds",
  ]);
});
