import { qualities, type Tombstone } from "#src/contract/messages.ts";
import type { NumberedSample } from "#src/contract/samples.ts";

/** Numbers in a row that have the same fate. */
export type Run = Samples | Packed | Spoiled | Buried;

interface Range {
  readonly from: number;
  readonly to: number;
}

/** Samples as they were given. */
export interface Samples extends Range {
  readonly kind: "samples";
  readonly samples: readonly NumberedSample[];
}

/** Samples in columns: about 19 bytes each, for a buffer that nobody has emptied for long. */
export interface Packed extends Range {
  readonly kind: "packed";
  readonly at: Float64Array;
  readonly value: Float64Array;
  /** Index of the series, and of the quality in its lowest two bits. */
  readonly code: Uint16Array;
  readonly series: readonly string[];
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
  const first = from - run.from;
  const end = to - run.from + 1;
  switch (run.kind) {
    case "samples":
      return { kind: "samples", from, to, samples: run.samples.slice(first, end) };
    case "packed":
      return {
        ...run,
        from,
        to,
        at: run.at.subarray(first, end),
        value: run.value.subarray(first, end),
        code: run.code.subarray(first, end),
      };
    default:
      return { ...run, from, to };
  }
}

/** The samples of a run that has some. */
export function samplesOf(run: Samples | Packed): readonly NumberedSample[] {
  if (run.kind === "samples") return run.samples;
  const samples: NumberedSample[] = [];
  for (let index = 0; index < run.at.length; index += 1) {
    const code = run.code[index] as number;
    samples.push({
      seq: run.from + index,
      at: run.at[index] as NumberedSample["at"],
      series: run.series[code >>> 3] as string,
      value: run.value[index] as number,
      quality: qualities[code & 7] ?? "bad",
    });
  }
  return samples;
}

/** Runs of samples that follow each other as one in columns. */
export function pack(runs: readonly Samples[]): Packed {
  const first = runs[0] as Samples;
  const last = runs.at(-1) as Samples;
  const count = last.to - first.from + 1;
  const at = new Float64Array(count);
  const value = new Float64Array(count);
  const code = new Uint16Array(count);
  const names = new Map<string, number>();
  let index = 0;
  for (const { samples } of runs) {
    for (const sample of samples) {
      const known = names.get(sample.series);
      const series = known ?? names.size;
      if (known === undefined) names.set(sample.series, series);
      at[index] = sample.at;
      value[index] = sample.value;
      code[index] = (series << 3) | qualities.indexOf(sample.quality);
      index += 1;
    }
  }
  return {
    kind: "packed",
    from: first.from,
    to: last.to,
    at,
    value,
    code,
    series: [...names.keys()],
  };
}
