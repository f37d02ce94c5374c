import { describe, expect, test } from "vitest";
import { instant, millis, minutes } from "#src/base/units.ts";
import { limits } from "#src/contract/limits.ts";
import { coil, input, planOf, SiteBench, valve } from "./site-bench.ts";

const heating = {
  kind: "on-off",
  input: "air",
  output: "heater",
  action: "reverse",
  setpoint: 20,
  bounds: [5, 30],
  deadband: 1,
  period: "10m",
} as const;
const slow = planOf({
  autonomy: { budget: "1m" },
  inputs: { air: input(0) },
  outputs: { heater: coil(0, { onAgentLoss: "hold" }) },
  loops: { heating: { ...heating, safeSetpoint: 10 } },
});

/** The loop's own turn comes each ten minutes, from the first second on. */
class SlowBench extends SiteBench {
  #passed = 0;

  override pass(values: readonly number[] | undefined): void {
    this.now = instant(this.now + 1_000);
    const isDue = this.#passed % 600 === 0;
    this.#passed += 1;
    this.give({
      kind: "cycle",
      wall: this.wall,
      due: isDue ? [0] : [],
      lateness: isDue ? [millis(0)] : [],
      image: {
        inputs: (values ?? []).map((value) => ({ value, quality: "good", at: this.now })),
        outputs: this.device.map((value) => ({ value, quality: "good", at: this.now })),
      },
    });
  }
}

const heater = (bench: SiteBench): number | undefined => bench.of("heater");

describe("LP1: between two turns ten minutes apart", () => {
  const warmed = (): SlowBench => {
    const bench = new SlowBench(slow);
    bench.seconds(20, [15]);
    expect(heater(bench)).toBe(1);
    return bench;
  };

  test("C3: a sensor that dies brings the safe state at once, one that is back the loop", () => {
    const bench = warmed();
    bench.pass([Number.NaN]);
    expect(heater(bench)).toBe(0);
    bench.pass([15]);
    expect(heater(bench)).toBe(1);
  });

  test("a person's setpoint counts at once, and no longer than it was given for", () => {
    const bench = warmed();
    const grant = { id: "a", loop: "heating", value: 10, for: minutes(1), owner: "a", reason: "r" };
    bench.give({ kind: "override", grant });
    bench.pass([15]);
    expect(heater(bench)).toBe(0);
    bench.seconds(60, [15]);
    expect(heater(bench)).toBe(1);
  });

  test("a released one ends at once", () => {
    const bench = warmed();
    const grant = { id: "a", loop: "heating", value: 10, for: minutes(9), owner: "a", reason: "r" };
    bench.give({ kind: "override", grant });
    bench.pass([15]);
    bench.give({ kind: "release", id: "b", loop: "heating" });
    bench.pass([15]);
    expect(heater(bench)).toBe(1);
  });

  test("a spent budget brings the safe setpoint at once", () => {
    const bench = warmed();
    bench.lease(5_000);
    bench.seconds(64, [15]);
    expect([bench.state.mode.mode, heater(bench)]).toEqual(["autonomous", 1]);
    bench.seconds(2, [15]);
    expect([bench.state.mode.mode, heater(bench)]).toEqual(["safe", 0]);
  });
});

describe("LP2: a program that has just started", () => {
  test("leaves what runs as it is until its first value is there, and then decides at once", () => {
    const bench = new SlowBench(slow);
    bench.device[0] = 1;
    bench.seconds(3, []);
    expect(bench.writes.filter(({ value }) => value !== 1)).toEqual([]);
    bench.seconds(2, [25]);
    expect(heater(bench)).toBe(0);
  });

  test("calls it missing when it has waited long enough", () => {
    const bench = new SlowBench(slow);
    bench.device[0] = 1;
    bench.seconds(limits.firstValues / 1_000 - 1, []);
    expect(heater(bench)).toBe(1);
    bench.seconds(1, []);
    expect(heater(bench)).toBe(0);
  });
});

const furnace = {
  kind: "pid",
  input: "hearth",
  output: "gas",
  action: "reverse",
  setpoint: 1_000,
  bounds: [0, 1_200],
  gain: 0.005,
  integralTime: "10m",
  setpointRate: 0.1,
} as const;
const hearth = input(0, { range: [0, 3_000] });

