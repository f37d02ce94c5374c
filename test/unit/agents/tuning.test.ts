import { describe, expect, test } from "vitest";
import { describe as describeNode } from "#agents/node/describe.ts";
import { minutes } from "#src/base/units.ts";
import { input, planOf, SiteBench, valve } from "./site-bench.ts";

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
const site = (more: object = {}) =>
  new SiteBench(
    planOf({
      inputs: { t: input(0) },
      outputs: { v: valve(0) },
      loops: { heating: { ...heating, ...more } },
    }),
  );

/** First order of 20 s behind a dead time of 4 s: half open it is at 20. */
function live(bench: SiteBench, count: number): void {
  for (let second = 0; second < count; second += 1) {
    room.pipe.push(bench.of("v") ?? 0);
    room.t += (10 + 20 * (room.pipe.shift() ?? 0) - room.t) / 20;
    bench.pass([room.t]);
  }
}
let room = { t: 20, pipe: [0.5, 0.5, 0.5, 0.5] };

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
function rested(): SiteBench {
  room = { t: 20, pipe: [0.5, 0.5, 0.5, 0.5] };
  const bench = site();
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
    expect(bench.why("v")).toMatch(/^holds/);
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

  test("ends at once when a person has seen enough, and only while it runs", () => {
    const bench = rested();
    bench.give(ask);
    live(bench, 5);
    bench.give({ kind: "tuneStop", id: "s", loop: "heating" });
    live(bench, 1);
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
    expect(bench.why("v")).toMatch(/^holds/);
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
});
