import { describe, expect, test } from "vitest";
import { millis, minutes } from "#src/base/units.ts";
import { input, planOf, SiteBench, valve } from "./site-bench.ts";

const anna = { owner: "anna", reason: "service" };
const pid = { kind: "pid", action: "reverse", setpoint: 20 } as const;

const force = (bench: SiteBench, output: string, value: number): void =>
  bench.give({ kind: "force", id: output, output, value, for: minutes(10), ...anna });
const kill = (bench: SiteBench, output: string | undefined): void =>
  bench.give({ kind: "kill", id: "k", output, wall: bench.wall, ...anna });
const revive = (bench: SiteBench, output: string | undefined): void =>
  bench.give({ kind: "revive", id: "r", output, wall: bench.wall, ...anna });

describe("a split range", () => {
  const frost = { trip: "coil < 5", force: { heat: 0, cool: 0 }, reset: "after 1s" };
  const site = planOf({
    inputs: { air: input(0), coil: input(1) },
    outputs: { heat: valve(0), cool: valve(1) },
    loops: {
      air: {
        ...pid,
        input: "air",
        output: "air",
        bounds: [0, 40],
        gain: 0.05,
        integralTime: "60s",
      },
    },
    drives: {
      air: {
        kind: "split-range",
        to: [
          { output: "cool", from: 0.45, to: 0 },
          { output: "heat", from: 0.55, to: 1 },
        ],
      },
    },
    interlocks: { frost, dry: { ...frost, trip: "coil > 50", force: { cool: 0 } } },
  });

  test("AP1 AP3: held by hand for ten minutes, it goes on from there without a bump", () => {
    const bench = new SiteBench(site);
    bench.seconds(5, [20, 20]);
    force(bench, "heat", 0.2);
    force(bench, "cool", 0);
    bench.seconds(590, [19, 20]);
    bench.seconds(20, [20, 20]);
    expect(bench.of("heat")).toBeCloseTo(0.2, 9);
  });

  test.each(["kill", "interlock"])("AP1: a %s of ten minutes winds up nothing", (how) => {
    const bench = new SiteBench(site);
    bench.seconds(5, [20, 20]);
    if (how === "kill") kill(bench, undefined);
    bench.seconds(600, [19, how === "kill" ? 20 : 0]);
    if (how === "kill") revive(bench, undefined);
    bench.seconds(12, [20, 20]);
    expect(bench.of("heat")).toBeLessThan(0.01);
  });

  test("AP1: heating goes on while cooling alone is locked out", () => {
    const bench = new SiteBench(site);
    bench.seconds(600, [19, 60]);
    expect(bench.of("heat")).toBeGreaterThan(0.8);
    expect(bench.of("cool")).toBe(0);
  });

  test("AP1: a demand for what is locked out does not wind up", () => {
    const bench = new SiteBench(site);
    bench.seconds(600, [24, 60]);
    let waited = 0;
    for (; waited < 600 && (bench.of("heat") ?? 0) < 0.01; waited += 1) bench.pass([19, 60]);
    expect(waited).toBeLessThan(120);
  });
});

describe("a cascade", () => {
  const cascade = (inner: object = {}, more: object = {}): SiteBench =>
    new SiteBench(
      planOf({
        inputs: { room: input(0), supply: input(1), coil: input(2) },
        outputs: { heat: valve(0) },
        loops: {
          room: { ...pid, input: "room", bounds: [0, 40], gain: 1, integralTime: "60s" },
          supply: {
            ...pid,
            input: "supply",
            output: "heat",
            follow: "room",
            bounds: [0, 50],
            gain: 0.02,
            integralTime: "10s",
            ...inner,
          },
        },
        interlocks: { frost: { trip: "coil < 5", force: { heat: 1 }, reset: "after 1s" } },
        ...more,
      }),
    );
  const asked = (bench: SiteBench): number => bench.state.loops[0]?.request?.value ?? Number.NaN;

  /** What is asked when the room is as it should be, after ten cold minutes in which nobody heeded its loop. */
  const unheeded = (bench: SiteBench, supply: number, coil = 20): number => {
    bench.seconds(590, [19, supply, coil]);
    bench.seconds(5, [20, supply, coil]);
    return asked(bench);
  };

  test("AP3: the outer loop goes along with the process while the inner one is held by hand", () => {
    const bench = cascade();
    bench.seconds(60, [20, 20, 20]);
    force(bench, "heat", 0.5);
    expect(unheeded(bench, 25)).toBeCloseTo(25, 1);
  });

  test("AP3: and while it is killed, or an interlock has its output", () => {
    const killed = cascade();
    killed.seconds(60, [20, 20, 20]);
    kill(killed, "heat");
    expect(unheeded(killed, 25)).toBeCloseTo(25, 1);
    const tripped = cascade();
    tripped.seconds(60, [20, 20, 20]);
    expect(unheeded(tripped, 25, 0)).toBeCloseTo(25, 1);
  });

  test("AP1: a setpoint that the inner loop takes up slowly, or not at all, holds the outer one back", () => {
    const slow = cascade({ setpointRate: 0.001 });
    slow.seconds(60, [20, 20, 20]);
    expect(unheeded(slow, 20)).toBeLessThan(21);
    const narrow = cascade({ envelope: [15, 22] });
    narrow.lease(5_000);
    narrow.seconds(60, [20, 20, 20]);
    expect(unheeded(narrow, 22)).toBeLessThan(22.1);
  });

  test("AP2: it asks no more than its error beyond where an inner loop at its end has come", () => {
    const bench = cascade({ gain: 0.2 });
    bench.seconds(3_600, [17, 30, 20]);
    expect(bench.of("heat")).toBeGreaterThan(0.5);
    expect(asked(bench)).toBeLessThan(30 + 3.1);
  });

  test.each([Number.NaN, 3_276.7])(
    "one bad answer of the inner sensor, %d, is over when it is over",
    (bad) => {
      const bench = cascade({ gain: 0.2 });
      bench.seconds(100, [17, 30, 20]);
      bench.pass([17, bad, 20]);
      bench.seconds(2, [17, 30, 20]);
      expect(asked(bench)).toBeCloseTo(30, 0);
      expect(bench.faults()).toEqual([]);
    },
  );

  test("after a restart it begins where the process is", () => {
    const bench = cascade();
    bench.device[0] = 0.7;
    bench.seconds(1, [20, 31, 20]);
    expect(asked(bench)).toBeCloseTo(31, 6);
    expect(bench.of("heat")).toBeCloseTo(0.7, 6);
  });

  test("AP1: an inner loop that is slower than its outer one is not held against it", () => {
    const bench = cascade({ period: "10s" });
    bench.lease(millis(3_600_000));
    bench.seconds(30, [20, 20, 20]);
    const before = asked(bench);
    bench.seconds(30, [19, 20, 20]);
    expect(asked(bench) - before).toBeCloseTo(1.5, 1);
  });
});