test("LP3: a setpoint with a rate begins where the process is, after a restart and after a failed input", () => {
  const bench = new SiteBench(
    planOf({ inputs: { hearth }, outputs: { gas: valve(0) }, loops: { furnace } }),
  );
  const setpoint = () => bench.state.loops[0]?.setpoint;
  bench.seconds(101, [100]);
  expect(setpoint()).toBeCloseTo(110, 6);
  bench.state = bench.begin();
  bench.pass([105]);
  expect(setpoint()).toBe(105);
  bench.seconds(600, [Number.NaN]);
  bench.pass([90]);
  expect(setpoint()).toBe(90);
});

const stove = {
  kind: "pid",
  input: "air",
  output: "gas",
  action: "reverse",
  setpoint: 20,
  bounds: [0, 40],
  gain: 0.02,
  integralTime: "10m",
};

describe("LP4: a disturbance that is fed forward", () => {
  const bench = (): SiteBench => {
    const loops = {
      air: { ...stove, feedForward: { input: "wind", gain: 0.02 } },
    };
    const inputs = { air: input(0), wind: input(1) };
    const made = new SiteBench(planOf({ inputs, outputs: { gas: valve(0) }, loops }));
    made.device[0] = 0.5;
    return made;
  };

  test("stays as it was seen while it is not known", () => {
    const made = bench();
    made.seconds(30, [20, 20]);
    made.seconds(600, [20, Number.NaN]);
    expect(made.of("gas")).toBeCloseTo(0.5, 9);
    made.pass([20, 20]);
    expect(made.of("gas")).toBeCloseTo(0.5, 9);
  });

  test("moves nothing when it is known for the first time", () => {
    const made = bench();
    made.seconds(30, [20, Number.NaN]);
    made.pass([20, 20]);
    expect(made.of("gas")).toBeCloseTo(0.5, 9);
    made.pass([20, 25]);
    expect(made.of("gas")).toBeCloseTo(0.6, 9);
  });
});

test("PID5: points of operation that name a gain alone keep the integral part of their loop", () => {
  const points = [
    { at: 0, gain: 0.02 },
    { at: 20, gain: 0.04 },
  ];
  const loops = {
    air: { ...stove, schedule: { input: "load", points } },
  };
  const inputs = { air: input(0), load: input(1) };
  const bench = new SiteBench(planOf({ inputs, outputs: { gas: valve(0) }, loops }));
  bench.device[0] = 0.5;
  bench.seconds(5, [20, Number.NaN]);
  bench.seconds(5, [20, 10]);
  expect(bench.of("gas")).toBeCloseTo(0.5, 9);
  bench.seconds(600, [19, 10]);
  expect(bench.of("gas")).toBeCloseTo(0.56, 2);
});

describe("the side of its band on which an on-off loop was", () => {
  const level = (more: object, drives: object = {}) =>
    planOf({
      inputs: { level: input(0, { range: [0, 4] }) },
      outputs: { pump: valve(0, more) },
      drives,
      loops: {
        level: {
          kind: "on-off",
          input: "level",
          output: Object.keys(drives)[0] ?? "pump",
          setpoint: 1,
          bounds: [0, 2],
          deadband: 0.4,
          action: "direct",
        },
      },
    });

  test("is not forgotten while its output is on its way", () => {
    const bench = new SiteBench(level({ rate: 0.01 }));
    bench.seconds(20, [1.3]);
    bench.seconds(100, [1]);
    expect(bench.of("pump")).toBe(1);
  });

  test("is what its output does after somebody moved that, and after a restart", () => {
    const bench = new SiteBench(level({}));
    bench.seconds(20, [1.3]);
    bench.device[0] = 0;
    bench.seconds(20, [1]);
    expect(bench.of("pump")).toBe(0);
    bench.device[0] = 1;
    bench.state = bench.begin();
    bench.seconds(20, [1]);
    expect(bench.of("pump")).toBe(1);
  });

  test("of a drive is what its machines do, after a bad answer and after a restart", () => {
    const staging = {
      kind: "staging",
      machines: [{ output: "pump" }],
      upDelay: "1s",
      downDelay: "1s",
    };
    const bench = new SiteBench(level({ onSensorBad: "hold 10m" }, { set: staging }));
    bench.seconds(20, [1.3]);
    bench.pass([Number.NaN]);
    bench.seconds(20, [1]);
    expect(bench.of("pump")).toBe(1);
    bench.state = bench.begin();
    bench.seconds(20, [1]);
    expect(bench.of("pump")).toBe(1);
  });
});
