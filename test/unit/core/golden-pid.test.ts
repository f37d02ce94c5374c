import { describe, expect, test } from "vitest";
import { rngOf } from "#src/base/rng.ts";
import { millis } from "#src/base/units.ts";
import { leadLag, startLeadLag } from "#src/core/control/lead-lag.ts";
import { pid, track } from "#src/core/control/pid.ts";
import { select } from "#src/core/control/select.ts";
import { fopdt, peakSensitivity, respond, simc } from "./fopdt.ts";

/** Within 2 % of the published figure. */
function near(seen: number, figure: number): void {
  expect(Math.abs(seen / figure - 1)).toBeLessThanOrEqual(0.02);
}

/** Lag, gain, integral time; Ms; setpoint step; load step. All for a dead time of 1 s. */
const table = [
  {
    tau: 1,
    gain: 0.5,
    ti: 1,
    ms: 1.59,
    iae: 2.169,
    overshoot: 4.1,
    variation: 1.26,
    load: 2.036,
    peak: 0.725,
  },
  {
    tau: 1,
    gain: 0.667,
    ti: 1.333,
    ms: 1.683,
    iae: 1.998,
    overshoot: 0,
    variation: 1.46,
    load: 2,
    peak: 0.709,
  },
  {
    tau: 8,
    gain: 4,
    ti: 8,
    ms: 1.59,
    iae: 2.168,
    overshoot: 4.1,
    variation: 8.29,
    load: 2,
    peak: 0.204,
  },
  {
    tau: 8,
    gain: 7.2,
    ti: 3.333,
    ms: 3.271,
    iae: 3.452,
    overshoot: 66.8,
    variation: 31.3,
    load: 0.499,
    peak: 0.165,
  },
  {
    tau: 20,
    gain: 10,
    ti: 8,
    ms: 1.651,
    iae: 3.201,
    overshoot: 17.2,
    variation: 22.6,
    load: 0.8,
    peak: 0.091,
  },
  {
    tau: 0.2,
    gain: 0.1,
    ti: 0.2,
    ms: 1.59,
    iae: 2.17,
    overshoot: 4.1,
    variation: 1.09,
    load: 2.166,
    peak: 0.994,
  },
  {
    tau: 0.2,
    gain: 0.267,
    ti: 0.533,
    ms: 1.546,
    iae: 1.998,
    overshoot: 0,
    variation: 1,
    load: 2,
    peak: 0.993,
  },
] as const;

describe("golden figures of a PI controller", () => {
  test.each(table)("lag $tau s, gain $gain, integral time $ti s", (row) => {
    const rule = simc(row.tau, { gain: row.gain, integralTime: millis(row.ti * 1_000) });
    near(peakSensitivity(rule, row.tau, 1), row.ms);
    const set = respond(rule, { tau: row.tau, duration: 80, setpoint: 1 });
    near(set.iae, row.iae);
    expect(Math.abs(set.overshoot - row.overshoot)).toBeLessThanOrEqual(
      Math.max(0.3, 0.02 * row.overshoot),
    );
    near(set.variation, row.variation);
    const load = respond(rule, { tau: row.tau, duration: 80, load: 1 });
    near(load.iae, row.load);
    near(load.peak, row.peak);
  });

  test.each([
    [1, 2.17],
    [0.7, 4.4],
    [0.5, 6],
    [0, 10],
  ])("a setpoint weight of %d costs an IAE of %d on a lag of 8 s", (setpointWeight, iae) => {
    near(respond(simc(8, { setpointWeight }), { tau: 8, duration: 120, setpoint: 1 }).iae, iae);
  });

  test.each([
    [0.05, 2.18, 4.8],
    [0.1, 2.2, 5.6],
    [0.25, 2.27, 8.2],
    [0.5, 2.4, 13],
  ])("a period of %d dead times: IAE %d, overshoot %d %%", (period, iae, overshoot) => {
    const rule = simc(8, { period: millis(period * 1_000) });
    const seen = respond(rule, { tau: 8, duration: 80, setpoint: 1 });
    near(seen.iae, iae);
    expect(Math.abs(seen.overshoot - overshoot)).toBeLessThan(1);
  });

  test("PID4: saturated at 1.2 it overshoots by no more than half a percent, and settles within 16 s", () => {
    const seen = respond(simc(8, { min: 0, max: 1.2 }), { tau: 8, duration: 80, setpoint: 1 });
    expect(seen.overshoot).toBeLessThanOrEqual(0.5);
    expect(seen.settling).toBeLessThanOrEqual(16);
    near(seen.iae, 6.14);
  });

  test("turns that come half a period early or late cost less than 5 %", () => {
    const rule = simc(8, { period: millis(100) });
    const rng = rngOf(5);
    const steady = respond(rule, { tau: 8, duration: 80, setpoint: 1 });
    const next = (): number => 0.05 + rng.below(101) / 1_000;
    const jittered = respond(rule, { tau: 8, duration: 80, setpoint: 1, next });
    expect(Math.abs(jittered.iae / steady.iae - 1)).toBeLessThan(0.05);
  });
});

test("feed-forward of a perfect model takes four fifths of a load's error away", () => {
  // The load comes in through a lag of 8 s behind the same dead time and more: there is time to answer.
  const forward = (gain: number): number => {
    const h = 0.01;
    const [plant, way] = [fopdt(8, 1, h), fopdt(8, 1, h)];
    const model = { gain: -gain, lead: millis(0), lag: millis(0) };
    const rule = simc(8, { period: millis(10) });
    let state = track(rule, 0, 0, 0);
    let held = startLeadLag(model, 0);
    let [y, iae] = [0, 0];
    for (let t = 0; t < 80; t += h) {
      const fed = leadLag(model, held, 1, millis(10));
      held = fed.state;
      const input = { setpoint: 0, value: y, feedForward: fed.output, applied: undefined };
      const turn = pid(rule, state, input, rule.period);
      state = turn.state;
      y = plant(turn.output) + way(1);
      iae += Math.abs(y) * h;
    }
    return iae;
  };
  expect(forward(1)).toBeLessThan(0.2 * forward(0));
});

test("PID4, SL1: a loop that takes an output over from another moves it by at most a percent", () => {
  const rule = simc(8, { min: 0, max: 1, period: millis(100) });
  const plants = [fopdt(8, 1, 0.1), fopdt(8, 1, 0.1)] as const;
  let states = [track(rule, 0.3, 0, 0), track(rule, 0.3, 0, 0)] as const;
  let [u, first, second, owner] = [0, 0, 0, 0];
  let [bump, changes] = [0, 0];
  for (let t = 0; t < 600; t += 0.1) {
    const at = (value: number) => ({ setpoint: 0.3, value, feedForward: 0, applied: u });
    const one = pid(rule, states[0], at(first), rule.period);
    const two = pid(rule, states[1], at(second), rule.period);
    states = [one.state, two.state];
    const { winner, value } = select("min", [one.output, two.output]);
    if (winner !== owner && t > 60) {
      changes += 1;
      bump = Math.max(bump, Math.abs(value - u));
    }
    owner = winner;
    u = value;
    // The two processes are pushed apart and back again: now the one needs less, now the other.
    const push = 0.2 * Math.sin((2 * Math.PI * t) / 100);
    first = plants[0](u + push);
    second = plants[1](u - push);
  }
  expect(changes).toBeGreaterThanOrEqual(4);
  expect(bump).toBeLessThanOrEqual(0.01);
});
