import { describe, expect, test } from "vitest";
import { rngOf } from "#src/base/rng.ts";
import { millis, seconds } from "#src/base/units.ts";
import { improvedSimc, integratingSimc, simc } from "#src/core/tune/simc.ts";
import { identifyStep, unrest } from "#src/core/tune/step-identification.ts";
import { fopdt, peakSensitivity, simc as ruleOf } from "./fopdt.ts";

const second = seconds(1);

describe("SIMC", () => {
  test.each([
    [1, 0.5, 1],
    [8, 4, 8],
    [20, 10, 8],
    [0.2, 0.1, 0.2],
  ])("of a lag of %d dead times: gain %d, integral time %d s", (lag, gain, integralTime) => {
    const found = simc({ gain: 1, lag: millis(lag * 1_000), deadTime: second });
    expect(found.gain).toBeCloseTo(gain, 9);
    expect(found.integralTime).toBeCloseTo(1_000 * integralTime, 6);
  });

  test("SI1: gives a sensitivity peak of 1.59 up to a lag of eight dead times", () => {
    for (const lag of [0.5, 1, 2, 5, 8]) {
      const settings = simc({ gain: 1, lag: millis(lag * 1_000), deadTime: second });
      expect(peakSensitivity(ruleOf(lag, settings), lag, 1)).toBeCloseTo(1.59, 2);
    }
  });

  test("takes a gain of the process into account, whatever its sign", () => {
    const process = { lag: seconds(8), deadTime: second };
    expect(simc({ ...process, gain: -4 }).gain).toBeCloseTo(1, 9);
  });

  test("of a process with more dead time than lag is better with a third of it added to the lag", () => {
    const { gain, integralTime } = improvedSimc({ gain: 1, lag: millis(200), deadTime: second });
    expect(gain).toBeCloseTo(0.267, 3);
    expect(integralTime).toBeCloseTo(533, 0);
    const peak = peakSensitivity(ruleOf(0.2, { gain, integralTime }), 0.2, 1);
    expect(peak).toBeLessThan(1.7);
  });

  test("of a process that never rests asks for a gain and an integral time of eight dead times", () => {
    expect(integratingSimc(0.1, second)).toEqual({ gain: 5, integralTime: 8_000 });
  });
});

describe("a step of the output", () => {
  const answered = (tau: number, noise: number, seed: number, gain = 2) => {
    const rng = rngOf(seed);
    const plant = fopdt(tau, 1, 0.05, gain);
    const seen = (truth: number): number => {
      const bell = rng.below(1_000) + rng.below(1_000) + rng.below(1_000) + rng.below(1_000);
      return 20 + truth + (noise * gain * 0.5 * (bell - 1_998)) / 577;
    };
    const before = Array.from({ length: 30 }, () => seen(0));
    const values = Array.from({ length: 1_000 }, () => seen(plant(0.5)));
    const at = values.map((_, index) => (index + 1) * 50);
    const action = gain < 0 ? ("direct" as const) : ("reverse" as const);
    return { before, at, values, step: 0.5, action, grain: 0, turn: millis(50) };
  };

  test("SD1: tells lag and dead time within 10 % through noise of 2 %", () => {
    let [lags, times] = [0, 0];
    for (let seed = 1; seed <= 40; seed += 1) {
      const found = identifyStep(answered(4, 0.02, seed));
      if (found.kind === "none") throw new Error(found.why);
      const { gain, lag, deadTime } = found.process;
      expect(Math.abs(gain / 2 - 1)).toBeLessThan(0.02);
      if (Math.abs(lag / 4_000 - 1) < 0.1) lags += 1;
      if (Math.abs(deadTime - 1_000) < 0.1 * 1_000 + 50) times += 1;
    }
    expect(lags).toBeGreaterThanOrEqual(36);
    expect(times).toBeGreaterThanOrEqual(36);
  });

  test("tells them exactly without noise, also of a process that falls", () => {
    for (const gain of [2, -2]) {
      const found = identifyStep(answered(4, 0, 1, gain));
      if (found.kind === "none") throw new Error(found.why);
      expect(found.process.gain).toBeCloseTo(gain, 2);
      expect(found.process.lag / 4_000).toBeCloseTo(1, 1);
    }
  });

  test("SD2: is taken for ended when it is within 1 % of its end, noise or not", () => {
    for (const [tau, noise, seed] of [
      [1, 0, 1],
      [4, 0, 1],
      [4, 0.02, 1],
      [4, 0.02, 2],
      [4, 0.05, 3],
    ] as const) {
      const whole = answered(tau, noise, seed);
      const isOver = (length: number): boolean =>
        unrest({ ...whole, values: whole.values.slice(0, length) }) === undefined;
      const length = whole.values.findIndex((_, at) => isOver(at));
      expect(Math.exp((1 - length * 0.05) / tau)).toBeLessThan(0.01);
    }
  });

  test("SD3: tells nothing where its points, its sensor or its noise are too coarse", () => {
    const whyNot = (more: object): string | undefined => {
      const found = identifyStep({ ...answered(4, 0.02, 1), ...more });
      return found.kind === "none" ? found.why : undefined;
    };
    expect(whyNot({})).toBeUndefined();
    expect(whyNot({ grain: 0.2 })).toBe("the process moved by fewer than 8 steps of its sensor");
    expect(whyNot(answered(0.05, 0, 1))).toMatch(/too coarse: .* only 0.67 of its points$/);
    expect(whyNot({ before: [19.85, 20.15] })).toMatch(/^its noise hides its dead time/);
  });

  test("SD4: tells nothing of a process that moved against its loop's action", () => {
    expect(identifyStep({ ...answered(4, 0, 1), action: "direct" })).toEqual({
      kind: "none",
      why: "with more output the process value rose, against an action of direct",
    });
    const down = identifyStep({ ...answered(4, 0, 1, -2), step: -0.5, action: "direct" });
    expect(down.kind).toBe("none");
  });

  test("tells nothing of a process that did not move, or is still on its way", () => {
    expect(identifyStep(answered(4, 2e7, 1, 1e-9)).kind).toBe("none");
    expect(identifyStep(answered(400, 0, 1))).toEqual({
      kind: "none",
      why: "the process has not come to rest",
    });
    expect(identifyStep({ ...answered(4, 0, 1), at: [50], values: [1] }).kind).toBe("none");
  });
});
