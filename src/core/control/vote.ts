import { computed, isMeasured, type Sensed } from "./sensor.ts";

/**
 * The median of several sensors of one thing (2 of 3).
 *
 * VT1  Members that are not good do not vote, nor do those farther than `maxDeviation` from the median
 *      of all that are. A substitute is not good: two dead sensors would outvote the one that lives.
 * VT2  With fewer than `least` voters the result may not be acted on, and has the quality of the first
 *      member that is not good; bad where that is a substitute, for nothing stands in for a vote.
 */
export interface Vote {
  readonly least: number;
  readonly maxDeviation: number | undefined;
}

export function vote({ least, maxDeviation }: Vote, members: readonly Sensed[]): Sensed {
  const able = members.filter(isMeasured).map(({ value }) => value);
  const middle = median(able);
  const near =
    maxDeviation === undefined
      ? able
      : able.filter((value) => Math.abs(value - middle) <= maxDeviation);
  if (near.length >= least) return computed(median(near));
  const unfit = members.find((one) => !isMeasured(one));
  const quality = unfit?.usable ? "bad" : (unfit?.quality ?? "range");
  return { value: middle, quality, usable: false, memory: undefined };
}

/** NaN of none. */
function median(values: readonly number[]): number {
  const sorted = [...values].sort((one, other) => one - other);
  const half = sorted.length >> 1;
  const [low, high] = [sorted[sorted.length % 2 === 0 ? half - 1 : half], sorted[half]];
  return low === undefined || high === undefined ? Number.NaN : (low + high) / 2;
}
