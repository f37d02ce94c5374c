import { expect, test } from "vitest";
import { explain } from "#agents/node/explain.ts";
import { minutes } from "#src/base/units.ts";
import { coil, input, planOf, SiteBench, valve } from "./site-bench.ts";

const machine = { minOn: "30s", minOff: "60s" };
const site = planOf({
  inputs: { air: input(0), pressure: input(1) },
  outputs: {
    compressor: coil(0, { ...machine, onSensorBad: "safe" }),
    valve: valve(0, { rate: 0.1 }),
    lamp: coil(1),
  },
  loops: {
    cooling: {
      kind: "on-off",
      input: "air",
      output: "compressor",
      setpoint: 4,
      bounds: [2, 8],
      deadband: 1,
      action: "direct",
      period: "1s",
    },
    level: {
      kind: "pid",
      input: "pressure",
      output: "valve",
      setpoint: 10,
      bounds: [0, 20],
      gain: 0.05,
      integralTime: "100s",
      action: "reverse",
      period: "1s",
    },
  },
  interlocks: { "high-pressure": { trip: "pressure > 20", force: { compressor: 0 } } },
});

const anna = { owner: "anna", reason: "test run" };
const force = (bench: SiteBench, output: string, value: number, length = minutes(5)): void =>
  bench.give({ kind: "force", id: "h", output, value, for: length, ...anna });
const revive = (bench: SiteBench, output: string | undefined): void =>
  bench.give({ kind: "revive", id: "r", output, wall: bench.wall, ...anna });
const refusals = ({ effects }: SiteBench): readonly (string | undefined)[] =>
  effects.flatMap((effect) => (effect.kind === "reply" ? [effect.refused?.code] : []));

/** Long enough on and cold enough that everything rests and may start. */
function rested(): SiteBench {
  const bench = new SiteBench(site);
  bench.seconds(90, [3, 10]);
  return bench;
}

test("HA1: a hand on an output is in place of its loop until its end", () => {
  const bench = rested();
  force(bench, "compressor", 1, minutes(2));
  bench.pass([3, 10]);
  expect(bench.of("compressor")).toBe(1);
  expect(bench.why("compressor")).toBe("by hand of anna: test run, for 1m 59s more");
  bench.seconds(118, [3, 10]);
  expect(bench.of("compressor")).toBe(1);
  bench.pass([3, 10]);
  expect(bench.of("compressor")).toBe(0);
});

test("HA1: an output without a loop obeys a hand, too", () => {
  const bench = rested();
  force(bench, "lamp", 1);
  bench.pass([3, 10]);
  expect(bench.of("lamp")).toBe(1);
});

test("HA1: a restart ends it", () => {
  const bench = rested();
  force(bench, "lamp", 1);
  bench.pass([3, 10]);
  bench.state = bench.begin();
  bench.pass([3, 10]);
  expect(bench.of("lamp")).toBe(0);
});

test("HA2: a value outside the bounds, or of no output, is refused", () => {
  const bench = rested();
  force(bench, "valve", 1.5);
  force(bench, "valve", Number.NaN);
  force(bench, "fan", 1);
  force(bench, "lamp", 0.5);
  expect(refusals(bench)).toEqual([
    "OUTPUT_BOUNDS",
    "OUTPUT_BOUNDS",
    "OUTPUT_UNKNOWN",
    "OUTPUT_SWITCH",
  ]);
});

test("HA3: the loop goes on from where the hand left the output", () => {
  const bench = rested();
  force(bench, "valve", 0.8, minutes(2));
  bench.seconds(119, [3, 10]);
  expect(bench.of("valve")).toBeCloseTo(0.8, 9);
  bench.seconds(2, [3, 10]);
  expect(bench.of("valve")).toBeCloseTo(0.8, 6);
});

