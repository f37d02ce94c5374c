import { draw } from "#src/base/rng.ts";
import { hours } from "#src/base/units.ts";

/** What a day and a year bring to a plant, as functions of the plant's own time. */

const day = hours(24);
const year = 365 * day;
/** A quarter of it. */
export const quarter = year / 4;

/** The hour of the day, 0 … 24, of `at` milliseconds after the first midnight. */
export const hourOf = (at: number): number => (at % day) / hours(1);

/** A day's swing in [−1, 1]: 0 at 9 and 21 o'clock, greatest at 15, least at 3. */
export function swing(at: number): number {
  return wave((at - hours(9)) / day);
}

/** A year's swing in [−1, 1], from an autumn's beginning on: least after a quarter, greatest after three. */
export function season(at: number): number {
  return -wave(at / year);
}

/** About the sine of so many turns. */
function wave(turns: number): number {
  const part = turns - Math.floor(turns);
  return part < 0.5 ? arch(part) : -arch(part - 0.5);
}

/**
 * Half a sine wave over u in [0, 0.5], by Bhaskara's fraction: within 0.002 of the sine, and free
 * of functions whose last bits differ between machines.
 */
function arch(u: number): number {
  const p = u * (0.5 - u);
  return (64 * p) / (5 - 16 * p);
}

/** A smooth-ish random walk in [−1, 1]: a new aim every `every` milliseconds, straight between. */
export function wander(seed: number, at: number, every: number): number {
  const slot = Math.floor(at / every);
  const from = drawFor(seed, slot);
  const to = drawFor(seed, slot + 1);
  const way = at / every - slot;
  return ((from + (to - from) * way) / 0xffff_ffff) * 2 - 1;
}

/** A whole number in [0, 2^32) that belongs to this seed and this slot of time. */
export function drawFor(seed: number, slot: number): number {
  return draw((seed ^ Math.imul(slot + 1, 0x9e37_79b1)) >>> 0).value;
}
