/**
 * Time as the rest of the code speaks of it.
 *
 * An `Instant` is a point on one machine's monotonic clock, in milliseconds since that machine
 * started; it never runs back and means nothing elsewhere. A `WallTime` is milliseconds since
 * 1970-01-01 UTC; it may jump and is data, never a reason to act. `Millis` is a length of time.
 */
declare const unit: unique symbol;

export type Millis = number & { readonly [unit]: "Millis" };
export type Instant = number & { readonly [unit]: "Instant" };
export type WallTime = number & { readonly [unit]: "WallTime" };

export const millis = (count: number): Millis => count as Millis;
export const seconds = (count: number): Millis => (count * 1_000) as Millis;
export const minutes = (count: number): Millis => (count * 60_000) as Millis;
export const hours = (count: number): Millis => (count * 3_600_000) as Millis;

export const instant = (count: number): Instant => count as Instant;
export const wallTime = (count: number): WallTime => count as WallTime;

/** The point `length` later than `from`. */
export const after = (from: Instant, length: Millis): Instant => (from + length) as Instant;

/** How long it is from `from` to `to`; negative when `to` is the earlier one. */
export const elapsed = (from: Instant, to: Instant): Millis => (to - from) as Millis;
