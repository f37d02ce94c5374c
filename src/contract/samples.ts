import type { WallTime } from "#src/base/units.ts";
import type { Quality, Tombstone } from "./messages.ts";

/** What was measured at one moment, on its way to the region: for each series its value. */
export interface Row {
  readonly at: WallTime;
  readonly series: readonly string[];
  /** NaN where there is none. */
  readonly values: readonly number[];
  /** Undefined where all are good. */
  readonly qualities: readonly Quality[] | undefined;
}

export const qualityAt = ({ qualities }: Pick<Row, "qualities">, place: number): Quality =>
  qualities === undefined ? "good" : (qualities[place] ?? "bad");

/** A row whose values have numbers, from this one on. */
export interface NumberedRow {
  readonly from: number;
  readonly row: Row;
}

/** One value of a row. */
export interface Sample {
  /** Dense in its boot, from 1. */
  readonly seq: number;
  readonly at: WallTime;
  readonly series: string;
  readonly value: number;
  readonly quality: Quality;
}

/** What one transaction adds to a boot: numbers from `from` on, of which the first `shed` have no sample. */
export interface Intake {
  readonly boot: number;
  readonly from: number;
  readonly shed: number;
  readonly rows: readonly Row[];
}

export interface Place {
  readonly boot: number;
  readonly seq: number;
}

/** A stretch of the buffer in order: every number from `from` to `to` is in a row or in a tombstone. */
export interface Stretch {
  readonly boot: number;
  /** Everything of this boot below it was acked and is gone; what is between it and `from` is not. */
  readonly base: number;
  readonly from: number;
  readonly to: number;
  readonly rows: readonly NumberedRow[];
  readonly tombstones: readonly Tombstone[];
}

/** How many samples there are in rows. */
export function samplesIn(rows: readonly Row[]): number {
  let count = 0;
  for (const { values } of rows) count += values.length;
  return count;
}

/** Each value has its name, and its quality where one is not good. */
export const isWhole = ({ series, values, qualities }: Row): boolean =>
  series.length === values.length && (qualities?.length ?? values.length) === values.length;

/** The last number of an intake; one less than its first when it is empty. */
export const endOf = ({ from, shed, rows }: Intake): number => from + shed + samplesIn(rows) - 1;

/** Samples as rows: those of one moment whose numbers follow each other are one. */
export function inRows(samples: readonly Sample[]): readonly NumberedRow[] {
  const rows: { from: number; row: Row & Open }[] = [];
  for (const { seq, at, series, value, quality } of samples) {
    let last = rows.at(-1);
    if (last === undefined || last.row.at !== at || last.from + last.row.values.length !== seq) {
      last = { from: seq, row: { at, series: [], values: [], qualities: [] } };
      rows.push(last);
    }
    last.row.series.push(series);
    last.row.values.push(value);
    last.row.qualities.push(quality);
  }
  return rows;
}

interface Open {
  readonly series: string[];
  readonly values: number[];
  readonly qualities: Quality[];
}