test("a hand is in place of the safe state of an output whose sensor is broken, and the safe state is told of", () => {
  const bench = rested();
  force(bench, "compressor", 1);
  bench.seconds(3, [Number.NaN, 10]);
  expect(bench.of("compressor")).toBe(1);
  const told = explain(site, bench.state, "compressor", bench.now, Number);
  expect(told?.winner.authority).toBe("override");
  expect(told?.losers[0]).toEqual({
    authority: "safe-state",
    value: 0,
    unit: null,
    what: "air is bad",
  });
  revive(bench, "compressor");
  bench.seconds(31, [Number.NaN, 10]);
  expect(bench.of("compressor")).toBe(0);
});

test("interlock, minimum run and rest, and rate are above a hand", () => {
  const bench = rested();
  force(bench, "compressor", 1);
  force(bench, "valve", 0.9);
  bench.pass([3, 10]);
  expect(bench.of("valve")).toBeLessThan(0.2);
  bench.pass([3, 21]);
  expect(bench.of("compressor")).toBe(0);
  expect(bench.why("compressor")).toContain("high-pressure tripped");
  const told = explain(site, bench.state, "compressor", bench.now, Number);
  expect(told?.losers).toContainEqual({
    authority: "override",
    value: 1,
    unit: null,
    what: "by hand of anna",
  });
});

test("a stop by hand waits for the minimum run, a start for the rest", () => {
  const bench = rested();
  bench.seconds(5, [9, 10]);
  expect(bench.of("compressor")).toBe(1);
  force(bench, "compressor", 0);
  bench.pass([9, 10]);
  expect(bench.of("compressor")).toBe(1);
  expect(bench.why("compressor")).toContain("(minOn)");
  bench.seconds(30, [9, 10]);
  expect(bench.of("compressor")).toBe(0);
});

test("a release gives the output back to its loop; without a kill or a hand there is nothing to release", () => {
  const bench = rested();
  force(bench, "lamp", 1);
  bench.pass([3, 10]);
  revive(bench, "lamp");
  bench.pass([3, 10]);
  expect(bench.of("lamp")).toBe(0);
  revive(bench, "lamp");
  expect(refusals(bench)).toEqual([undefined, undefined, "NOT_KILLED"]);
});

test.each(["lamp", undefined])(
  "HA4: what is killed takes no hand, neither then nor when it is released: %s",
  (killed) => {
    const bench = rested();
    bench.give({ kind: "kill", id: "k", output: killed, wall: bench.wall, ...anna });
    force(bench, "lamp", 1);
    expect(refusals(bench)).toEqual([undefined, "OUTPUT_KILLED"]);
    revive(bench, killed);
    bench.pass([3, 10]);
    expect(bench.of("lamp")).toBe(0);
    force(bench, "lamp", 1);
    bench.pass([3, 10]);
    expect(bench.of("lamp")).toBe(1);
  },
);

test("HA1: a kill ends it for good", () => {
  const bench = rested();
  force(bench, "lamp", 1);
  bench.give({ kind: "kill", id: "k", output: undefined, wall: bench.wall, ...anna });
  bench.pass([3, 10]);
  revive(bench, undefined);
  bench.pass([3, 10]);
  expect(bench.of("lamp")).toBe(0);
});

test("a second kill changes nothing of the first: who, why and when stand", () => {
  const bench = rested();
  const kill = (output: string | undefined, owner: string): void =>
    bench.give({ kind: "kill", id: owner, output, wall: bench.wall, owner, reason: `of ${owner}` });
  kill("lamp", "anna");
  const first = bench.state.kills;
  bench.pass([3, 10]);
  kill("lamp", "ben");
  expect(bench.state.kills).toEqual(first);
  expect(bench.memory.safety.kills).toEqual(first);
  expect(first).toMatchObject([{ output: "lamp", owner: "anna", reason: "of anna" }]);
  kill(undefined, "ben");
  kill(undefined, "carl");
  expect(bench.state.kills.map(({ owner }) => owner)).toEqual(["anna", "ben"]);
  expect(refusals(bench)).toEqual([undefined, undefined, undefined, undefined]);
});
