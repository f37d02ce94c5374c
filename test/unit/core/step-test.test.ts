import { describe, expect, test } from "vitest";
import { type Rng, rngOf } from "#src/base/rng.ts";
import { instant, type Millis, minutes, seconds } from "#src/base/units.ts";
import { recordTurn, startRecord } from "#src/core/tune/answer-record.ts";
import {
  leastTurns,
  proposed,
  type StepTest,
  startStepTest,
  stepTest,
} from "#src/core/tune/step-test.ts";
import { fopdt } from "./fopdt.ts";

const rule: StepTest = {
  action: "reverse",
  start: 0.4,
  amplitude: 0.1,
  low: -1_000,
  high: 1_000,
  longest: minutes(30),
  period: seconds(1),
};

interface Case {
  readonly k: number;
  readonly tau: number;
  readonly theta: number;
  readonly longest?: Millis;
  /** Of the way. */
  readonly noise?: number;
  readonly seed?: number;
  /** Least difference that the sensor shows. */
  readonly grid?: number;
}

/** A second a turn. */
function run({ k, tau, theta, longest = minutes(30), noise = 0, seed = 1, grid = 0 }: Case) {
  const rng = rngOf(seed);
  const plant = fopdt(tau, theta, 1, k);
  const outputs: number[] = [];
  let state = startStepTest(0, instant(0));
  let value = 0;
  for (;;) {
    const now = instant(1_000 * (outputs.length + 1));
    const noisy = value + noise * k * rule.amplitude * bell(rng);
    const seen = grid === 0 ? noisy : grid * Math.round(noisy / grid);
    const turn = stepTest({ ...rule, longest }, state, seen, now);
    state = turn.state;
    outputs.push(turn.output);
    if (turn.outcome.kind !== "running") return { outcome: turn.outcome, outputs };
    value = plant(turn.output - rule.start);
  }
}

/** Of a standard deviation of 1. */
const bell = (rng: Rng): number =>
  ([0, 0, 0, 0].reduce((sum) => sum + rng.below(1_000), 0) - 1_998) / 577;

/** Of the true process under a controller that holds its output for a second. */
function ultimateGain({ k, tau, theta }: Case): number {
  const delay = theta + 0.5;
  let [low, high] = [0, Math.PI / delay];
  for (let step = 0; step < 60; step += 1) {
    const middle = (low + high) / 2;
    if (middle * delay + Math.atan(middle * tau) < Math.PI) low = middle;
    else high = middle;
  }
  return Math.hypot(1, low * tau) / k;
}

const cases = [0.2, 1, 20].flatMap((k) =>
  [5, 20, 60, 200].flatMap((tau) => [1, 5, 20].map((theta) => ({ k, tau, theta }))),
);

describe("a step test of a process", () => {
  test.each(cases)(
    "of gain $k, lag $tau s and dead time $theta s proposes what is stable and not sluggish, or nothing",
    (process) => {
      const right = process.tau / (2 * process.theta * process.k);
      for (const longest of [minutes(10), minutes(30), minutes(120)]) {
        const isLongEnough = longest > 7 * 1_000 * process.tau;
        for (const [at, noise] of [0, 0.02, 0.02, 0.05].entries()) {
          const { outcome } = run({ ...process, longest, noise, seed: at + 1 });
          if (noise === 0) expect(outcome.kind === "identified").toBe(isLongEnough);
          if (outcome.kind !== "identified") continue;
          const { gain } = proposed(outcome);
          expect(gain / ultimateGain(process)).toBeLessThan(0.6);
          expect(gain / right).toBeGreaterThan(1 / 3);
        }
      }
    },
  );

  test("STT1: has its output where it was, then once beside it, and where it was at the end", () => {
    const { outputs } = run({ k: 1, tau: 20, theta: 5 });
    const changes = outputs.filter((output, at) => output !== outputs[at - 1]);
    expect(changes).toEqual([0.4, 0.5, 0.4]);
    expect(outputs.indexOf(0.5)).toBe(29);
  });

  test("STT2: is over when the process is at rest, however long it might take", () => {
    const [short, long] = [minutes(10), minutes(120)].map((longest) =>
      run({ k: 1, tau: 20, theta: 5, longest }),
    );
    expect(long).toEqual(short);
    expect(long?.outputs.length).toBeGreaterThan(30 + 5 + 4 * 20);
    expect(long?.outputs.length).toBeLessThan(30 + 5 + 7 * 20);
  });

  test("STT2: is over without a result when its time is", () => {
    const { outcome, outputs } = run({ k: 1, tau: 200, theta: 5, longest: minutes(10) });
    expect(outcome).toEqual({ kind: "aborted", why: "the process has not come to rest" });
    expect(outputs).toHaveLength(600);
    const least = run({ k: 0, tau: 1, theta: 1, longest: seconds(leastTurns) });
    expect(least.outcome).toMatchObject({ why: "the process did not move by more than its noise" });
  });

  test("STT3: proposes what is right for the longest dead time that its noise allows", () => {
    const { outcome } = run({ k: 1, tau: 20, theta: 5, noise: 0.02 });
    if (outcome.kind !== "identified") throw new Error(JSON.stringify(outcome));
    const { process, doubt } = outcome;
    expect(doubt).toBeGreaterThan(200);
    expect(Math.abs(process.deadTime - 5_000)).toBeLessThan(doubt);
    const right = process.lag / (2 * (process.deadTime + doubt) * process.gain);
    expect(proposed(outcome).gain).toBeCloseTo(right, 9);
  });

  test("waits while a coarse sensor stands on one of its steps", () => {
    const { outcome } = run({ k: 1, tau: 60, theta: 5, grid: 0.01 });
    if (outcome.kind !== "identified") throw new Error(JSON.stringify(outcome));
    expect(outcome.process.gain).toBeCloseTo(1, 1);
    const coarse = run({ k: 1, tau: 60, theta: 5, grid: 0.02 });
    expect(coarse.outcome).toMatchObject({ why: expect.stringMatching(/steps of its sensor$/) });
  });
});

test("AR1: a record has a point for every turn, and half of them, twice as wide, when it is full", () => {
  let record = startRecord;
  for (let turn = 1; turn <= 499; turn += 1) record = recordTurn(record, turn, 2 * turn);
  expect(record.at).toHaveLength(499);
  expect(record.at[498]).toBe(499);
  record = recordTurn(record, 500, 1_000);
  expect(record.at).toHaveLength(250);
  expect([record.at[0], record.values[0], record.values[249]]).toEqual([1.5, 3, 999]);
  record = recordTurn(recordTurn(record, 501, 1_002), 502, 1_004);
  expect([record.width, record.at[250], record.values[250]]).toEqual([2, 501.5, 1_003]);
});
