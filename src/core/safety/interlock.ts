import { after, elapsed, type Instant, type Millis } from "#src/base/units.ts";
import { limits } from "#src/contract/limits.ts";

/**
 * An interlock takes outputs away from their loops while it is tripped.
 *
 * IL1  It trips when its condition has held without a break for `delay`; with none, at once.
 * IL2  With a manual reset it stays tripped until a person resets it, and nobody can while its condition
 *      holds, or is not known yet after a start. Else it lets go when the condition has not held for
 *      `resetAfter`. Either way a restart ends no trip, and the time to let go counts anew after it.
 * IL3  A condition that nobody knows counts as holding where `onBad` says trip, and as not holding
 *      where it says ignore. A trip for want of a value alone ends when the value is back and speaks
 *      against it: what was never seen is no reason to call a person.
 * IL4  A program that has just started waits for its first values before it calls them missing; what
 *      was tripped for want of them when the last run ended is tripped meanwhile.
 * IL5  A condition is not known while a value that it needs is not good, and a substitute is not: loops
 *      use that, and an interlock is there for when they are wrong.
 */
export interface Interlock {
  readonly delay: Millis;
  /** Undefined: a person must. */
  readonly resetAfter: Millis | undefined;
  readonly onBad: "trip" | "ignore";
}

export interface InterlockState {
  /** Since when it is tripped. */
  readonly trippedAt: Instant | undefined;
  /** Since when its condition has been what it is. */
  readonly since: Instant;
  readonly holds: boolean;
  /** It held because a value was not good. */
  readonly isBlind: boolean;
  /** While it was tripped its condition was seen to hold. */
  readonly wasSeen: boolean;
  /** Until its first values are there: when it gives up to wait for them. */
  readonly waitsUntil: Instant | undefined;
}

/** Of an interlock that was tripped when an earlier run ended. */
export interface EarlierTrip {
  /** When this run takes it to have tripped. */
  readonly at: Instant;
  readonly wasSeen: boolean;
}

export const startInterlock = (trip: EarlierTrip | undefined, now: Instant): InterlockState => {
  const isBlind = trip?.wasSeen === false;
  return {
    trippedAt: trip?.at,
    since: now,
    holds: isBlind,
    isBlind,
    wasSeen: trip?.wasSeen === true,
    waitsUntil: after(now, limits.firstValues),
  };
};

/** The earlier trip is heard of only now; one for want of a value ended if the values are there. */
export function recallTrip(state: InterlockState, { at, wasSeen }: EarlierTrip): InterlockState {
  return wasSeen || state.isBlind || state.waitsUntil !== undefined
    ? { ...state, trippedAt: at, wasSeen: state.wasSeen || wasSeen }
    : state;
}

export function watchInterlock(
  rule: Interlock,
  state: InterlockState,
  condition: boolean | undefined,
  now: Instant,
): InterlockState {
  const waits = condition === undefined && state.waitsUntil !== undefined && now < state.waitsUntil;
  if (waits) return state;
  const seen = see(rule, state, condition, now);
  if (seen.trippedAt === undefined) {
    const isDue = seen.holds && elapsed(seen.since, now) >= rule.delay;
    return isDue ? { ...seen, trippedAt: now, wasSeen: !seen.isBlind } : seen;
  }
  if (seen.holds) return seen.isBlind || seen.wasSeen ? seen : { ...seen, wasSeen: true };
  const { resetAfter } = rule;
  const isOver = resetAfter !== undefined && elapsed(seen.since, now) >= resetAfter;
  const mayEnd = isOver || (!seen.wasSeen && condition === false);
  return mayEnd ? { ...seen, trippedAt: undefined } : seen;
}

function see(
  rule: Interlock,
  state: InterlockState,
  condition: boolean | undefined,
  now: Instant,
): InterlockState {
  const holds = condition ?? rule.onBad === "trip";
  const isBlind = condition === undefined && holds;
  const isSame = holds === state.holds && isBlind === state.isBlind;
  if (isSame && state.waitsUntil === undefined) return state;
  const isKnown = state.waitsUntil === undefined && holds === state.holds;
  const since = isKnown ? state.since : now;
  return { ...state, holds, isBlind, since, waitsUntil: undefined };
}

/** A person's reset; undefined while the condition holds, or nobody knows yet whether it does (IL2). */
export const resetInterlock = (state: InterlockState): InterlockState | undefined =>
  state.holds || state.waitsUntil !== undefined ? undefined : { ...state, trippedAt: undefined };
