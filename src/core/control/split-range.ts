/**
 * Split range: one demand of 0 … 1 to several outputs, each in a range of its own.
 *
 * SR1  An output stands at `low` for a demand at `from` and before it, at `high` for one at `to` and
 *      beyond it, and moves in a straight line between. `from` may lie above `to`: it then falls
 *      while the demand rises.
 */
export interface SplitPart {
  readonly from: number;
  readonly to: number;
  readonly low: number;
  readonly high: number;
}

export const splitRange = (parts: readonly SplitPart[], demand: number): number[] =>
  parts.map(({ from, to, low, high }) => {
    const share = from === to ? Number(demand >= to) : (demand - from) / (to - from);
    return low + (high - low) * Math.min(1, Math.max(0, share));
  });
