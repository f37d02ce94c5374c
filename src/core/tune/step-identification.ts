import { type Millis, millis } from "#src/base/units.ts";
import type { Action } from "../control/on-off.ts";
import type { FirstOrder } from "./simc.ts";

/**
 * Gain, lag and dead time of a process from its answer to one step of the output: first by the times at
 * which it has come 28.3 and 63.2 % of its way, τ = 1.5·(t63 − t28), θ = t63 − τ (Smith; see Seborg, Edgar
 * and Mellichamp, "Process Dynamics and Control", section 7.2), and from there by least squares.
 *
 * SD1  With noise of 2 % of the way both are within 10 %, of some two hundred points and more.
 * SD2  It is at rest when the last quarter of the record and the one before differ by less than 3 % of the
 *      way, whatever the noise could make of that; a first-order lag is then within 1 % of its end.
 * SD3  Of an answer with fewer than two points between 28.3 and 63.2 %, or of fewer than eight steps of its
 *      sensor, or with a doubt of more than half its dead time, it tells nothing.
 * SD4  Nor of a process that moved against its loop's action: something else moved it.
 */
export interface Answered {
  /** What the process was before the step. */
  readonly before: readonly number[];
  /** Milliseconds after the step, in ascending order. */
  readonly at: readonly number[];
  readonly values: readonly number[];
  /** By how much the output was moved. */
  readonly step: number;
  readonly action: Action;
  /** The least difference that its sensor showed. */
  readonly grain: number;
  /** Of the controller, which cannot act sooner: a shorter dead time is that turn's. */
  readonly turn: Millis;
}

/** `doubt`: the dead time may be longer by this, two standard errors. */
export type Identified =
  | { readonly kind: "found"; readonly process: FirstOrder; readonly doubt: Millis }
  | { readonly kind: "none"; readonly why: string };

export const leastValues = 20;
/** Points between 28.3 and 63.2 % of the way. */
const leastPoints = 2;
const leastGrains = 8;
const restDrift = 0.03;
/** Standard errors that are taken for noise: of a drift, and of the way, which is looked at in every turn. */
const sure = { drift: 2, way: 6 };
/** Points to either side that noise is averaged over for the first guess, as a share of all. */
const smoothShare = 0.01;

export function identifyStep(answered: Answered): Identified {
  const why = unrest(answered);
  if (why !== undefined) return none(why);
  const { at, step, action, turn } = answered;
  const begin = mean(answered.before);
  const values = answered.values.map((value) => value - begin);
  const way = mean(quarters(values).last);
  const falls = way / step < 0;
  if (falls !== (action === "direct")) {
    const moved = falls ? "fell" : "rose";
    return none(`with more output the process value ${moved}, against an action of ${action}`);
  }
  const smooth = smoothed(values, Math.round(values.length * smoothShare));
  const t28 = crossing(at, smooth, 0.283 * way);
  const t63 = crossing(at, smooth, 0.632 * way);
  if (t28 === undefined || t63 === undefined || t63 <= t28) return none("it does not rise evenly");
  const lag = 1.5 * (t63 - t28);
  const fit = fitted(at, values, { lag, deadTime: Math.max(0, t63 - lag) });
  const points = fit.lag / 1.5 / spacing(at);
  if (points < leastPoints) {
    const span = Number(points.toPrecision(2));
    return none(`the test is too coarse: 28 to 63 % of the answer span only ${span} of its points`);
  }
  const deadTime = millis(Math.max(fit.deadTime, turn));
  const doubt = millis(doubtOf(answered, fit));
  if (doubt > deadTime / 2) {
    return none("its noise hides its dead time: ask for a greater amplitude");
  }
  const process = { gain: fit.gain / step, lag: millis(fit.lag), deadTime };
  return { kind: "found", process, doubt };
}

const none = (why: string): Identified => ({ kind: "none", why });

