import { expect, test } from "vitest";
import { InterlockWitness } from "#src/sim/check-interlocks.ts";
import { outputRules } from "#src/sim/check-registers.ts";
import { siteOf } from "./site.ts";
import { WitnessBench } from "./witness-bench.ts";

const { config } = siteOf("cold-room", {
  interlocks: { hot: { trip: "ambient > 40", force: { compressor: 0, fan: 0, defrost: 1 } } },
});

class Bench extends WitnessBench {
  readonly witness = new InterlockWitness(config, outputRules(config), this.findings, "north/n1");

  /** So many records of compressor, fan and defrost. */
  records(count: number, isTripped: boolean, values: readonly number[]): void {
    for (let record = 0; record < count; record += 1) {
      this.witness.takes({
        isTripped: () => isTripped,
        outputAt: (output) => values[output] ?? Number.NaN,
      });
    }
  }
}

test("KI1: an output that goes on although an interlock forces it is found", () => {
  const bench = new Bench();
  bench.records(5, false, [1, 1, 0]);
  bench.records(2, true, [1, 1, 0]);
  bench.records(5, true, [0, 0, 1]);
  expect(bench.broken()).toEqual([]);
  bench.records(3, true, [0, 1, 1]);
  expect(bench.broken()).toEqual(["bounded: fan is at 1, and an interlock forces it to 0"]);
});
