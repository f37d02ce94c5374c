import { describe, expect, test } from "vitest";
import { explain } from "#agents/node/explain.ts";
import { millis } from "#src/base/units.ts";
import { blankMemory } from "#src/core/control-io.ts";
import { coil, input, planOf, SiteBench, valve } from "./site-bench.ts";

const cooling = {
  kind: "on-off",
  input: "t",
  output: "c",
  setpoint: 4,
  deadband: 1,
  bounds: [0, 10],
  action: "direct",
};
const site = (output: object, more: object = {}) =>
  new SiteBench(
    planOf({ inputs: { t: input(0) }, outputs: { c: output }, loops: { cooling }, ...more }),
  );
const [warm, cold, broken] = [[9], [1], [Number.NaN]];

describe("without a good input an output", () => {
  test("holds its value for its time, then goes to its safe value", () => {
    const bench = site(coil(0, { onSensorBad: "hold 10s" }));
    bench.seconds(5, warm);
    bench.seconds(10, broken);
    expect(bench.of("c")).toBe(1);
    bench.pass(broken);
    expect(bench.of("c")).toBe(0);
    expect(bench.why("c")).toBe("t is bad");
  });

  test("runs by the clock where it is to cycle, and follows its loop when the value is back", () => {
    const bench = site(coil(0, { onSensorBad: "cycle 3s on 5s off" }));
    bench.seconds(5, warm);
    const ran = Array.from({ length: 16 }, () => {
      bench.pass(broken);
      return bench.of("c");
    });
    expect(ran.join("")).toBe("0000011100000111");
    bench.pass(warm);
    expect(bench.of("c")).toBe(1);
    expect(bench.why("c")).toBe("9 is still above 4");
  });

  test("moves to its safe value in a straight line where it is to ramp", () => {
    const loop = { ...cooling, kind: "pid", gain: 10, deadband: undefined };
    const { deadband: _, ...pid } = loop;
    const bench = site(valve(0, { onSensorBad: "ramp 4s" }), { loops: { cooling: pid } });
    bench.seconds(3, warm);
    const seen = Array.from({ length: 6 }, () => {
      bench.pass(broken);
      return bench.of("c");
    });
    expect(seen).toEqual([1, 0.75, 0.5, 0.25, 0, 0]);
  });
});

test("an output that is not to go on without its region is safe while the region is silent, in safe mode, too", () => {
  const bench = site(coil(0, { onPartition: "safe" }), { autonomy: { budget: "1m" } });
  bench.seconds(2, warm);
  expect(bench.of("c")).toBe(1);
  bench.lease(5_000);
  bench.seconds(4, warm);
  expect(bench.of("c")).toBe(1);
  bench.seconds(3, warm);
  expect(bench.of("c")).toBe(0);
  expect(bench.why("c")).toMatch(/^the region is silent/);
  bench.seconds(60, warm);
  expect(bench.state.mode.mode).toBe("safe");
  expect(bench.of("c")).toBe(0);
});

test("an actuator that does not follow is told once, with what was ordered, and again after it did", () => {
  const bench = site(coil(0, { verify: "20s" }));
  bench.seconds(5, warm);
  bench.stuck.add("c");
  bench.seconds(15, cold);
  expect(bench.faults()).toEqual([]);
  bench.seconds(60, cold);
  expect(bench.faults()).toEqual(["c was ordered to 0 and has not followed for 20 s"]);
  bench.stuck.delete("c");
  bench.seconds(10, cold);
  bench.stuck.add("c");
  bench.seconds(40, warm);
  expect(bench.faults()).toHaveLength(2);
});

describe("an output whose loop asks for something else in each turn", () => {
  const { deadband: _, ...pid } = { ...cooling, kind: "pid", gain: 0.05, integralTime: "600s" };
  const air = (second: number) => [9 + 3 * Math.sin(second / 200) + 0.1 * Math.sin(second * 1.7)];
  const moving = () => site(valve(0, { verify: "20s" }), { loops: { cooling: pid } });

  test("is told of when it is stuck", () => {
    const bench = moving();
    for (let second = 0; second < 60; second += 1) bench.pass(air(second));
    expect(bench.faults()).toEqual([]);
    bench.stuck.add("c");
    for (let second = 60; second < 100; second += 1) bench.pass(air(second));
    expect(bench.faults()).toHaveLength(1);
    expect(bench.faults()[0]).toMatch(/^c was ordered to .* and has not followed for 20 s$/);
  });

  test("is not told of for following a little late", () => {
    const bench = moving();
    for (let second = 0; second < 600; second += 1) {
      if (second % 2 === 0) bench.stuck.add("c");
      else bench.stuck.delete("c");
      bench.pass(air(second));
    }
    expect(bench.faults()).toEqual([]);
  });

  test("is forgiven when it follows, and told of again", () => {
    const bench = moving();
    for (let second = 0; second < 400; second += 1) {
      if (second % 100 < 50) bench.stuck.add("c");
      else bench.stuck.delete("c");
      bench.pass(air(second));
    }
    expect(bench.faults()).toHaveLength(4);
  });
});