/** Why the process is not known to be at rest after its answer; undefined: it is (SD2). */
export function unrest({ before, values, grain }: Answered): string | undefined {
  if (values.length < leastValues) return `there are fewer than ${leastValues} values`;
  const { last, third } = quarters(values);
  const way = Math.abs(mean(last) - mean(before));
  const error = Math.hypot(errorOf(last), errorOf(before));
  if (!(way > sure.way * error)) return "the process did not move by more than its noise";
  if (way < leastGrains * grain) {
    return `the process moved by fewer than ${leastGrains} steps of its sensor`;
  }
  const drift = Math.abs(mean(last) - mean(third));
  const doubt = sure.drift * Math.hypot(errorOf(last), errorOf(third));
  return drift + doubt > restDrift * way ? "the process has not come to rest" : undefined;
}

function quarters(values: readonly number[]): {
  third: readonly number[];
  last: readonly number[];
} {
  const length = values.length >> 2;
  return { third: values.slice(-2 * length, -length), last: values.slice(-length) };
}

const mean = (of: readonly number[]): number => of.reduce((sum, one) => sum + one, 0) / of.length;

/** The standard error of their mean. */
function errorOf(values: readonly number[]): number {
  const middle = mean(values);
  const squares = values.reduce((sum, value) => sum + (value - middle) ** 2, 0);
  return Math.sqrt(squares) / values.length;
}

/** Mean of so many values to either side. */
const smoothed = (values: readonly number[], reach: number): number[] =>
  values.map((_, at) => mean(values.slice(Math.max(0, at - reach), at + reach + 1)));

/** When it first came to a level, in a straight line from the value before, which is 0 at the step. */
function crossing(
  at: readonly number[],
  values: readonly number[],
  level: number,
): number | undefined {
  const found = values.findIndex((value) => value / level >= 1);
  if (found < 0) return undefined;
  const [begin, from] =
    found === 0 ? [0, 0] : [at[found - 1] as number, values[found - 1] as number];
  const [end, to] = [at[found] as number, values[found] as number];
  return begin + ((level - from) / (to - from)) * (end - begin);
}

const spacing = (at: readonly number[]): number =>
  ((at.at(-1) as number) - (at[0] as number)) / (at.length - 1);

interface Times {
  readonly lag: number;
  readonly deadTime: number;
}

interface Fit extends Times {
  readonly gain: number;
  /** Sum of squares that is left over. */
  readonly misfit: number;
}

/**
 * Twice the standard error of the dead time: by least squares of an exponential its variance is 4·τ·Δ times
 * that of a point over the way, and where the process was before the step is not known exactly, either.
 */
function doubtOf({ before, at }: Answered, { lag, gain, misfit }: Fit): number {
  const noise = Math.sqrt(misfit / (at.length - 3));
  return (
    (2 * Math.hypot(2 * noise * Math.sqrt(lag * spacing(at)), lag * errorOf(before))) /
    Math.abs(gain)
  );
}

/** Lag and dead time with the least squares near a guess, looked for in ever smaller steps. */
function fitted(at: readonly number[], values: readonly number[], guess: Times): Fit {
  let best: Fit = { ...guess, ...project(at, values, guess) };
  for (let reach = guess.lag / 4; reach > guess.lag / 2_000; ) {
    const tried = neighbours(best, reach).map((times) => ({
      ...times,
      ...project(at, values, times),
    }));
    const better = tried.reduce((one, other) => (other.misfit < one.misfit ? other : one), best);
    if (better === best) reach /= 2;
    best = better;
  }
  return best;
}

const neighbours = ({ lag, deadTime }: Times, reach: number): readonly Times[] =>
  [
    { lag: lag + reach, deadTime },
    { lag: lag - reach, deadTime },
    { lag, deadTime: deadTime + reach },
    { lag, deadTime: deadTime - reach },
    { lag: lag + reach, deadTime: deadTime - reach },
    { lag: lag - reach, deadTime: deadTime + reach },
  ].filter((times) => times.lag > 0 && times.deadTime >= 0);

/** The gain that fits best with these times, and what it leaves over. */
function project(at: readonly number[], values: readonly number[], { lag, deadTime }: Times) {
  const shape = at.map((time) => (time > deadTime ? -Math.expm1((deadTime - time) / lag) : 0));
  const dot = (one: readonly number[], other: readonly number[]): number =>
    one.reduce((sum, value, place) => sum + value * (other[place] as number), 0);
  const along = dot(shape, values);
  const own = dot(shape, shape);
  return { gain: along / own, misfit: dot(values, values) - (along * along) / own };
}
