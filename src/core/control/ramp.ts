import type { Millis } from "#src/base/units.ts";

/** A step of `from` towards `to` by at most `rate` units a second; `sinceLast` is real elapsed time. */
export function ramp(rate: number, from: number, to: number, sinceLast: Millis): number {
  const most = (rate * Math.max(0, sinceLast)) / 1_000;
  return Math.abs(to - from) <= most ? to : from + Math.sign(to - from) * most;
}