describe("an output whose loop sleeps", () => {
  test("is told of when its device does not go back to what it was ordered, and by what that was", () => {
    const bench = site(coil(0, { verify: "20s" }));
    bench.seconds(5, warm);
    bench.device[0] = 0;
    bench.seconds(18, warm, []);
    expect(bench.faults()).toEqual([]);
    bench.seconds(60, warm, []);
    expect(bench.faults()).toEqual(["c was ordered to 1 and has not followed for 20 s"]);
  });

  test("is not told of where its loop asks for what its device did by itself", () => {
    const bench = site(coil(0, { verify: "20s" }));
    bench.seconds(5, warm);
    bench.device[0] = 0;
    bench.seconds(10, warm, []);
    bench.pass(cold);
    bench.seconds(60, cold, []);
    expect(bench.faults()).toEqual([]);
  });
});

test("a valve moves at its rate, but for the way to safety", () => {
  const { deadband: _, ...loop } = { ...cooling, kind: "pid", gain: 10 };
  const bench = site(valve(0, { rate: 0.25 }), { loops: { cooling: loop } });
  const seen = Array.from({ length: 5 }, () => {
    bench.pass(warm);
    return bench.of("c");
  });
  expect(seen).toEqual([0, 0.25, 0.5, 0.75, 1]);
  bench.pass(broken);
  expect(bench.of("c")).toBe(0);
});

describe("OR1: a valve that was moved beyond its bounds is at once back at them, whatever its rate", () => {
  const { deadband: _, ...pid } = { ...cooling, kind: "pid", gain: 0.01, integralTime: "60s" };
  const written = (bounds: readonly number[], at: number): readonly number[] => {
    const output = valve(0, { bounds, safe: bounds[0], rate: 0.01 });
    const bench = site(output, { loops: { cooling: pid } });
    bench.device[0] = at;
    bench.seconds(20, [4]);
    return bench.writes.map(({ value }) => value);
  };

  test("from above", () => {
    const [first, ...later] = written([0, 0.6], 1);
    expect(first).toBe(0.6);
    expect(Math.max(...later)).toBeLessThanOrEqual(0.6);
  });

  test("from below", () => {
    const [first, ...later] = written([0.3, 1], 0);
    expect(first).toBe(0.3);
    expect(Math.min(...later)).toBeGreaterThanOrEqual(0.3);
  });
});

test("OR2: a valve that its device moved by itself goes on from there at its rate, however seldom its loop has a turn", () => {
  const { deadband: _, ...pid } = { ...cooling, kind: "pid", gain: 0.2 };
  const bench = site(valve(0, { rate: 0.005 }), { loops: { cooling: pid } });
  bench.seconds(210, warm);
  expect(bench.of("c")).toBe(1);
  bench.device[0] = 0.2;
  bench.seconds(50, warm, []);
  expect(bench.of("c")).toBe(0.2);
  const seen = Array.from({ length: 3 }, () => {
    bench.pass(warm);
    return bench.of("c");
  });
  expect(seen.map((value) => Math.round((value ?? 0) * 1_000))).toEqual([205, 210, 215]);
});

