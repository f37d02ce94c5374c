import { elapsed, type Instant, type Millis, millis } from "#src/base/units.ts";
import type { FirstOrder } from "./simc.ts";
import { identifyStep } from "./step-identification.ts";

/**
 * One step of the output, and what the process makes of it.
 *
 * STT1  The output is `start` + `amplitude` until the test is over, and `start` then.
 * STT2  It is over when its time is, or when the process value leaves `low` … `high`; of the values it
 *       keeps at most `mostPoints`, evenly spaced.
 */
export interface StepTest {
  readonly start: number;
  readonly amplitude: number;
  readonly low: number;
  readonly high: number;
  readonly longest: Millis;
}

export interface StepTestState {
  readonly begunAt: Instant;
  /** Milliseconds after the step. */
  readonly at: readonly number[];
  readonly values: readonly number[];
}

export type StepTestOutcome =
  | { readonly kind: "running"; readonly periods: 0 }
  | { readonly kind: "identified"; readonly process: FirstOrder }
  | { readonly kind: "aborted"; readonly why: string };

const mostPoints = 500;

export const startStepTest = (value: number, now: Instant): StepTestState => ({
  begunAt: now,
  at: [0],
  values: [value],
});

export interface StepTestTurn {
  readonly state: StepTestState;
  readonly output: number;
  readonly outcome: StepTestOutcome;
}

export function stepTest(
  rule: StepTest,
  state: StepTestState,
  value: number,
  now: Instant,
): StepTestTurn {
  const { low, high, longest, start, amplitude } = rule;
  if (!(value >= low && value <= high)) {
    const why = `the process value ${Number(value.toPrecision(6))} left ${low} … ${high}`;
    return { state, output: start, outcome: { kind: "aborted", why } };
  }
  const gone = elapsed(state.begunAt, now);
  const isDue = gone - (state.at.at(-1) ?? 0) >= longest / mostPoints;
  const next = isDue
    ? { ...state, at: [...state.at, gone], values: [...state.values, value] }
    : state;
  if (gone < longest) {
    const outcome = { kind: "running", periods: 0 } as const;
    return { state: next, output: start + amplitude, outcome };
  }
  const found = identifyStep({ at: next.at, values: next.values, step: amplitude });
  const outcome: StepTestOutcome =
    found.kind === "found"
      ? { kind: "identified", process: found.process }
      : { kind: "aborted", why: found.why };
  return { state: { ...next, at: [], values: [] }, output: start, outcome };
}

/** A dead time shorter than the controller's own turn is that turn's: it cannot act sooner. */
export const withTurn = (process: FirstOrder, period: Millis): FirstOrder => ({
  ...process,
  deadTime: millis(Math.max(process.deadTime, period)),
});
