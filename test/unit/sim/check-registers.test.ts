import { expect, test } from "vitest";
import { millis } from "#src/base/units.ts";
import { outputRules, RegisterWitness } from "#src/sim/check-registers.ts";
import { later } from "#src/sim/moment.ts";
import { PlantField } from "#src/sim/plant-field.ts";
import { plantLayout } from "#src/sim/plant-layout.ts";
import { coldRoom, WitnessBench } from "./witness-bench.ts";

const compressor = 0;

class Bench extends WitnessBench {
  readonly field: PlantField;
  readonly witness: RegisterWitness;

  constructor() {
    super();
    const layout = plantLayout(coldRoom, "plc");
    this.field = new PlantField({ layout, seed: 1, now: this.world.now });
    const rules = outputRules(coldRoom);
    this.witness = new RegisterWitness(this.field, layout, rules, 1_000, this.findings, "north/n1");
  }

  /** Feeds the watchdog all the while. */
  hold(value: number, length: number): void {
    for (let passed = 0; passed < length; passed += 1_000) {
      this.field.stepTo(this.world.now);
      this.field.write(compressor, value);
      this.pass(1_000);
      this.field.stepTo(this.world.now);
    }
  }
}

test("KB1: a register outside its bounds is found, one on its bounds is not", () => {
  const bench = new Bench();
  bench.field.onWritten?.(compressor, 1);
  expect(bench.broken()).toEqual([]);
  bench.field.onWritten?.(compressor, 1.6);
  bench.field.onWritten?.(compressor, Number.NaN);
  expect(bench.broken()).toEqual([
    "bounded: compressor was written 1.6, outside 0 … 1",
    "bounded: compressor was written NaN, outside 0 … 1",
  ]);
});

test("KB2: a compressor that starts before it has rested is found, whoever started it", () => {
  const bench = new Bench();
  bench.hold(1, 10_000);
  bench.hold(0, 170_000);
  bench.hold(1, 2_000);
  expect(bench.broken()).toEqual([
    "bounded: a machine started after 170000 ms of rest; it needs 180000 ms",
  ]);
  bench.hold(0, 181_000);
  bench.hold(1, 2_000);
  expect(bench.broken()).toEqual([]);
});

test("KB2: what its own watchdog stopped a moment ago, no poll can have shown", () => {
  const bench = new Bench();
  bench.hold(1, 5_000);
  const { watchdog } = plantLayout(coldRoom, "plc");
  bench.pass(watchdog - 500);
  bench.field.stepTo(bench.world.now);
  expect(bench.field.trippedAt).toBe(later(bench.world.now, millis(-500)));
  bench.hold(1, 2_000);
  expect(bench.broken()).toEqual([]);
});

test("KB2: what gave way a moment ago, no poll can have shown", () => {
  const bench = new Bench();
  bench.hold(1, 5_000);
  bench.field.inject({ kind: "stuck-actuator", signal: "compressor" });
  bench.hold(0, 5_000);
  bench.field.mend({ kind: "stuck-actuator", signal: "compressor" });
  bench.pass(500);
  bench.hold(1, 2_000);
  expect(bench.broken()).toEqual([]);
});
