import { describe, expect, test } from "vitest";
import { instant, millis } from "#src/base/units.ts";
import { nothingLatched, type SafetyMemory } from "#src/contract/safety-memory.ts";
import { blankMemory } from "#src/core/control-io.ts";
import { coil, cooling, input, planOf, SiteBench } from "./site-bench.ts";

const site = () =>
  new SiteBench(
    planOf({
      inputs: { air: input(0), pressure: input(1) },
      outputs: { compressor: coil(0, { startsPerHour: 4 }), fan: coil(1) },
      loops: { cooling },
      interlocks: { high: { trip: "pressure > 24", force: { compressor: 0 } } },
    }),
  );

const recall = (bench: SiteBench, safety: Partial<SafetyMemory>, more: object = {}): void =>
  bench.give({
    kind: "recall",
    memory: {
      ...blankMemory,
      hasRun: true,
      safety: { ...nothingLatched, ...safety },
      ...more,
    },
  });

describe("SM4: what the disk tells after the start", () => {
  test("of kills holds, beside those of this run", () => {
    const bench = site();
    bench.seconds(3, [9, 10]);
    expect(bench.of("compressor")).toBe(1);
    const by = { owner: "anna", reason: "belt torn" };
    bench.give({ kind: "kill", id: "k", output: "fan", wall: bench.wall, ...by });
    recall(bench, { kills: [{ output: "compressor", at: 1, ...by }] });
    bench.pass([9, 10]);
    expect(bench.of("compressor")).toBe(0);
    expect(bench.memory.safety.kills.map(({ output }) => output)).toEqual(["compressor", "fan"]);
  });

  test("of a latched interlock holds until a person resets it", () => {
    const bench = site();
    bench.seconds(3, [9, 10]);
    recall(bench, { latched: ["high"] });
    bench.seconds(60, [9, 10]);
    expect(bench.of("compressor")).toBe(0);
    expect(bench.memory.safety.latched).toEqual(["high"]);
    bench.give({ kind: "reset", id: "r", interlock: "high", owner: "anna", reason: "r" });
    bench.pass([9, 10]);
    expect(bench.of("compressor")).toBe(1);
  });

  test("of starts counts, with those of this run and the one that may have died unwritten", () => {
    const bench = site();
    bench.seconds(3, [9, 10]);
    recall(bench, { starts: { compressor: [1, 2] }, computer: "another" });
    expect(bench.state.outputs[0]?.starts).toHaveLength(4);
  });

  test("of the region makes a node autonomous, and its time alone goes on", () => {
    const bench = site();
    bench.seconds(10, [9, 10]);
    expect(bench.state.mode.mode).toBe("local");
    recall(bench, {}, { epoch: 3, isolatedFor: millis(50_000) });
    expect(bench.state.mode).toMatchObject({ mode: "autonomous", aloneBefore: 110_000 });
    expect(bench.state.mode.aloneSince).toBe(instant(1_000_000));
    expect(bench.effects).toContainEqual({ kind: "remember", isolatedFor: 120_000 });
  });

  test("is answered with all that is known now", () => {
    const bench = site();
    recall(bench, { latched: ["high"], ran: { fan: 600_000 } });
    expect(bench.effects.at(-1)).toMatchObject({
      kind: "recalled",
      safety: { latched: ["high"], ran: { fan: 600_000 } },
    });
  });
});
