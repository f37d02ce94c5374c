import { elapsed, type Instant, type Millis, millis } from "#src/base/units.ts";
import type { Action } from "../control/on-off.ts";

/**
 * Relay auto-tuning after Åström and Hägglund, Automatica 20 (1984) 645: the output is switched around
 * where it was, so that the process swings at its ultimate period; from the swing follow ultimate gain
 * and period.
 *
 * RY1  The output is never anything but `start` ± `amplitude`, and `start` when it is over.
 * RY2  It is over with a result when three periods in a row are alike, none of them mere noise, and without one when the
 *      process value leaves `low` … `high`, or after `longest`.
 */
export interface Relay {
  readonly action: Action;
  readonly setpoint: number;
  /** Where the output was. */
  readonly start: number;
  /** Of the output, above 0. */
  readonly amplitude: number;
  /** Half the width of the band around the setpoint in which it does not switch. */
  readonly hysteresis: number;
  readonly low: number;
  readonly high: number;
  readonly longest: Millis;
}

export interface RelayState {
  readonly begunAt: Instant;
  readonly isHigh: boolean;
  /** Of the half period that runs. */
  readonly least: number;
  readonly greatest: number;
  /** When it last switched to high. */
  readonly roseAt: Instant | undefined;
  /** Turns since then. */
  readonly turns: number;
  /** Of the last periods, at most three. */
  readonly periods: readonly Period[];
}

interface Period {
  readonly length: number;
  /** Half of the swing from its least to its greatest. */
  readonly amplitude: number;
}

export type RelayOutcome =
  | { readonly kind: "running"; readonly periods: number }
  | {
      readonly kind: "done";
      /** Ultimate gain, output units per unit of the process value. */
      readonly gain: number;
      /** Ultimate period. */
      readonly period: Millis;
    }
  | { readonly kind: "aborted"; readonly why: string };

const needed = 3;
/** A period of fewer turns than this is noise at the switching point, not a swing. */
const leastTurns = 8;
/** Periods and swings that differ by less than these shares are alike. */
const alike = { length: 0.1, amplitude: 0.2 };

export const startRelay = (rule: Relay, value: number, now: Instant): RelayState => ({
  begunAt: now,
  isHigh: wantsMore(rule, value),
  least: value,
  greatest: value,
  roseAt: undefined,
  turns: 0,
  periods: [],
});

export interface RelayStep {
  readonly state: RelayState;
  readonly output: number;
  readonly outcome: RelayOutcome;
}

export function relay(rule: Relay, state: RelayState, value: number, now: Instant): RelayStep {
  const { low, high, longest, start, amplitude } = rule;
  if (!(value >= low && value <= high)) {
    return ended(
      state,
      start,
      `the process value ${Number(value.toPrecision(6))} left ${low} … ${high}`,
    );
  }
  if (elapsed(state.begunAt, now) >= longest) {
    return ended(
      state,
      start,
      "it did not swing evenly within its time; where the sensor is noisy, it wants a hysteresis",
    );
  }
  const next = swing(rule, state, value, now);
  const { periods } = next;
  if (periods.length === needed && areAlike(periods)) {
    return { state: next, output: start, outcome: resultOf(rule, periods) };
  }
  const output = start + (next.isHigh ? amplitude : -amplitude);
  return { state: next, output, outcome: { kind: "running", periods: periods.length } };
}

const ended = (state: RelayState, output: number, why: string): RelayStep => ({
  state,
  output,
  outcome: { kind: "aborted", why },
});

/** More output is wanted while the value is on the side that more output leads away from. */
const wantsMore = ({ action, setpoint }: Relay, value: number): boolean =>
  action === "direct" ? value > setpoint : value < setpoint;

function swing(rule: Relay, state: RelayState, value: number, now: Instant): RelayState {
  const { setpoint, hysteresis } = rule;
  const seen = {
    ...state,
    turns: state.turns + 1,
    least: Math.min(state.least, value),
    greatest: Math.max(state.greatest, value),
  };
  const isHigh = Math.abs(value - setpoint) > hysteresis ? wantsMore(rule, value) : state.isHigh;
  if (isHigh === state.isHigh) return seen;
  if (!isHigh) return { ...seen, isHigh };
  // A whole period is over; the first has no beginning.
  const period = {
    length: elapsed(state.roseAt ?? now, now),
    amplitude: (seen.greatest - seen.least) / 2,
  };
  const isSwing = state.roseAt !== undefined && seen.turns >= leastTurns;
  const periods = isSwing ? [...state.periods, period].slice(-needed) : [];
  return { ...seen, isHigh, least: value, greatest: value, roseAt: now, turns: 0, periods };
}

function areAlike(periods: readonly Period[]): boolean {
  const spread = (of: readonly number[]): number =>
    (Math.max(...of) - Math.min(...of)) / Math.max(...of);
  return (
    spread(periods.map(({ length }) => length)) <= alike.length &&
    spread(periods.map(({ amplitude }) => amplitude)) <= alike.amplitude
  );
}

function resultOf({ amplitude, hysteresis }: Relay, periods: readonly Period[]): RelayOutcome {
  const mean = (of: readonly number[]): number => of.reduce((sum, one) => sum + one, 0) / of.length;
  const swung = mean(periods.map((period) => period.amplitude));
  const period = millis(mean(periods.map(({ length }) => length)));
  const inner = swung * swung - hysteresis * hysteresis;
  if (!(inner > 0)) return { kind: "aborted", why: "it swung no farther than its hysteresis" };
  return { kind: "done", gain: (4 * amplitude) / (Math.PI * Math.sqrt(inner)), period };
}
