import { expect, test } from "vitest";
import { limits } from "#src/contract/limits.ts";
import { coil, input, planOf, SiteBench } from "./site-bench.ts";

const site = planOf({
  inputs: { air: input(0) },
  outputs: { "c-1": coil(0), "c-2": coil(1) },
  drives: {
    rack: {
      kind: "staging",
      machines: [{ output: "c-1" }, { output: "c-2" }],
      upDelay: "1s",
      downDelay: "1s",
      rotate: "run-time",
      most: 1,
    },
  },
  loops: {
    cooling: {
      kind: "on-off",
      input: "air",
      output: "rack",
      setpoint: 4,
      bounds: [0, 10],
      deadband: 1,
      action: "direct",
      period: "1s",
    },
  },
});

const running = (bench: SiteBench): readonly (number | undefined)[] => [
  bench.of("c-1"),
  bench.of("c-2"),
];
const written = ({ effects }: SiteBench): number =>
  effects.filter(({ kind }) => kind === "rememberSafety").length;

/** As long as a step of the account, and a little more. */
const step = limits.ranStep / 1_000 + 10;

test("SM3: machines take turns by run time over a restart, too", () => {
  const bench = new SiteBench(site);
  bench.seconds(step, [9]);
  expect(running(bench)).toEqual([1, 0]);
  bench.seconds(10, [1]);
  bench.state = bench.begin();
  bench.seconds(10, [1]);
  expect(running(bench)).toEqual([0, 0]);
  bench.seconds(10, [9]);
  expect(running(bench)).toEqual([0, 1]);
});

test("SM3: the account of run times goes to disk once a step", () => {
  const bench = new SiteBench(site);
  bench.seconds(3 * step, [9]);
  expect(written(bench)).toBe(3);
});
