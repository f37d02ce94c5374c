import { expect, test } from "vitest";
import { millis } from "#src/base/units.ts";
import { leadLag, startLeadLag } from "#src/core/control/lead-lag.ts";

const rule = { gain: 2, lead: millis(10_000), lag: millis(5_000) };

test("LL1: a constant disturbance ends in gain · disturbance, and leads on its way there", () => {
  let state = startLeadLag(rule, 0);
  const outputs: number[] = [];
  for (let second = 0; second < 100; second += 1) {
    const step = leadLag(rule, state, 3, millis(1_000));
    ({ state } = step);
    outputs.push(step.output);
  }
  expect(outputs.at(-1)).toBeCloseTo(6, 6);
  expect(outputs[0]).toBeGreaterThan(6);
});

test("LL1: without a lag it is the bare gain", () => {
  const bare = { ...rule, lag: millis(0) };
  expect(leadLag(bare, startLeadLag(bare, 0), 3, millis(1_000)).output).toBe(6);
});

test("LL2: it starts at rest, without a step", () => {
  expect(leadLag(rule, startLeadLag(rule, 3), 3, millis(0)).output).toBe(6);
  expect(leadLag(rule, startLeadLag(rule, 3), 3, millis(1_000)).output).toBe(6);
});
