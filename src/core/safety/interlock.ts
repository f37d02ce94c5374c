import { elapsed, type Instant, type Millis } from "#src/base/units.ts";

/**
 * An interlock takes outputs away from their loops while it is tripped.
 *
 * IL1  It trips when its condition has held without a break for `delay`; with none, at once.
 * IL2  With a manual reset it stays tripped, over restarts, until a person resets it, and nobody can
 *      while its condition holds. Else it lets go when the condition has not held for `resetAfter`.
 * IL3  A condition that nobody knows counts as holding where `onBad` says trip, and as not holding
 *      where it says ignore.
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
}

/** `isLatched`: it was tripped when the last run ended. */
export const startInterlock = (isLatched: boolean, now: Instant): InterlockState => ({
  trippedAt: isLatched ? now : undefined,
  since: now,
  holds: false,
  isBlind: false,
});

export function watchInterlock(
  rule: Interlock,
  state: InterlockState,
  condition: boolean | undefined,
  now: Instant,
): InterlockState {
  const holds = condition ?? rule.onBad === "trip";
  const isBlind = condition === undefined && holds;
  const seen =
    holds === state.holds && isBlind === state.isBlind
      ? state
      : { ...state, holds, isBlind, since: holds === state.holds ? state.since : now };
  if (seen.trippedAt === undefined) {
    const isDue = holds && elapsed(seen.since, now) >= rule.delay;
    return isDue ? { ...seen, trippedAt: now } : seen;
  }
  const { resetAfter } = rule;
  const isOver = !holds && resetAfter !== undefined && elapsed(seen.since, now) >= resetAfter;
  return isOver ? { ...seen, trippedAt: undefined } : seen;
}

/** A person's reset; undefined while the condition holds (IL2). */
export const resetInterlock = (state: InterlockState): InterlockState | undefined =>
  state.holds ? undefined : { ...state, trippedAt: undefined };