describe("OR3: a machine that turns faster and slower", () => {
  const { deadband: _, ...pid } = { ...cooling, kind: "pid", bounds: [0, 40], gain: 0.1 };
  const drive = (output: object, gain = 0.1) =>
    site(valve(0, output), { loops: { cooling: { ...pid, gain } } });

  test("counts its run from its start, whatever it was asked since", () => {
    const bench = drive({ minOn: "300s" });
    for (let second = 0; second < 600; second += 1) bench.pass([11 + Math.sin(second)]);
    bench.pass([8.5]);
    expect(bench.of("c")).toBeCloseTo(0.45, 9);
    bench.pass([2]);
    expect(bench.of("c")).toBe(0);
  });

  test("runs on as it ran where it may not stop", () => {
    const bench = drive({ minOn: "300s" });
    bench.seconds(10, [10]);
    bench.seconds(280, [8]);
    expect(bench.of("c")).toBeCloseTo(0.6, 9);
    expect(bench.why("c")).toContain("(minOn)");
    bench.seconds(20, [8]);
    expect(bench.of("c")).toBeCloseTo(0.4, 9);
  });

  test("stands still while it rests, and then comes up at its rate", () => {
    const bench = drive({ minOff: "180s", rate: 0.05 }, 1);
    bench.seconds(180, [30]);
    expect(bench.of("c")).toBe(0);
    expect(bench.why("c")).toBe("steers 30 to 4; rests 1 s more (minOff)");
    bench.seconds(10, [30]);
    expect(bench.of("c")).toBeCloseTo(0.5, 9);
    bench.seconds(10, [30]);
    expect(bench.of("c")).toBe(1);
  });

  test("counts on where its device moved it a little", () => {
    const bench = drive({ minOff: "60s" });
    bench.seconds(30, [5]);
    bench.device[0] = 0.2;
    bench.seconds(25, [5]);
    bench.pass([14]);
    expect(bench.why("c")).toContain("rests 5 s more (minOff)");
  });

  test("counts on where its device follows a little late", () => {
    const bench = drive({ minOn: "60s" });
    for (let second = 0; second < 100; second += 1) {
      if (second % 4 === 0) bench.stuck.add("c");
      else bench.stuck.delete("c");
      bench.pass([11 + Math.sin(second)]);
    }
    bench.pass([2]);
    expect(bench.of("c")).toBe(0);
  });

  test("and starts its count anew where its device started or stopped it", () => {
    const bench = drive({ minOff: "60s" });
    bench.seconds(70, [12]);
    expect(bench.of("c")).toBeCloseTo(0.8, 9);
    bench.seconds(5, [12]);
    bench.device[0] = 0;
    bench.pass([12]);
    expect(bench.why("c")).toContain("rests 60 s more (minOff)");
  });
});

describe("several loops on one output", () => {
  const two = (take: "min" | "max") => {
    const base = { kind: "pid", output: "c", bounds: [0, 10], action: "direct", gain: 0.1 };
    return new SiteBench(
      planOf({
        inputs: { t: input(0), p: input(1) },
        outputs: { c: valve(0, { select: take }) },
        loops: {
          temperature: { ...base, input: "t", setpoint: 4 },
          pressure: { ...base, input: "p", setpoint: 4 },
        },
      }),
    );
  };

  test("give it to the one that asks most, or least", () => {
    for (const take of ["min", "max"] as const) {
      const bench = two(take);
      bench.seconds(3, [4, 4]);
      bench.pass([6, 9]);
      expect(bench.of("c")).toBeCloseTo(take === "max" ? 0.5 : 0.2, 9);
    }
  });

  test("leave it safe when one of them does not know its value", () => {
    const bench = two("min");
    bench.seconds(3, [9, 9]);
    bench.pass([9, Number.NaN]);
    expect(bench.of("c")).toBe(0);
    expect(bench.why("c")).toBe("p is bad");
  });
});

test("a machine that is reported as broken is replaced at once by the one that stands by", () => {
  const bench = new SiteBench(
    planOf({
      inputs: { t: input(0), "fault-1": input(1) },
      outputs: { "p-1": coil(0), "p-2": coil(1) },
      loops: { cooling: { ...cooling, output: "pumps" } },
      drives: {
        pumps: {
          kind: "staging",
          machines: [{ output: "p-1", unavailable: "fault-1" }, { output: "p-2" }],
          most: 1,
          upDelay: "2s",
        },
      },
    }),
  );
  bench.seconds(5, [9, 0]);
  expect([bench.of("p-1"), bench.of("p-2")]).toEqual([1, 0]);
  bench.pass([9, 1]);
  expect([bench.of("p-1"), bench.of("p-2")]).toEqual([0, 1]);
  expect(bench.why("p-2")).toBe("1 of 2 wanted; 9 is still above 4");
});

