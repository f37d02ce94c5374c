import { expect, test } from "vitest";
import { millis } from "#src/base/units.ts";
import { nothingLatched, type SafetyMemory } from "#src/contract/safety-memory.ts";
import { LatchWitness } from "#src/sim/check-latches.ts";
import { outputRules } from "#src/sim/check-registers.ts";
import { siteOf } from "./site.ts";
import { WitnessBench } from "./witness-bench.ts";

const { config } = siteOf("cold-room", {
  interlocks: {
    hot: { trip: "ambient > 40", force: { compressor: 0 } },
    cold: { trip: "ambient < 0", force: { fan: 0 }, reset: "after 10s" },
  },
});
const rules = outputRules(config);
const person = { id: "k" };
const kills = [{ output: "fan", owner: "anna", reason: "test", at: 1 }];

class Bench extends WitnessBench {
  readonly disk = { safety: undefined as SafetyMemory | undefined };
  readonly witness = new LatchWitness(config, rules, this.disk, this.findings, "north/n1");

  kill(output: string | undefined): void {
    this.witness.orders({ kind: "kill", output, ...person });
  }

  revive(output: string | undefined): void {
    this.witness.orders({ kind: "revive", output, ...person });
  }

  keeps(safety: Partial<SafetyMemory>): void {
    this.witness.keeps({ ...nothingLatched, ...safety });
  }

  /** So many records of compressor, fan and defrost. */
  records(count: number, values: readonly number[], isTripped = false): void {
    for (let record = 0; record < count; record += 1) {
      this.pass(1_000);
      this.witness.takes({
        isTripped: () => isTripped,
        outputAt: (output) => values[output] ?? Number.NaN,
      });
    }
  }
}

test("KL1: what was killed and moves is found, also after a restart, until it is released", () => {
  const bench = new Bench();
  bench.kill("fan");
  bench.records(5, [1, 1, 1]);
  bench.keeps({ kills });
  bench.records(3, [1, 0, 1]);
  bench.witness.started();
  bench.witness.reads({ ...nothingLatched, kills });
  expect(bench.broken()).toEqual([]);
  bench.records(3, [1, 1, 1]);
  expect(bench.broken()).toEqual(["latched: fan is at 1, and killed"]);
  bench.revive("fan");
  bench.records(9, [1, 1, 1]);
  expect(bench.broken()).toEqual([]);
});

test("KL1: what was released stays so, though the disk that refused to know is read again", () => {
  const bench = new Bench();
  bench.witness.reads(nothingLatched);
  bench.kill("fan");
  bench.keeps({ kills });
  bench.revive("fan");
  bench.witness.tries(nothingLatched);
  bench.witness.reads({ ...nothingLatched, kills });
  bench.records(9, [1, 1, 1]);
  expect(bench.broken()).toEqual([]);
  bench.witness.started();
  bench.witness.reads({ ...nothingLatched, kills });
  bench.records(3, [1, 1, 1]);
  expect(bench.broken()).toEqual(["latched: fan is at 1, and killed"]);
});

test("KL2: an interlock that is let go without a person is found, one that a person reset is not", () => {
  const bench = new Bench();
  bench.keeps({ latched: ["hot", "cold"] });
  bench.records(9, [0, 0, 0], true);
  bench.witness.orders({ kind: "reset", interlock: "hot", ...person });
  bench.records(9, [0, 0, 0], false);
  expect(bench.broken()).toEqual([]);
  bench.keeps({ latched: ["hot"] });
  bench.witness.started();
  bench.records(3, [0, 0, 0], false);
  expect(bench.broken()).toEqual(["latched: hot was let go, and nobody reset it"]);
});

test("KL2: one that lets go by itself, or that was tripped for want of a value, is not found", () => {
  const bench = new Bench();
  bench.keeps({ latched: ["cold", "hot"], blind: ["hot"] });
  bench.records(9, [0, 0, 0], false);
  expect(bench.broken()).toEqual([]);
});

test("KL4: a kill that is told to be done, and is not on disk, is found, unless the disk refused it", () => {
  const bench = new Bench();
  bench.witness.reads(nothingLatched);
  bench.kill("fan");
  bench.witness.replied("k", false);
  expect(bench.broken()).toEqual(["latched: fan is said to be killed, and its disk does not know"]);
  bench.kill("fan");
  bench.keeps({ kills });
  bench.witness.replied("k", false);
  bench.kill("compressor");
  bench.witness.tries(nothingLatched);
  bench.witness.replied("k", false);
  bench.kill("nothing");
  bench.witness.replied("k", true);
  expect(bench.broken()).toEqual([]);
});

test("KL5: a disk that is told to forget a kill or a trip is found, unless a person wished it", () => {
  const bench = new Bench();
  bench.kill("fan");
  bench.keeps({ kills, latched: ["hot", "cold"] });
  bench.keeps({});
  expect(bench.broken()).toEqual([
    "latched: its disk was told to forget that fan is killed",
    "latched: its disk was told to forget that hot is tripped",
  ]);
  bench.kill("fan");
  bench.keeps({ kills, latched: ["hot"] });
  bench.revive("fan");
  bench.witness.orders({ kind: "reset", interlock: "hot", ...person });
  // What was on its way says what was before.
  bench.keeps({ kills, latched: ["hot"] });
  bench.keeps({});
  bench.keeps({ latched: ["cold", "hot"], blind: ["hot"] });
  bench.keeps({});
  expect(bench.broken()).toEqual([]);
});

