import { type Millis, millis } from "#src/base/units.ts";
import type { NodeConfig } from "#src/contract/config.ts";
import type { LoopClass } from "#src/contract/config-points.ts";

/** What the cycle needs to know of a loop to give it its time. */
export interface LoopTimes {
  readonly name: string;
  readonly period: Millis;
  readonly class: LoopClass;
  /** Longest step. */
  readonly budget: Millis;
}

const greatestDefault = millis(10);

/** The times of these loops, in this order. */
export const loopTimes = (names: readonly string[], config: NodeConfig): readonly LoopTimes[] =>
  names.flatMap((name) => {
    const loop = config.loops[name];
    if (loop === undefined) return [];
    const { period, class: of, budget } = loop;
    const unsaid = millis(Math.min(greatestDefault, period / 2));
    return [{ name, period, class: of, budget: budget ?? unsaid }];
  });