test("why says of a staged machine that it stands because none may start yet", () => {
  const bench = new SiteBench(
    planOf({
      inputs: { t: input(0) },
      outputs: { pump: coil(0, { minOff: "2m" }) },
      loops: { cooling: { ...cooling, output: "pumps" } },
      drives: { pumps: { kind: "staging", machines: [{ output: "pump" }], upDelay: "1s" } },
    }),
  );
  bench.seconds(60, [9]);
  expect(bench.of("pump")).toBe(0);
  expect(bench.why("pump")).toContain("1 of 1 wanted; no other may start yet; 9 is ");
});

test("why looks at what is fed forward, and at what a gain or a setpoint goes by", () => {
  const loop = {
    kind: "pid",
    input: "t",
    output: "v",
    action: "reverse",
    setpoint: 20,
    bounds: [0, 40],
    gain: 0.1,
    feedForward: { input: "wind", gain: 0.1 },
    schedule: {
      input: "load",
      points: [
        { at: 0, gain: 0.1 },
        { at: 9, gain: 0.2 },
      ],
    },
  };
  const inputs = { t: input(0), wish: input(1), wind: input(2), load: input(3) };
  const signals = { wished: { kind: "max", of: ["wish", "wish"] } };
  const loops = { l: { ...loop, follow: "wished" } };
  const bench = new SiteBench(planOf({ inputs, signals, outputs: { v: valve(0) }, loops }));
  bench.pass([20, 20, 1, 1]);
  const said = explain(bench.plan, bench.state, "v", bench.now, Number);
  expect(said?.inputs.map((seen) => seen.input)).toEqual(["t", "wished", "wind", "load"]);
});

test("an inner loop follows what the outer one asks, within its own bounds", () => {
  const base = { kind: "pid", bounds: [10, 40], action: "reverse" };
  const bench = new SiteBench(
    planOf({
      inputs: { room: input(0), supply: input(1) },
      outputs: { c: valve(0) },
      loops: {
        room: { ...base, input: "room", setpoint: 20, gain: 4, integralTime: "10h" },
        supply: { ...base, input: "supply", output: "c", follow: "room", setpoint: 15, gain: 0.1 },
      },
    }),
  );
  bench.pass([20, 15]);
  const begun = bench.state.loops[1]?.setpoint ?? Number.NaN;
  bench.pass([18, 15]);
  expect(bench.state.loops[1]?.setpoint).toBeCloseTo(begun + 8, 3);
  bench.pass([-20, 15]);
  expect(bench.state.loops[1]?.setpoint).toBe(40);
  bench.pass([Number.NaN, 15]);
  expect(bench.state.loops[1]?.setpoint).toBe(15);
});

test("in safe mode an inner loop goes on to follow the outer one, which has a safe setpoint", () => {
  const base = { kind: "pid", bounds: [0, 40], action: "reverse", gain: 1, integralTime: "10h" };
  const bench = new SiteBench(
    planOf({
      autonomy: { budget: "10s" },
      inputs: { room: input(0), supply: input(1) },
      outputs: { c: valve(0) },
      loops: {
        room: { ...base, input: "room", setpoint: 20, safeSetpoint: 10 },
        supply: { ...base, input: "supply", output: "c", follow: "room", setpoint: 30 },
      },
    }),
  );
  bench.lease(2_000);
  bench.seconds(20, [20, 20]);
  expect(bench.state.mode.mode).toBe("safe");
  const before = bench.state.loops[1]?.setpoint ?? Number.NaN;
  bench.seconds(1, [15, 20]);
  expect(bench.state.loops[1]?.setpoint).toBeCloseTo(before + 5, 1);
});

test("an outer loop does not wind up while its inner loop can do no more for ten minutes", () => {
  const base = { kind: "pid", action: "reverse", setpointWeight: 1 };
  const bench = new SiteBench(
    planOf({
      inputs: { room: input(0), supply: input(1) },
      outputs: { c: valve(0) },
      loops: {
        room: {
          ...base,
          input: "room",
          setpoint: 20,
          bounds: [0, 40],
          gain: 1,
          integralTime: "60s",
        },
        supply: {
          ...base,
          input: "supply",
          output: "c",
          follow: "room",
          setpoint: 20,
          bounds: [0, 50],
          gain: 0.2,
          integralTime: "10s",
        },
      },
    }),
  );
  bench.seconds(60, [20, 20]);
  // A cold day: the valve is wide open, the supply comes to 30 and no further, the room stays below.
  bench.seconds(600, [17, 30]);
  expect(bench.of("c")).toBe(1);
  const asked = bench.state.loops[0]?.request?.value ?? Number.NaN;
  expect(asked).toBeLessThan(36);
  // As soon as the room is warm the outer loop asks for less than there is.
  bench.seconds(5, [21, 30]);
  expect(bench.state.loops[0]?.request?.value).toBeLessThan(31);
});