test("KL5: what a program read of its disk is not forgotten with its next word", () => {
  const bench = new Bench();
  bench.witness.reads({ ...nothingLatched, kills });
  bench.keeps({});
  expect(bench.broken()).toEqual(["latched: its disk was told to forget that fan is killed"]);
});

test("KL4: a release that is told to be done, and is not on disk, is found, unless the disk refused it", () => {
  const bench = new Bench();
  bench.kill("fan");
  bench.keeps({ kills });
  bench.witness.replied("k", false);
  bench.revive("fan");
  bench.witness.replied("k", false);
  expect(bench.broken()).toEqual([
    "latched: fan is said to be released, and its disk does not know",
  ]);
  bench.kill("fan");
  bench.keeps({ kills });
  bench.revive("fan");
  bench.witness.tries(nothingLatched);
  bench.witness.replied("k", false);
  bench.revive("fan");
  bench.keeps({});
  bench.witness.replied("k", false);
  expect(bench.broken()).toEqual([]);
});

test("KL4: a trip that its disk does not know of is found, unless the disk refused it", () => {
  const bench = new Bench();
  bench.keeps({});
  bench.records(2, [0, 0, 0], true);
  bench.keeps({ latched: ["hot", "cold"] });
  bench.records(9, [0, 0, 0], true);
  bench.witness.orders({ kind: "reset", interlock: "hot", ...person });
  bench.keeps({});
  bench.records(9, [0, 0, 0], false);
  bench.witness.tries({ ...nothingLatched, latched: ["hot", "cold"] });
  bench.records(9, [0, 0, 0], true);
  expect(bench.broken()).toEqual([]);
  bench.keeps({});
  bench.records(3, [0, 0, 0], true);
  expect(bench.broken()).toEqual([
    "latched: hot is tripped, and its disk does not know",
    "latched: cold is tripped, and its disk does not know",
  ]);
});

test("KL4: what cannot be opened takes nothing, and once it is knows what it took", () => {
  const bench = new Bench();
  bench.witness.reads(nothingLatched, false);
  bench.kill("fan");
  bench.witness.replied("k", false);
  bench.records(9, [0, 0, 0], true);
  expect(bench.broken()).toEqual([]);
  bench.witness.reads(nothingLatched);
  bench.kill("fan");
  bench.witness.replied("k", false);
  expect(bench.broken()).toEqual(["latched: fan is said to be killed, and its disk does not know"]);
});

test("KL3: a disk that forgot a kill or a trip is found", () => {
  const bench = new Bench();
  bench.keeps({ kills: [{ owner: "anna", reason: "test", at: 1 }], latched: ["hot"] });
  bench.witness.reads(nothingLatched);
  expect(bench.broken()).toEqual([
    "latched: its disk does not know any more that all of it was killed",
    "latched: its disk does not know that hot is tripped",
  ]);
});

test("KL3: a disk may have taken what it was asked for when the power went", () => {
  const bench = new Bench();
  const safety = { ...nothingLatched, kills, latched: ["hot"] };
  bench.keeps(safety);
  bench.witness.tries(nothingLatched);
  bench.witness.reads(nothingLatched);
  expect(bench.broken()).toEqual([]);
  bench.keeps(safety);
  bench.witness.tries({ ...nothingLatched, latched: ["hot"] });
  bench.witness.started();
  bench.witness.reads(nothingLatched);
  expect(bench.broken()).toEqual(["latched: its disk does not know that hot is tripped"]);
});

test("who may be killed or by hand is known as long as the order goes, and a little longer", () => {
  const bench = new Bench();
  bench.kill(undefined);
  bench.kill("fan");
  bench.revive("fan");
  bench.pass(10_000);
  expect([bench.witness.isKilled(1), bench.witness.isKilled(0)]).toEqual([true, true]);
  bench.revive(undefined);
  bench.pass(10_000);
  expect(bench.witness.isKilled(1)).toBe(false);
  bench.witness.reads({ ...nothingLatched, kills });
  expect([bench.witness.isKilled(1), bench.witness.isKilled(0)]).toEqual([true, false]);
  bench.revive("fan");
  const hand = { output: "fan", value: 1, for: millis(20_000) };
  bench.witness.orders({ kind: "force", ...hand, ...person });
  bench.pass(19_000);
  expect([bench.witness.isByHand(1), bench.witness.isByHand(0)]).toEqual([true, false]);
  bench.pass(5_000);
  expect(bench.witness.isByHand(1)).toBe(false);
});

test("a hand that is refused leaves the one before it, one that is taken replaces it", () => {
  const bench = new Bench();
  const order = (id: string, length: number): void =>
    bench.witness.orders({ kind: "force", ...person, id, output: "fan", for: millis(length) });
  order("long", 60_000);
  bench.witness.replied("long", false);
  order("refused", 10_000);
  bench.witness.replied("refused", true);
  bench.pass(30_000);
  expect(bench.witness.isByHand(1)).toBe(true);
  order("short", 10_000);
  bench.witness.replied("short", false);
  bench.pass(20_000);
  expect(bench.witness.isByHand(1)).toBe(false);
});
