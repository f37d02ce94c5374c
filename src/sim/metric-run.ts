import { qualities, type Tombstone } from "#src/contract/messages.ts";
import type { NumberedSample, Sample } from "#src/contract/samples.ts";

/** Numbers in a row that have the same fate. */
export type Run = Samples | Spoiled | Buried;

interface Range {
  readonly from: number;
  readonly to: number;
}

/** Samples, as a part of columns. */
export interface Samples extends Range {
  readonly kind: "samples";
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
export function part(run: Run, from: number, to: number): Run {
  if (from === run.from && to === run.to) return run;
  if (run.kind !== "samples") return { ...run, from, to };
  return { ...run, from, to, first: run.first + from - run.from };
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

  append(samples: readonly Sample[]): void {
    for (const { at, series, value, quality } of samples) {
      this.#at.push(at);
      this.#value.push(value);
      this.#code.push((this.#names.indexOf(series) << 3) | qualities.indexOf(quality));
    }
  }

  /** Adds the samples of a window to a list. */
  read({ from, to, first }: Samples, into: NumberedSample[]): void {
    for (let seq = from; seq <= to; seq += 1) {
      const index = first + seq - from;
      const code = this.#code[index] as number;
      into.push({
        seq,
        at: this.#at[index] as NumberedSample["at"],
        series: this.#names.at(code >>> 3),
        value: this.#value[index] as number,
        quality: qualities[code & 7] ?? "bad",
      });
    }
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