test("a setpoint stays within its narrower envelope while the node is by itself", () => {
  const bench = site(coil(0), {
    loops: { cooling: { ...cooling, setpoint: 9, envelope: [2, 6], setpointRate: undefined } },
    autonomy: { budget: "1m" },
  });
  bench.lease(5_000);
  bench.seconds(3, warm);
  expect(bench.state.loops[0]?.setpoint).toBe(9);
  bench.seconds(5, warm);
  expect(bench.state.mode.mode).toBe("autonomous");
  expect(bench.state.loops[0]?.setpoint).toBe(6);
  bench.seconds(60, warm);
  expect(bench.state.mode.mode).toBe("safe");
  expect(bench.state.loops[0]?.setpoint).toBe(6);
});

describe("a loop behind a drive begins where its outputs are", () => {
  const loop = {
    kind: "pid",
    input: "t",
    output: "air",
    setpoint: 20,
    bounds: [0, 40],
    action: "reverse",
    gain: 0.01,
    integralTime: "60s",
  };

  test("a split range with both valves shut rests in its middle", () => {
    const bench = new SiteBench(
      planOf({
        inputs: { t: input(0) },
        outputs: { heat: valve(0), cool: valve(1) },
        loops: { air: loop },
        drives: {
          air: {
            kind: "split-range",
            to: [
              { output: "cool", from: 0.45, to: 0 },
              { output: "heat", from: 0.55, to: 1 },
            ],
          },
        },
      }),
    );
    bench.pass([20]);
    expect([bench.of("heat"), bench.of("cool")]).toEqual([0, 0]);
  });

  test("a stage whose machine runs on after a restart keeps it running", () => {
    const bench = new SiteBench(
      planOf({
        inputs: { t: input(0) },
        outputs: { "c-1": coil(0), "c-2": coil(1) },
        loops: { air: loop },
        drives: { air: { kind: "staging", machines: [{ output: "c-1" }, { output: "c-2" }] } },
      }),
    );
    bench.device[0] = 1;
    bench.seconds(40, [20]);
    expect([bench.of("c-1"), bench.of("c-2")]).toEqual([1, 0]);
    expect(bench.writes.filter(({ value, output }) => output === 0 && value === 0)).toEqual([]);
  });
});

describe("SM2: the starts of the last hour", () => {
  const often = () => site(coil(0, { startsPerHour: 3 }));
  /** Warm and cold in turn: how often it started. */
  const startsIn = (bench: SiteBench, minutes: number): number => {
    const from = bench.writes.length;
    for (let minute = 0; minute < minutes; minute += 1) {
      bench.seconds(30, warm);
      bench.seconds(30, cold);
    }
    const values = bench.writes.slice(from).map(({ value }) => value);
    return values.filter((value, at) => value === 1 && values[at - 1] !== 1).length;
  };

  test("are counted, and the next comes when the oldest is an hour ago", () => {
    const bench = often();
    expect(startsIn(bench, 59)).toBe(3);
    expect(bench.why("c")).toBeDefined();
    expect(startsIn(bench, 60)).toBe(3);
  });

  test("grow old over a restart of the program, and one more counts", () => {
    const bench = often();
    bench.memory = { ...blankMemory, computer: "a" };
    bench.state = bench.begin();
    expect(startsIn(bench, 50)).toBe(3);
    bench.state = bench.begin();
    expect(startsIn(bench, 9)).toBe(0);
    expect(startsIn(bench, 20)).toBe(2);
  });

  test("include one that may have died unwritten, unless the node never ran", () => {
    const bench = often();
    expect(bench.state.outputs[0]?.starts).toEqual([]);
    bench.state = bench.begin();
    expect(bench.state.outputs[0]?.starts).toEqual([bench.now]);
  });

  test("are no more where every start dies unwritten", () => {
    const bench = new SiteBench(site(coil(0, { startsPerHour: 1 })).plan);
    bench.seconds(10, warm);
    expect(bench.of("c")).toBe(1);
    for (let restarts = 0; restarts < 12; restarts += 1) {
      bench.memory = { ...blankMemory, hasRun: true };
      bench.device[0] = 0;
      bench.state = bench.begin();
      bench.seconds(20, warm);
      expect(bench.of("c")).toBe(0);
    }
  });

  test("all count as now where the computer began anew", () => {
    const bench = often();
    bench.memory = { ...blankMemory, computer: "a" };
    bench.state = bench.begin();
    expect(startsIn(bench, 50)).toBe(3);
    bench.memory = { ...bench.memory, computer: "b" };
    bench.state = bench.begin();
    expect(startsIn(bench, 59)).toBe(0);
    expect(startsIn(bench, 5)).toBe(3);
  });
});

