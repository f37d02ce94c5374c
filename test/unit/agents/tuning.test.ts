import { describe, expect, test } from "vitest";
import { describe as describeNode } from "#agents/node/describe.ts";
import { minutes, seconds } from "#src/base/units.ts";
import { coil, input, planOf, SiteBench, valve } from "./site-bench.ts";

const heating = {
  kind: "pid",
  input: "t",
  output: "v",
  setpoint: 20,
  bounds: [10, 30],
  action: "reverse",
  gain: 0.02,
  integralTime: "60s",
};
const site = (parts: object = {}) =>
  new SiteBench(
    planOf({
      inputs: { t: input(0), p: input(1) },
      outputs: { v: valve(0) },
      loops: { heating },
      ...parts,
    }),
  );

/** First order of 20 s behind a dead time of 4 s: half open it is at 20. */
function live(bench: SiteBench, count: number, pressure = 10): void {
  for (let second = 0; second < count; second += 1) {
    room.pipe.push(bench.of("v") ?? 0);
    room.t += (room.outside + 20 * (room.pipe.shift() ?? 0) - room.t) / 20;
    bench.pass([room.t, pressure]);
  }
}
const roomNow = () => ({ t: 20, outside: 10, pipe: [0.5, 0.5, 0.5, 0.5] });
let room = roomNow();

const ask = {
  kind: "tune",
  id: "t",
  method: "relay",
  loop: "heating",
  amplitude: 0.1,
  hysteresis: 0,
  longest: minutes(20),
  owner: "anna",
  reason: "commissioning",
} as const;
const timing = () => ({}) as never;
const outcomeOf = (bench: SiteBench) =>
  describeNode(bench.plan, bench.state, timing, bench.now, Number).loops[0]?.tuning?.outcome;
const refusal = (bench: SiteBench) => {
  const answer = bench.effects.findLast(({ kind }) => kind === "reply");
  return answer?.kind === "reply" ? answer.refused?.message : undefined;
};

/** Come to rest, half open. */
function rested(parts: object = {}): SiteBench {
  room = roomNow();
  const bench = site(parts);
  bench.device[0] = 0.5;
  live(bench, 120);
  expect(bench.of("v")).toBeCloseTo(0.5, 1);
  return bench;
}

describe("a relay test", () => {
  test("swings the process, finds its period, proposes parameters, and gives the output back", () => {
    const bench = rested();
    bench.give(ask);
    expect(refusal(bench)).toBeUndefined();
    const before = bench.of("v") ?? Number.NaN;
    live(bench, 5);
    expect(Math.abs((bench.of("v") ?? 0) - before)).toBeCloseTo(0.1, 2);
    expect(bench.why("v")).toBe("swings its process for a test by anna: commissioning");
    live(bench, 200);
    const outcome = outcomeOf(bench);
    if (outcome?.kind !== "done") throw new Error(JSON.stringify(outcome));
    // Ultimate period of 1/(20 s + 1) behind four seconds, and up to two more of its turns.
    expect(outcome.period).toBeGreaterThan(14_000);
    expect(outcome.period).toBeLessThan(26_000);
    expect(outcome.proposal.gain).toBeGreaterThan(0.05);
    expect(bench.why("v")).toMatch(/^steers/);
  });

  test("is refused where there is nothing to tune, or no room to swing in", () => {
    const bench = rested();
    bench.give({ ...ask, loop: "none" });
    expect(refusal(bench)).toMatch(/none/);
    bench.give({ ...ask, amplitude: 0.8 });
    expect(refusal(bench)).toMatch(/leaves 0 … 1/);
    bench.pass([Number.NaN]);
    bench.give(ask);
    expect(refusal(bench)).toMatch(/its input is not good/);
  });

  test("ends when its sensor fails, and the output is in its safe state", () => {
    const bench = rested();
    bench.give(ask);
    live(bench, 5);
    bench.pass([Number.NaN]);
    expect(outcomeOf(bench)).toEqual({ kind: "aborted", why: "its input is not good any more" });
    expect(bench.of("v")).toBe(0);
  });

  test("ends when somebody kills its output", () => {
    const bench = rested();
    bench.give(ask);
    live(bench, 5);
    const person = { owner: "bo", reason: "smell" };
    bench.give({ kind: "kill", id: "k", output: "v", wall: bench.wall, ...person });
    live(bench, 2);
    expect(outcomeOf(bench)).toEqual({
      kind: "aborted",
      why: "something stronger took its output",
    });
    expect(bench.of("v")).toBe(0);
  });

  test("TU2: ends when a person has seen enough, with the output where it was, and only while it runs", () => {
    const bench = rested();
    const before = bench.of("v") ?? Number.NaN;
    bench.give(ask);
    live(bench, 5);
    expect(bench.of("v")).not.toBeCloseTo(before, 2);
    bench.give({ kind: "tuneStop", id: "s", loop: "heating" });
    live(bench, 1);
    expect(bench.of("v")).toBe(before);
    live(bench, 1);
    expect(bench.of("v")).toBeCloseTo(before, 1);
    expect(outcomeOf(bench)).toEqual({ kind: "aborted", why: "a person ended it" });
    bench.give({ kind: "tuneStop", id: "s", loop: "heating" });
    expect(refusal(bench)).toMatch(/nothing is tested/);
  });
});

