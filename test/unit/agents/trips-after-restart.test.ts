import { describe, expect, test } from "vitest";
import { coil, cooling, input, planOf, SiteBench } from "./site-bench.ts";

const site = (interlocks: object) =>
  new SiteBench(
    planOf({
      inputs: { air: input(0), pressure: input(1) },
      outputs: { compressor: coil(0), fan: coil(1) },
      loops: { cooling },
      interlocks,
    }),
  );

const reset = (bench: SiteBench, interlock: string): string => {
  bench.effects.length = 0;
  bench.give({ kind: "reset", id: "r", interlock, owner: "anna", reason: "r" });
  const [reply] = bench.effects.filter(({ kind }) => kind === "reply");
  return reply?.kind === "reply" ? (reply.refused?.code ?? "granted") : "no reply";
};

const high = { high: { trip: "pressure > 24", delay: "60s", force: { compressor: 0 } } };

describe("IL2, SM1: after a restart", () => {
  test("nobody resets a trip before its first values are there", () => {
    const bench = site(high);
    bench.seconds(5, [9, 10]);
    bench.seconds(62, [9, 30]);
    bench.state = bench.begin();
    expect(reset(bench, "high")).toBe("INTERLOCK_HOLDS");
    bench.pass([9, 30]);
    expect(reset(bench, "high")).toBe("INTERLOCK_HOLDS");
    bench.pass([9, 10]);
    expect(reset(bench, "high")).toBe("granted");
  });

  test("a trip that ends by itself stands for its time anew", () => {
    const bench = site({
      frost: { trip: "pressure < 5", force: { compressor: 0 }, reset: "after 10m" },
    });
    bench.seconds(5, [9, 10]);
    bench.seconds(3, [9, 1]);
    bench.seconds(5, [9, 10]);
    bench.state = bench.begin();
    bench.seconds(600, [9, 10]);
    expect(bench.of("compressor")).toBe(0);
    bench.seconds(2, [9, 10]);
    expect(bench.of("compressor")).toBe(1);
    expect(bench.memory.safety.latched).toEqual([]);
  });

  test("the first that tripped decides still", () => {
    const bench = site({
      a: { trip: "pressure > 24", force: { compressor: 1 } },
      z: { trip: "air > 20", force: { compressor: 0 } },
    });
    bench.seconds(5, [9, 10]);
    bench.seconds(2, [30, 10]);
    bench.seconds(2, [30, 30]);
    expect(bench.memory.safety.latched).toEqual(["z", "a"]);
    bench.state = bench.begin();
    bench.seconds(10, [30, 30]);
    expect(bench.of("compressor")).toBe(0);
    expect(bench.memory.safety.latched).toEqual(["z", "a"]);
  });
});

describe("IL4, SM1: a trip for want of a value", () => {
  const blind = (): SiteBench => {
    const bench = site({ high: { trip: "pressure > 24", force: { compressor: 0 } } });
    bench.seconds(5, [9, 10]);
    bench.seconds(2, [9, Number.NaN]);
    expect(bench.of("compressor")).toBe(0);
    return bench;
  };

  test("stands through restarts that follow each other sooner than it waits for first values", () => {
    const bench = blind();
    for (let restarts = 0; restarts < 6; restarts += 1) {
      bench.state = bench.begin();
      for (let second = 0; second < 4; second += 1) {
        bench.pass([9, Number.NaN]);
        expect(bench.of("compressor")).toBe(0);
      }
    }
  });

  test("ends with the value's return all the same", () => {
    const bench = blind();
    bench.state = bench.begin();
    bench.pass([9, 10]);
    expect(bench.of("compressor")).toBe(1);
    expect(bench.memory.safety).toMatchObject({ latched: [], blind: [] });
  });

  test("stays for a person where the returned value is the condition itself", () => {
    const bench = blind();
    bench.state = bench.begin();
    bench.pass([9, 30]);
    expect(bench.memory.safety).toMatchObject({ latched: ["high"], blind: [] });
    bench.seconds(5, [9, 10]);
    expect(bench.of("compressor")).toBe(0);
  });
});