test("an interlock may look at what another output was ordered", () => {
  const bench = new SiteBench(
    planOf({
      inputs: { t: input(0), ice: input(1) },
      outputs: { c: coil(0), heater: coil(1) },
      loops: {
        cooling,
        defrost: { ...cooling, input: "ice", output: "heater", setpoint: 5, action: "direct" },
      },
      interlocks: {
        apart: { trip: "heater > 0", tell: false, force: { c: 0 }, reset: "after 2s" },
      },
    }),
  );
  bench.seconds(3, [9, 0]);
  expect([bench.of("c"), bench.of("heater")]).toEqual([1, 0]);
  bench.seconds(2, [9, 9]);
  expect([bench.of("c"), bench.of("heater")]).toEqual([0, 1]);
  bench.seconds(6, [9, 0]);
  expect([bench.of("c"), bench.of("heater")]).toEqual([1, 0]);
  expect(bench.faults()).toEqual([]);
});

describe("SS4: a safe state begins anew, from where the output is,", () => {
  const anna = { owner: "anna", reason: "r" };
  /** What stands in the device after each of so many seconds without the sensor. */
  const next = (bench: SiteBench, count: number, values: readonly number[] = broken): number[] =>
    Array.from({ length: count }, () => {
      bench.pass(values);
      return bench.of("c") as number;
    });
  const killed = { id: "k", output: undefined, ...anna };

  test("after a kill", () => {
    const bench = site(valve(0, { onSensorBad: "hold 10m", rate: 0.01 }));
    bench.seconds(150, warm);
    bench.seconds(2, broken);
    bench.give({ kind: "kill", wall: bench.wall, ...killed });
    bench.seconds(60, broken);
    bench.give({ kind: "revive", wall: bench.wall, ...killed });
    expect(next(bench, 3)).toEqual([0, 0, 0]);
  });

  test("after an interlock", () => {
    const bench = new SiteBench(
      planOf({
        inputs: { t: input(0), p: input(1) },
        outputs: { c: valve(0, { onSensorBad: "hold 10m", rate: 0.01 }) },
        loops: { cooling },
        interlocks: { high: { trip: "p > 20", force: { c: 0 }, reset: "after 10s" } },
      }),
    );
    bench.seconds(150, [9, 5]);
    bench.seconds(2, [Number.NaN, 5]);
    expect(bench.of("c")).toBe(1);
    bench.seconds(60, [Number.NaN, 25]);
    expect(next(bench, 20, [Number.NaN, 5])).toEqual(Array.from({ length: 20 }, () => 0));
    expect(bench.why("c")).toBe("t is bad");
  });

  test("after a hand", () => {
    const bench = site(valve(0, { onSensorBad: "ramp 60s", rate: 0.5 }));
    bench.seconds(150, warm);
    bench.seconds(2, broken);
    bench.give({ kind: "force", id: "h", output: "c", value: 0, for: millis(25_000), ...anna });
    bench.seconds(25, broken);
    expect(next(bench, 3)).toEqual([0, 0, 0]);
  });

  test("after the safe state of a silent region", () => {
    const bench = site(valve(0, { onPartition: "value 0.2", onSensorBad: "hold 10m" }));
    bench.seconds(3, warm);
    bench.lease(3_000);
    bench.seconds(6, warm);
    expect(bench.of("c")).toBe(0.2);
    bench.seconds(2, broken);
    bench.lease(60_000);
    bench.lease(60_000);
    expect(bench.state.mode.mode).toBe("connected");
    expect(next(bench, 3)).toEqual([0.2, 0.2, 0.2]);
  });

  test("and a cycle with its pause", () => {
    const bench = site(coil(0, { onPartition: "safe", onSensorBad: "cycle 3s on 5s off" }));
    bench.lease(3_000);
    bench.seconds(12, warm);
    bench.pass(broken);
    bench.lease(60_000);
    bench.lease(60_000);
    expect(next(bench, 8).join("")).toBe("00000111");
  });
});
