import { elapsed, type Instant, type Millis, millis } from "#src/base/units.ts";
import type { Action } from "../control/on-off.ts";
import { type AnswerRecord, recordTurn, startRecord } from "./answer-record.ts";
import { type FirstOrder, type Settings, simc } from "./simc.ts";
import { type Answered, identifyStep, leastValues, unrest } from "./step-identification.ts";

/**
 * One step of the output, and what the process makes of it.
 *
 * STT1  The output is `start` while it looks where the process is, then `start` + `amplitude` until the test
 *       is over, and `start` when it is.
 * STT2  It is over when the process is at rest after its answer, when its time is, or when the process value
 *       leaves `low` … `high`.
 * STT3  The settings that it proposes are right for the longest dead time that the process may have.
 */
export interface StepTest {
  readonly action: Action;
  readonly start: number;
  readonly amplitude: number;
  readonly low: number;
  readonly high: number;
  readonly longest: Millis;
  /** Of the loop's turns. */
  readonly period: Millis;
}

export interface StepTestState {
  readonly begunAt: Instant;
  /** What the process was before the step. */
  readonly before: readonly number[];
  readonly steppedAt: Instant | undefined;
  readonly last: number;
  /** The least difference between two turns; 0 as long as there was none. */
  readonly grain: number;
  readonly record: AnswerRecord;
}

/** `doubt`: the dead time may be longer by this. */
interface Found {
  readonly process: FirstOrder;
  readonly doubt: Millis;
}

export type StepTestOutcome =
  | { readonly kind: "running"; readonly periods: 0 }
  | ({ readonly kind: "identified" } & Found)
  | { readonly kind: "aborted"; readonly why: string };

/** Turns before the step: where the process is, is known to a fifth of its noise then. */
const turnsBefore = 30;
/** A shorter test cannot come to a result. */
export const leastTurns = turnsBefore + leastValues;

export const startStepTest = (value: number, now: Instant): StepTestState => ({
  begunAt: now,
  before: [],
  steppedAt: undefined,
  last: value,
  grain: 0,
  record: startRecord,
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
  const next = seen(state, value, now);
  const answered = answeredOf(rule, next);
  const isOver = elapsed(state.begunAt, now) >= longest;
  if (isOver || (next.record.at !== state.record.at && unrest(answered) === undefined)) {
    const outcome = concluded(answered);
    return { state: { ...next, before: [], record: startRecord }, output: start, outcome };
  }
  const output = next.steppedAt === undefined ? start : start + amplitude;
  return { state: next, output, outcome: { kind: "running", periods: 0 } };
}

function seen(state: StepTestState, value: number, now: Instant): StepTestState {
  const apart = Math.abs(value - state.last);
  const isFiner = apart > 0 && (state.grain === 0 || apart < state.grain);
  const next = { ...state, last: value, grain: isFiner ? apart : state.grain };
  if (state.steppedAt !== undefined) {
    return { ...next, record: recordTurn(state.record, elapsed(state.steppedAt, now), value) };
  }
  const before = [...state.before, value];
  return { ...next, before, steppedAt: before.length < turnsBefore ? undefined : now };
}

const answeredOf = ({ amplitude, action, period }: StepTest, state: StepTestState): Answered => ({
  before: state.before,
  at: state.record.at,
  values: state.record.values,
  step: amplitude,
  action,
  grain: state.grain,
  turn: period,
});

function concluded(answered: Answered): StepTestOutcome {
  const found = identifyStep(answered);
  if (found.kind === "none") return { kind: "aborted", why: found.why };
  return { kind: "identified", process: found.process, doubt: found.doubt };
}

/** STT3: what SIMC makes of it. */
export const proposed = ({ process, doubt }: Found): Settings =>
  simc({ ...process, deadTime: millis(process.deadTime + doubt) });
