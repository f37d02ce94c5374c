import type { Millis } from "#src/base/units.ts";

/**
 * Time of the simulated world: milliseconds since it began, the same for everybody in it. No node
 * can read it; each has a clock of its own.
 *
 * A moment is a whole number of grains of 1/1024 ms, so that sums and differences of moments are
 * exact on every machine.
 */
declare const unit: unique symbol;
export type Moment = number & { readonly [unit]: "Moment" };

export const moment = (count: number): Moment => count as Moment;

/** The first moment that is not before `count` milliseconds. */
export const momentFrom = (count: number): Moment => (Math.ceil(count * 1_024) / 1_024) as Moment;

export const grain = 1 / 1_024;

/** The first moment at least `length` after `from`. */
export const later = (from: Moment, length: Millis): Moment => momentFrom(from + length);

/** A moment that never comes. */
export const never = Number.POSITIVE_INFINITY as Moment;