describe("a step test", () => {
  test("STT1: moves the output once, tells gain, lag and dead time, and gives the output back", () => {
    const bench = rested();
    const before = bench.of("v") ?? Number.NaN;
    bench.give({ ...ask, method: "step", longest: minutes(4) });
    live(bench, 29);
    expect(bench.of("v")).toBe(before);
    live(bench, 1);
    expect(bench.of("v")).toBeCloseTo(before + 0.1, 9);
    live(bench, 210);
    const outcome = outcomeOf(bench);
    if (outcome?.kind !== "identified") throw new Error(JSON.stringify(outcome));
    expect(outcome.process.gain).toBeCloseTo(20, 0);
    expect(Math.abs(outcome.process.lag / 20_000 - 1)).toBeLessThan(0.1);
    expect(outcome.process.deadTime).toBeGreaterThan(3_000);
    expect(outcome.process.deadTime).toBeLessThan(6_500);
    expect(outcome.proposal.gain).toBeGreaterThan(0.05);
    expect(bench.why("v")).toMatch(/^steers/);
  });

  test("STT1, STT2: of a process that leaves its loop's bounds ends at once", () => {
    const bench = rested();
    bench.give({ ...ask, method: "step" });
    live(bench, 5);
    bench.pass([31]);
    expect(outcomeOf(bench)).toMatchObject({
      kind: "aborted",
      why: "the process value 31 left 10 … 30",
    });
    expect(bench.of("v")).not.toBeCloseTo(0.6, 2);
  });

  test("SD4: tells nothing of a process that a colder day moved the other way", () => {
    const bench = rested();
    bench.give({ ...ask, method: "step" });
    live(bench, 60);
    room.outside = 7;
    live(bench, 300);
    expect(outcomeOf(bench)).toEqual({
      kind: "aborted",
      why: "with more output the process value fell, against an action of reverse",
    });
  });

  test("is refused where it has no room below, or no time to come to a result", () => {
    const bench = rested();
    bench.give({ ...ask, method: "step", amplitude: -0.8 });
    expect(refusal(bench)).toMatch(/leaves 0 … 1/);
    bench.give({ ...ask, method: "step", longest: seconds(49) });
    expect(refusal(bench)).toMatch(/a step test takes 50 of its turns and more/);
  });
});

describe("a test concludes from what was done", () => {
  /** Asks for a tenth of what is missing up to 20. */
  const other = { ...heating, input: "p", gain: 0.1, integralTime: undefined };
  const shared = {
    outputs: { v: valve(0, { select: "min" }) },
    loops: { heating, other },
  };

  test.each(["relay", "step"] as const)(
    "TU1: a %s test ends where another loop asks for less",
    (method) => {
      const bench = rested(shared);
      const before = bench.of("v") ?? Number.NaN;
      bench.give({ ...ask, method });
      expect(refusal(bench)).toBeUndefined();
      live(bench, 60, 14.8);
      expect(outcomeOf(bench)).toEqual({
        kind: "aborted",
        why: expect.stringMatching(
          /v stands at 0.52, where 0.\d+ was asked: another loop is selected$/,
        ),
      });
      expect(bench.of("v")).toBeCloseTo(before, 1);
    },
  );

  test("TU1: a loop that is not selected is refused", () => {
    const bench = rested(shared);
    live(bench, 5, 16);
    bench.give(ask);
    expect(refusal(bench)).toMatch(/v stands at 0.4, where .*: another loop is selected/);
  });

  test("TU1: it ends when somebody moves the valve at the device", () => {
    const bench = rested();
    bench.give(ask);
    live(bench, 30);
    bench.device[0] = 0.3;
    live(bench, 10);
    expect(outcomeOf(bench)).toEqual({
      kind: "aborted",
      why: expect.stringMatching(/^its output v stands at 0.3, where 0.\d+ was asked$/),
    });
  });

  test("an output with a rate is refused: it would be taken for the process", () => {
    const bench = rested({ outputs: { v: valve(0, { rate: 0.05 }) } });
    bench.give(ask);
    expect(refusal(bench)).toMatch(/its output v has a rate/);
  });

  test("a drive that counts machines is refused", () => {
    const bench = site({
      outputs: { a: coil(0), b: coil(1) },
      drives: { pumps: { kind: "staging", machines: [{ output: "a" }, { output: "b" }] } },
      loops: { heating: { ...heating, output: "pumps", gain: 0.001 } },
    });
    live(bench, 10);
    bench.give(ask);
    expect(refusal(bench)).toMatch(/its drive counts machines/);
  });

  test("TU1: of a split range the branches that it moves matter", () => {
    const split = {
      outputs: { v: valve(0), cooling: valve(1) },
      drives: {
        both: {
          kind: "split-range",
          to: [
            { output: "cooling", from: 0.4, to: 0 },
            { output: "v", from: 0.3, to: 0.7 },
          ],
        },
      },
      loops: { heating: { ...heating, output: "both" } },
    };
    const person = { owner: "bo", reason: "smell" };
    const kill = (bench: SiteBench) =>
      bench.give({ kind: "kill", id: "k", output: "cooling", wall: bench.wall, ...person });
    const apart = rested(split);
    apart.give({ ...ask, amplitude: 0.05 });
    kill(apart);
    live(apart, 200);
    expect(outcomeOf(apart)?.kind).toBe("done");
    const across = rested(split);
    across.give({ ...ask, amplitude: 0.15 });
    live(across, 2);
    kill(across);
    live(across, 2);
    expect(outcomeOf(across)).toMatchObject({ why: "something stronger took its output" });
  });
});
