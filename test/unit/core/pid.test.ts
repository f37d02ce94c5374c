import { expect, test } from "vitest";
import { millis } from "#src/base/units.ts";
import { type Pid, pid, track } from "#src/core/control/pid.ts";
import { simc } from "./fopdt.ts";

const rule = simc(8, { min: 0, max: 1, period: millis(10) });

const at = (setpoint: number, value: number, applied?: number) => ({
  setpoint,
  value,
  feedForward: 0,
  applied,
});

test("PID2: continues from a given output without a bump", () => {
  const { output } = pid(rule, track(rule, 4, 3.7, 0.42), at(4, 3.7), rule.period);
  expect(Math.abs(output - 0.42)).toBeLessThan(1e-9);
});

test("PID2: without an integral part there is no past: an error gives one output, wherever it began", () => {
  const plain = { ...rule, integralTime: undefined, derivativeTime: millis(0) };
  const outputs = [rule.min, 0.42, rule.max].map(
    (from) => pid(plain, track(plain, 4, 3.99, from), at(4, 3.99), rule.period).output,
  );
  for (const output of outputs) expect(output).toBeCloseTo(plain.gain * 0.01, 9);
});

test("PID3: a setpoint step moves the output by the weighted gain alone, without derivative kick", () => {
  const wide = { ...rule, derivativeTime: millis(2_000), setpointWeight: 0.5, min: -1e3, max: 1e3 };
  const before = track(wide, 4, 4, 0);
  const { output } = pid(wide, before, at(4.1, 4), rule.period);
  expect(Math.abs(output - wide.gain * 0.5 * 0.1)).toBeLessThan(1e-9);
});

test("PID4: what another hand applied is taken over: the way back has no jump", () => {
  let state = track(rule, 4, 4, 0.9);
  for (let step = 0; step < 20_000; step += 1) {
    state = pid(rule, state, at(4, 4, 0.3), rule.period).state;
  }
  expect(pid(rule, state, at(4, 4, 0.3), rule.period).output).toBeCloseTo(0.3, 3);
});

test("PID5: other parameters from one step to the next do not bump", () => {
  const first = pid(rule, track(rule, 4, 3.95, 0.5), at(4, 3.95), rule.period);
  const second = pid(rule, first.state, at(4, 3.95), rule.period);
  const changed = pid(
    { ...rule, gain: 9, setpointWeight: 0.4 },
    first.state,
    at(4, 3.95),
    rule.period,
  );
  expect(Math.abs(changed.output - second.output)).toBeLessThan(1e-9);
});

test("a direct controller gives more output for more value, a reverse one less", () => {
  const after = (action: Pid["action"], value: number) => {
    const turned = { ...rule, action };
    return pid(turned, track(turned, 4, 4, 0.5), at(4, value), rule.period).output;
  };
  expect(after("direct", 4.05)).toBeGreaterThan(after("direct", 4));
  expect(after("reverse", 4.05)).toBeLessThan(after("reverse", 4));
});

test("a missed cycle does not make it jump: at most five periods are made up for", () => {
  const after = (length: number) =>
    pid(rule, track(rule, 4, 3.9, 0), at(4, 3.9), millis(length)).state.integral;
  expect(after(1_000_000)).toBe(after(5 * rule.period));
});

test("turns that follow closely count for as little as they last, and several at once for nothing", () => {
  const from = track(rule, 4, 3.9, 0);
  const integral = (length: number) => pid(rule, from, at(4, 3.9), millis(length)).state.integral;
  expect(integral(0)).toBe(from.integral);
  const small = integral(1) - from.integral;
  expect(integral(rule.period) - from.integral).toBeCloseTo(rule.period * small, 9);
});

test("the derivative part of a steady slope is the same however far its turns lie apart", () => {
  const steep = { ...rule, derivativeTime: millis(500) };
  const slope = (apart: number): number => {
    let state = track(steep, 4, 4, 0.5);
    for (let turn = 1; turn <= 200; turn += 1) {
      state = pid(steep, state, at(4, 4 - 1e-5 * turn * apart), millis(apart)).state;
    }
    return state.derivative;
  };
  expect(slope(16 * rule.period)).toBeCloseTo(slope(rule.period), 6);
});
