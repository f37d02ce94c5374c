/** Where values and moments come to lie on a plot. */
export type Scale = (value: number) => number;

export const scaleOf =
  (from: readonly [number, number], to: readonly [number, number]): Scale =>
  (value) =>
    to[0] + ((value - from[0]) / (from[1] - from[0] || 1)) * (to[1] - to[0]);

/** Round figures within a range, 1, 2 or 5 of a power of ten apart; at most about `count`. */
export function roundTicks(min: number, max: number, count: number): number[] {
  const rough = (max - min) / count || 1;
  const power = 10 ** Math.floor(Math.log10(rough));
  const step = power * ([1, 2, 5].find((factor) => factor * power >= rough) ?? 10);
  const first = Math.ceil(min / step);
  const ticks: number[] = [];
  for (let index = first; index * step <= max + step / 1e6; index += 1) {
    ticks.push(Number((index * step).toPrecision(12)));
  }
  return ticks;
}

const minute = 60_000;
const steps = [1, 2, 5, 10, 15, 30, 60, 120, 180, 360, 720].map((count) => count * minute);

/** Moments from 0 on that a clock would show, at most about `count`. */
export function timeTicks(length: number, count: number): number[] {
  const day = 1_440 * minute;
  const step = steps.find((one) => length / one <= count) ?? day * Math.ceil(length / day / count);
  return Array.from({ length: Math.floor(length / step) + 1 }, (_, index) => index * step);
}

/** "0:30", "26:00": hours and minutes. */
export const clockLabel = (at: number): string =>
  `${Math.floor(at / 3_600_000)}:${String(Math.floor(at / minute) % 60).padStart(2, "0")}`;

/** Least and greatest of what is a number, with a little room; undefined where nothing is. */
export function rangeOf(lists: readonly (readonly number[])[]): [number, number] | undefined {
  let min = Number.POSITIVE_INFINITY;
  let max = Number.NEGATIVE_INFINITY;
  for (const values of lists) {
    for (const value of values) {
      if (value < min) min = value;
      if (value > max) max = value;
    }
  }
  if (min > max) return undefined;
  const room = (max - min) * 0.06 || Math.max(0.5, Math.abs(max) * 0.05);
  return [min - room, max + room];
}
