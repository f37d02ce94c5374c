import { describe, expect, test } from "vitest";
import { rngOf } from "#src/base/rng.ts";
import { instant, millis, minutes } from "#src/base/units.ts";
import { type Relay, type RelayOutcome, relay, startRelay } from "#src/core/tune/relay.ts";
import { tyreusLuyben } from "#src/core/tune/tyreus-luyben.ts";

const rule: Relay = {
  action: "reverse",
  setpoint: 0,
  start: 0.4,
  amplitude: 0.1,
  hysteresis: 0,
  low: -10,
  high: 10,
  longest: minutes(10),
};

/** First order with dead time 1 s, in steps of 5 ms; its value is 0 at the starting output. */
function run(
  of: Relay,
  tau: number,
  gain = 1,
  noise = 0,
): { outcome: RelayOutcome; outputs: Set<number> } {
  const h = 0.005;
  const delay: number[] = Array.from({ length: Math.round(1 / h) }, () => 0);
  let value = -0.001;
  let now = instant(0);
  let state = startRelay(of, value, now);
  const outputs = new Set<number>();
  const rng = rngOf(3);
  for (let step = 0; step < 200_000; step += 1) {
    now = instant(now + 1_000 * h);
    const seen = value + noise * (rng.below(2_001) / 1_000 - 1);
    const turn = relay(of, state, seen, now);
    state = turn.state;
    outputs.add(turn.output);
    if (turn.outcome.kind !== "running") return { outcome: turn.outcome, outputs };
    delay.push(turn.output - of.start);
    value += (((delay.shift() ?? 0) * gain - value) * h) / tau;
  }
  throw new Error("it never ends");
}

describe("golden figures of a relay test (dead time 1 s, no hysteresis)", () => {
  test.each([
    [8, 10.82, 3.784, 13.21],
    [1, 2.012, 2.984, 2.262],
    [20, 26.06, 3.912, 32.06],
  ])("lag %d s: ultimate gain %d, period %d s", (tau, ku, pu, exact) => {
    const { outcome } = run(rule, tau);
    if (outcome.kind !== "done") throw new Error(JSON.stringify(outcome));
    expect(Math.abs(outcome.gain / ku - 1)).toBeLessThan(0.03);
    expect(Math.abs(outcome.period / 1_000 / pu - 1)).toBeLessThan(0.04);
    expect(outcome.gain / exact).toBeGreaterThan(0.8);
    expect(outcome.gain / exact).toBeLessThanOrEqual(1);
  });
});

test("RY1: the output takes two values, and is given back where it was", () => {
  const { outputs } = run(rule, 8);
  expect([...outputs].sort()).toEqual([0.30000000000000004, 0.4, 0.5]);
});

test("RY2: it ends at once when the process leaves its limits", () => {
  const { outcome } = run({ ...rule, high: 0.01 }, 1);
  expect(outcome).toMatchObject({
    kind: "aborted",
    why: expect.stringMatching(/left -10 … 0.01$/),
  });
});

test("RY2: it ends after its time when nothing swings", () => {
  const { outcome } = run({ ...rule, longest: millis(60_000) }, 8, 0);
  expect(outcome).toEqual({
    kind: "aborted",
    why: "it did not swing evenly within its time; where the sensor is noisy, it wants a hysteresis",
  });
});

test("RY2: noise at the switching point never passes for a swing, and a hysteresis does away with it", () => {
  const bare = run({ ...rule, longest: millis(200_000) }, 8, 1, 0.002).outcome;
  if (bare.kind === "done") expect(Math.abs(bare.period / 3_784 - 1)).toBeLessThan(0.15);
  const wide = run({ ...rule, hysteresis: 0.004 }, 8, 1, 0.002).outcome;
  if (wide.kind !== "done") throw new Error(JSON.stringify(wide));
  expect(wide.period).toBeGreaterThan(3_784);
  expect(wide.gain / 13.21).toBeLessThanOrEqual(1);
});

test("a direct process is tuned as well as a reverse one", () => {
  const { outcome } = run({ ...rule, action: "direct" }, 8, -1);
  expect(outcome.kind).toBe("done");
});

test("Tyreus and Luyben ask for less than half of the ultimate gain", () => {
  const { gain, integralTime } = tyreusLuyben(10.82, millis(3_784));
  expect(gain).toBeCloseTo(3.381, 3);
  expect(integralTime).toBeCloseTo(8_324.8, 3);
});
