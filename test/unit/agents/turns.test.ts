import { expect, test } from "vitest";
import { minutes } from "#src/base/units.ts";
import { limits } from "#src/contract/limits.ts";
import { coil, input, planOf, SiteBench } from "./site-bench.ts";

const said = {
  inputs: { air: input(0), oil: input(1) },
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
};
const site = planOf(said);

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

const anna = { owner: "anna", reason: "test" };
const takes: readonly (readonly [string, (bench: SiteBench) => void])[] = [
  [
    "killed",
    (bench) => bench.give({ kind: "kill", id: "k", output: "c-1", wall: bench.wall, ...anna }),
  ],
  ["stopped by hand", (bench) => byHand(bench, 0)],
];
const byHand = (bench: SiteBench, value: number): void =>
  bench.give({ kind: "force", id: "h", output: "c-1", value, for: minutes(10), ...anna });

test.each(takes)("SG3: a machine that is %s is passed over, however little it ran", (_, take) => {
  const bench = new SiteBench(site);
  bench.seconds(10, [1]);
  take(bench);
  bench.seconds(10, [9]);
  expect(running(bench)).toEqual([0, 1]);
});

test("SG4: a machine that runs by hand counts, and no other starts beside it", () => {
  const bench = new SiteBench(site);
  bench.seconds(10, [1]);
  byHand(bench, 1);
  bench.seconds(20, [9]);
  expect(running(bench)).toEqual([1, 0]);
});

test("SG3: a machine that an interlock stops is passed over", () => {
  const bench = new SiteBench(
    planOf({ ...said, interlocks: { oil: { trip: "oil < 1", force: { "c-1": 0 } } } }),
  );
  bench.seconds(10, [1, 0]);
  bench.seconds(10, [9, 0]);
  expect(running(bench)).toEqual([0, 1]);
});

test("SG3: a motor that fails within its minimum run is replaced in the next cycle", () => {
  const [first, second] = said.drives.rack.machines;
  const bench = new SiteBench(
    planOf({
      ...said,
      inputs: { ...said.inputs, fault: input(2) },
      outputs: { "c-1": coil(0, { minOn: "10m" }), "c-2": coil(1, { minOn: "10m" }) },
      drives: {
        rack: { ...said.drives.rack, machines: [{ ...first, unavailable: "fault" }, second] },
      },
    }),
  );
  bench.seconds(10, [9, 0, 0]);
  expect(running(bench)).toEqual([1, 0]);
  bench.pass([9, 0, 1]);
  expect(running(bench)).toEqual([1, 1]);
  bench.seconds(10 * 60, [9, 0, 1]);
  expect(running(bench)).toEqual([0, 1]);
});

test("SM3: the account of run times goes to disk once a step", () => {
  const bench = new SiteBench(site);
  bench.seconds(3 * step, [9]);
  expect(written(bench)).toBe(3);
});
