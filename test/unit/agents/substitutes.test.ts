import { expect, test } from "vitest";
import { coil, input, planOf, SiteBench } from "./site-bench.ts";

const dead = Number.NaN;
const replaced = { substitute: { for: "24h" } };
const loop = { kind: "on-off", output: "c", action: "direct", period: "1s", bounds: [0, 40] };
const forced = { force: { c: 0 }, onBad: "trip", reset: "manual" };

/** Two pressures with substitutes, and a loop that runs a compressor while the first is above ten. */
const rack = (trip: string, more: object = {}): SiteBench =>
  new SiteBench(
    planOf({
      inputs: { p: input(0, replaced), q: input(1, replaced) },
      outputs: { c: coil(0) },
      loops: { l: { ...loop, input: "p", setpoint: 10, deadband: 1 } },
      interlocks: { high: { ...forced, trip } },
      ...more,
    }),
  );
const isTripped = ({ state }: SiteBench): boolean => state.interlocks[0]?.trippedAt !== undefined;

test("IL5: an interlock trips in the cycle in which its sensor dies, whatever the loop uses", () => {
  const bench = rack("p > 24");
  bench.seconds(30, [15, 15]);
  expect([isTripped(bench), bench.of("c")]).toEqual([false, 1]);
  bench.pass([dead, 15]);
  expect(isTripped(bench)).toBe(true);
  expect([bench.state.loops[0]?.request?.value, bench.of("c")]).toEqual([1, 0]);
  expect(bench.why("c")).toMatch(/tripped: a value it needs is not good/);
  bench.pass([15, 15]);
  expect(isTripped(bench)).toBe(false);
});

test("IL5: a substitute is not known where it is to be ignored, either", () => {
  const declared = { substitute: { for: "24h", value: 30 } };
  const bench = rack("p > 24", {
    inputs: { p: input(0, declared) },
    interlocks: { high: { ...forced, trip: "p > 24", onBad: "ignore" } },
  });
  bench.seconds(10, [dead]);
  expect([isTripped(bench), bench.of("c")]).toEqual([false, 1]);
});

test.each([
  ["a rule", { kind: "rule", expression: "p + q" }],
  ["a min", { kind: "min", of: ["p", "q"] }],
  ["a max", { kind: "max", of: ["p", "q"] }],
])("SV5, IL5: loops use %s over a substitute, interlocks do not", (_, signal) => {
  const bench = rack("s > 100", {
    signals: { s: signal },
    loops: { l: { ...loop, input: "s", setpoint: 10, deadband: 1 } },
  });
  bench.seconds(5, [15, 16]);
  expect(bench.state.values[2]).toMatchObject({ quality: "good", usable: true });
  for (const values of [
    [dead, 16],
    [15, dead],
  ]) {
    bench.pass(values);
    expect(bench.state.values[2]).toMatchObject({ quality: "substitute", usable: true });
    expect(isTripped(bench)).toBe(true);
  }
});

test("VT1, IL5: two dead sensors do not outvote the one that sees the tank run over", () => {
  const bench = new SiteBench(
    planOf({
      inputs: { x: input(0, replaced), y: input(1, replaced), z: input(2, replaced) },
      signals: { level: { kind: "vote", of: ["x", "y", "z"], maxDeviation: 0.3 } },
      outputs: { pump: coil(0) },
      loops: { l: { ...loop, input: "level", output: "pump", setpoint: 2, deadband: 1 } },
      interlocks: { high: { ...forced, trip: "level > 3.5", force: { pump: 1 } } },
    }),
  );
  bench.seconds(30, [1, 1, 1]);
  expect(bench.of("pump")).toBe(0);
  bench.pass([dead, dead, 4.9]);
  expect(bench.state.values[3]).toMatchObject({ value: 4.9, quality: "bad", usable: false });
  expect([isTripped(bench), bench.of("pump")]).toEqual([true, 1]);
});
