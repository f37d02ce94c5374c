import { describe, expect, test } from "vitest";
import { ordersAtFailure, ordersAtStop } from "#agents/node/last-orders.ts";
import { instant } from "#src/base/units.ts";
import { nothingLatched, type SafetyMemory } from "#src/contract/safety-memory.ts";
import { coil, cooling, input, planOf, SiteBench, valve } from "./site-bench.ts";

/** A relief valve that two interlocks force, and a compressor that is to run when in doubt. */
const plan = planOf({
  inputs: { air: input(0), pressure: input(1) },
  outputs: {
    compressor: coil(0, { safe: 1, minOff: "5m", startsPerHour: 2 }),
    relief: valve(1),
    fan: coil(1, { safe: 1, onAgentLoss: "hold" }),
  },
  loops: { cooling },
  interlocks: {
    low: { trip: "pressure < 1", force: { relief: 0.2, fan: 0 } },
    high: { trip: "pressure > 24", force: { relief: 1 } },
  },
});

const last = (safety: Partial<SafetyMemory>, written = [1, 0, 0], seen = written) => ({
  safety: { ...nothingLatched, ...safety },
  written,
  image: {
    inputs: [],
    outputs: seen.map((value) => ({ value, quality: "good" as const, at: instant(0) })),
  },
});

const kill = { owner: "anna", reason: "r", at: 1 };

describe("ND1: when nobody decides any more", () => {
  test("an output goes to its safe value", () => {
    expect(ordersAtFailure(plan, last({}))).toEqual([1, 0, 1]);
  });

  test("the interlock that tripped first stands above that", () => {
    expect(ordersAtFailure(plan, last({ latched: ["high", "low"] }))).toEqual([1, 1, 0]);
    expect(ordersAtFailure(plan, last({ latched: ["low", "high"] }))).toEqual([1, 0.2, 0]);
  });

  test("a kill stands above both", () => {
    const kills = [{ output: "relief", ...kill }];
    expect(ordersAtFailure(plan, last({ latched: ["high"], kills }))).toEqual([1, 0, 1]);
    expect(ordersAtFailure(plan, last({ latched: ["low"], kills: [kill] }))).toEqual([1, 0, 1]);
  });

  test("the end of the process leaves what holds, and is under the same", () => {
    expect(ordersAtStop(plan, last({ latched: ["high"] }))).toEqual([1, 1, undefined]);
  });

  test("an interlock goes on to force while its agent fails", () => {
    const bench = new SiteBench(plan);
    bench.seconds(5, [4, 30]);
    for (let failures = 0; failures < 60; failures += 1) {
      bench.fail();
      expect(bench.of("relief")).toBe(1);
    }
    bench.seconds(5, [4, 30]);
    expect(bench.of("relief")).toBe(1);
  });
});

describe("ND2: a machine that has to rest is not started", () => {
  test("where it is off, or nobody knows", () => {
    expect(ordersAtFailure(plan, last({}, [0, 0, 0]))[0]).toBeUndefined();
    expect(ordersAtFailure(plan, last({}, []))[0]).toBeUndefined();
    expect(ordersAtStop(plan, last({}, [0, 0, 0]))[0]).toBeUndefined();
  });

  test("where its device stopped by itself", () => {
    expect(ordersAtFailure(plan, last({}, [1, 0, 0], [0, 0, 0]))[0]).toBeUndefined();
  });

  test("however often the agent fails", () => {
    const bench = new SiteBench(plan);
    bench.seconds(310, [9, 10]);
    expect(bench.of("compressor")).toBe(1);
    bench.seconds(5, [1, 10]);
    expect(bench.of("compressor")).toBe(0);
    for (let failures = 0; failures < 6; failures += 1) {
      bench.fail();
      bench.seconds(10, [9, 10]);
      expect(bench.of("compressor")).toBe(0);
    }
  });

  test("and the agent that starts anew takes it for neither on nor off", () => {
    const bench = new SiteBench(plan);
    bench.seconds(5, [4, 30]);
    bench.fail();
    expect(bench.state.outputs.map(({ value }) => value)).toEqual([undefined, 1, 1]);
  });

  test("but one that runs goes on", () => {
    const bench = new SiteBench(plan);
    bench.seconds(310, [9, 10]);
    bench.fail();
    expect(bench.of("compressor")).toBe(1);
    bench.seconds(10, [9, 10]);
    expect(bench.of("compressor")).toBe(1);
  });
});
