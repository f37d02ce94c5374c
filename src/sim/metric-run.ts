import { qualities, type Tombstone } from "#src/contract/messages.ts";
import {
  inRows,
  type NumberedRow,
  qualityAt,
  type Row,
  type Sample,
} from "#src/contract/samples.ts";

/** Numbers in a row that have the same fate. */
export type Run = Fresh | Stored | Spoiled | Buried;

interface Range {
  readonly from: number;
  readonly to: number;
}

/** Samples as they came: a part of a row. */
export interface Fresh extends Range {
  readonly kind: "fresh";
  readonly row: Row;
  /** Where the first of them stands. */
  readonly first: number;
}

/** Samples as a part of columns. */
export interface Stored extends Range {
  readonly kind: "stored";
  readonly columns: Columns;
  /** Where the first of them stands. */
  readonly first: number;
}

/** A sample that is not what was written; nobody has noticed yet. */
export interface Spoiled extends Range {
  readonly kind: "spoiled";
}

export interface Buried extends Range {
  readonly kind: "buried";
  readonly reason: Tombstone["reason"];
}

export const lengthOf = ({ from, to }: Range): number => to - from + 1;

/** The part of a run between two numbers that lie in it. */
export function part<R extends Run>(run: R, from: number, to: number): R {
  if (from === run.from && to === run.to) return run;
  if (run.kind === "buried" || run.kind === "spoiled") return { ...run, from, to };
  return { ...run, from, to, first: run.first + from - run.from };
}

/** Adds the samples of a run to rows. */
export function read(run: Fresh | Stored, into: NumberedRow[]): void {
  if (run.kind === "fresh") into.push({ from: run.from, row: rowOf(run) });
  else into.push(...inRows(run.columns.read(run)));
}

/** A row that is the run's alone. */
export function rowOf({ row, first, from, to }: Fresh): Row {
  const count = to - from + 1;
  if (count === row.values.length) return row;
  const { at, series, values, qualities: own } = row;
  const end = first + count;
  return {
    at,
    series: series.slice(first, end),
    values: values.slice(first, end),
    qualities: own?.slice(first, end),
  };
}

/**
 * Samples without an object for each, which a collector of garbage would have to follow for as long as
 * nobody fetches them: 24 bytes a sample. Columns only grow, so that a run is a window on them whatever
 * is appended behind it.
 */
export class Columns {
  readonly #names: Names;
  readonly #at: number[] = [];
  readonly #value: number[] = [];
  /** Index of the series, and of the quality in its lowest three bits. */
  readonly #code: number[] = [];

  constructor(names: Names) {
    this.#names = names;
  }

  get length(): number {
    return this.#at.length;
  }

  append(row: Row): void {
    const { at, series, values } = row;
    for (const [place, value] of values.entries()) {
      this.#at.push(at);
      this.#value.push(value);
      const quality = qualities.indexOf(qualityAt(row, place));
      this.#code.push((this.#names.indexOf(series[place] ?? "?") << 3) | quality);
    }
  }

  /** The samples of a window. */
  read({ from, to, first }: Stored): Sample[] {
    const samples: Sample[] = [];
    for (let seq = from; seq <= to; seq += 1) {
      const index = first + seq - from;
      const code = this.#code[index] as number;
      samples.push({
        seq,
        at: this.#at[index] as Sample["at"],
        series: this.#names.at(code >>> 3),
        value: this.#value[index] as number,
        quality: qualities[code & 7] ?? "bad",
      });
    }
    return samples;
  }
}

/** Names of series by number. They come in the same order again and again. */
export class Names {
  readonly #names: string[] = [];
  readonly #places = new Map<string, number>();
  #last = -1;

  at(index: number): string {
    return this.#names[index] ?? "?";
  }

  indexOf(name: string): number {
    const next = this.#last + 1 < this.#names.length ? this.#last + 1 : 0;
    if (this.#names[next] === name) {
      this.#last = next;
      return next;
    }
    let place = this.#places.get(name);
    if (place === undefined) {
      place = this.#names.length;
      this.#names.push(name);
      this.#places.set(name, place);
    }
    this.#last = place;
    return place;
  }
}
