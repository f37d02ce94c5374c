import type { WallTime } from "#src/base/units.ts";
import type { Quality, Tombstone } from "./messages.ts";

/** One measured value on its way to the region. */
export interface Sample {
  readonly at: WallTime;
  readonly series: string;
  readonly value: number;
  readonly quality: Quality;
}

/** A sample with its number: dense in its boot, from 1. */
export interface NumberedSample extends Sample {
  readonly seq: number;
}

/** What one transaction adds to a boot: numbers from `from` on, of which the first `shed` have no sample. */
export interface Intake {
  readonly boot: number;
  readonly from: number;
  readonly shed: number;
  readonly samples: readonly Sample[];
}

/** Its last number; one less than `from` when it is empty. */
export const endOf = ({ from, shed, samples }: Intake): number => from + shed + samples.length - 1;

export interface Place {
  readonly boot: number;
  readonly seq: number;
}

/** A stretch of the buffer in order: every number from `from` to `to` is a sample or in a tombstone. */
export interface Stretch {
  readonly boot: number;
  /** Everything of this boot below it was acked and is gone; what is between it and `from` is not. */
  readonly base: number;
  readonly from: number;
  readonly to: number;
  readonly samples: readonly NumberedSample[];
  readonly tombstones: readonly Tombstone[];
}
