import { elapsed, type Instant, type Millis } from "#src/base/units.ts";

/**
 * What was ordered of late, as a least and a greatest: anything between them a device may still say that
 * takes up to `settle` to follow.
 *
 * RB1  Within `settle` of the last order every order that stood within `settle` is covered, and none that
 *      was replaced three times as long ago or more.
 * RB2  From then on the last order alone is.
 */
export interface Orders {
  readonly last: number;
  readonly lastAt: Instant;
  /** Since some point not longer than `settle` before the last order. */
  readonly since: Instant;
  readonly span: Span;
  /** From before that point. */
  readonly older: Span;
}

interface Span {
  readonly least: number;
  readonly greatest: number;
}

const both = (one: Span, other: Span): Span => ({
  least: Math.min(one.least, other.least),
  greatest: Math.max(one.greatest, other.greatest),
});

const only = (value: number): Span => ({ least: value, greatest: value });

export const firstOrder = (value: number, now: Instant): Orders => ({
  last: value,
  lastAt: now,
  since: now,
  span: only(value),
  older: only(value),
});

/** The same where the same is ordered again. */
export function withOrder(
  orders: Orders | undefined,
  value: number,
  settle: Millis,
  now: Instant,
): Orders {
  if (orders === undefined) return firstOrder(value, now);
  if (value === orders.last) return orders;
  const next = { ...orders, last: value, lastAt: now };
  if (elapsed(orders.since, now) < settle) return { ...next, span: both(orders.span, only(value)) };
  const hasRested = elapsed(orders.lastAt, now) >= settle;
  return {
    ...next,
    since: now,
    span: only(value),
    older: hasRested ? only(orders.last) : orders.span,
  };
}

/** Whether some order explains what the device said at a time. */
export function isExplained(
  { last, lastAt, since, span, older }: Orders,
  said: { readonly value: number; readonly at: Instant },
  settle: Millis,
  tolerance: number,
): boolean {
  const covers = ({ least, greatest }: Span): boolean =>
    said.value >= least - tolerance && said.value <= greatest + tolerance;
  if (elapsed(lastAt, said.at) >= settle) return covers(only(last));
  return covers(elapsed(since, said.at) < settle ? both(span, older) : span);
}
