import { describe, expect, test } from "vitest";
import { parse } from "yaml";
import { planNode } from "#agents/node/plan.ts";
import { minutes } from "#src/base/units.ts";
import { pumpStationSite } from "#src/cli/sites/pump-station.ts";
import { refrigerationRackSite } from "#src/cli/sites/refrigeration-rack.ts";
import { NodeConfig } from "#src/contract/config.ts";
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

test("SM3: what a machine runs in its safe state counts, too", () => {
  const outputs = { "c-1": coil(0, { onSensorBad: "hold 10m" }), "c-2": coil(1) };
  const bench = new SiteBench(planOf({ ...said, outputs }));
  bench.seconds(60, [9]);
  bench.seconds(300, [Number.NaN]);
  expect(running(bench)).toEqual([1, 0]);
  expect(bench.state.drives[0]?.ran).toEqual([358_000, 0]);
});

test("SG3: a machine whose flag is a substitute is not relied upon", () => {
  const [first, second] = said.drives.rack.machines;
  const rack = { ...said.drives.rack, machines: [{ ...first, unavailable: "oil" }, second] };
  const inputs = { ...said.inputs, oil: input(1, { substitute: { for: "1h", value: 0 } }) };
  const bench = new SiteBench(planOf({ ...said, inputs, drives: { rack } }));
  bench.seconds(10, [9, Number.NaN]);
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

const shipped = (site: (node: string, region: string) => string): SiteBench =>
  new SiteBench(planNode(NodeConfig.parse(parse(site("n1", "north")))));

/** Seconds from the first to each further start of one of the two machines, after this moment. */
function startsSince(bench: SiteBench, since: number): readonly number[] {
  const starts = bench.writes.filter(
    ({ at, output, value }, place, all) =>
      at > since &&
      output < 2 &&
      value === 1 &&
      all.slice(0, place).findLast((one) => one.output === output)?.value === 0,
  );
  return starts.map(({ at }) => (at - (starts[0]?.at ?? 0)) / 1_000);
}

const warm = (suction: number) => [suction, 15, 20, 10, 10, 0, 0];
const killAll = (bench: SiteBench): void =>
  bench.give({ kind: "kill", id: "k", output: undefined, wall: bench.wall, ...anna });
const release = (bench: SiteBench): void =>
  bench.give({ kind: "revive", id: "r", output: undefined, wall: bench.wall, ...anna });

const stops: readonly (readonly [string, (bench: SiteBench) => void])[] = [
  ["low suction", (bench) => bench.seconds(120, warm(1))],
  [
    "a kill",
    (bench) => {
      killAll(bench);
      bench.seconds(600, warm(6));
      release(bench);
    },
  ],
];

test.each(stops)("SG2: a rack that %s stopped starts one compressor after the other", (_, stop) => {
  const bench = shipped(refrigerationRackSite);
  bench.seconds(1_800, warm(6));
  expect(bench.device.slice(0, 2)).toEqual([1, 1]);
  const since = bench.now;
  stop(bench);
  bench.seconds(600, warm(6));
  const [first, second] = startsSince(bench, since);
  expect(first).toBe(0);
  expect(second).toBeGreaterThan(10);
});

describe("a drive whose loop did not know its value", () => {
  const rack = (onSensorBad: string) => {
    const parts = { ...said.drives.rack, most: 2, upDelay: "10s", downDelay: "10s" };
    const outputs = { "c-1": coil(0, { onSensorBad }), "c-2": coil(1, { onSensorBad }) };
    const { deadband: _, ...loop } = said.loops.cooling;
    const cooling = { ...loop, kind: "pid", gain: 1 };
    return new SiteBench(planOf({ ...said, outputs, drives: { rack: parts }, loops: { cooling } }));
  };
  const unknown = [Number.NaN, 0];

  test("SG6: counts the delay from when it knows it again", () => {
    const bench = rack("safe");
    bench.seconds(9, [9, 0]);
    bench.seconds(60, unknown);
    const since = bench.now;
    bench.seconds(40, [9, 0]);
    const started = bench.writes.filter(({ at, value }) => at > since && value === 1);
    const first = started.map(({ at }) => (at - since) / 1_000);
    expect([first[0], bench.of("c-1"), bench.of("c-2")]).toEqual([11, 1, 1]);
  });

  test("SG6: goes on with what runs then", () => {
    for (const [onSensorBad, after] of [
      ["hold 10m", [1, 1]],
      ["safe", [0, 0]],
    ] as const) {
      const bench = rack(onSensorBad);
      bench.seconds(40, [9, 0]);
      expect(running(bench)).toEqual([1, 1]);
      bench.seconds(60, unknown);
      bench.pass([9, 0]);
      expect(running(bench)).toEqual(after);
    }
  });

  test("SG6: takes what runs for wanted when the sensor comes only after the program", () => {
    const bench = rack("hold 10m");
    bench.device[0] = 1;
    bench.seconds(5, unknown);
    bench.seconds(5, [4.4, 0]);
    expect(running(bench)).toEqual([1, 0]);
  });
});

describe("a pump station", () => {
  const pass = (bench: SiteBench, count: number, level: number, faults = [0, 0]): void => {
    for (let second = 0; second < count; second += 1) {
      // Water is never quite still, and what is would be frozen.
      const seen = level + 0.002 * (second % 2);
      bench.pass([seen, seen, seen, 50, 10, 10, ...faults, 0]);
    }
  };

  test("SG3: has its other pump in the next second, SG2: and one after the other after a stop", () => {
    const bench = shipped(pumpStationSite);
    pass(bench, 300, 1.6);
    expect(bench.device.slice(0, 2)).toEqual([1, 0]);
    pass(bench, 1, 1.6, [1, 0]);
    expect(bench.device.slice(0, 2)).toEqual([0, 1]);
    pass(bench, 300, 2.8);
    expect(bench.device.slice(0, 2)).toEqual([1, 1]);
    const since = bench.now;
    killAll(bench);
    pass(bench, 600, 2.8);
    release(bench);
    pass(bench, 60, 2.8);
    expect(startsSince(bench, since)).toEqual([0, 6]);
  });
});

test("SM3: the account of run times goes to disk once a step", () => {
  const bench = new SiteBench(site);
  bench.seconds(3 * step, [9]);
  expect(written(bench)).toBe(3);
});
