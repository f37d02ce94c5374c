import type { Scale } from "./plot-scale.ts";

/** A line through a signal's values as the data of an SVG path. */
export interface Line {
  readonly at: readonly number[];
  readonly values: readonly number[];
  readonly x: Scale;
  readonly y: Scale;
  /** A value holds until the next one, as setpoints and outputs do. */
  readonly stepped: boolean;
  /** Moments further apart than this have nothing between them. */
  readonly gap: number;
}

export function pathOf({ at, values, x, y, stepped, gap }: Line): string {
  let path = "";
  let before: { readonly at: number; readonly x: string; readonly y: string } | undefined;
  for (const [index, moment] of at.entries()) {
    const value = values[index] ?? Number.NaN;
    if (Number.isNaN(value)) {
      before = undefined;
      continue;
    }
    const point = { at: moment, x: short(x(moment)), y: short(y(value)) };
    if (before === undefined || moment - before.at > gap) path += `M${point.x} ${point.y}`;
    else if (stepped && point.y !== before.y) path += `H${point.x}V${point.y}`;
    else if (stepped && (index === at.length - 1 || lasts(at, values, index, gap))) {
      path += `H${point.x}`;
    } else if (!stepped && (point.x !== before.x || point.y !== before.y)) {
      path += `L${point.x} ${point.y}`;
    } else if (stepped) {
      before = { ...before, at: moment };
      continue;
    }
    before = point;
  }
  return path;
}

/** Whether the value at this index is the last before a gap. */
function lasts(
  at: readonly number[],
  values: readonly number[],
  index: number,
  gap: number,
): boolean {
  const next = at[index + 1] ?? Number.POSITIVE_INFINITY;
  return next - (at[index] ?? 0) > gap || Number.isNaN(values[index + 1] ?? Number.NaN);
}

/** A tenth of a pixel is all that anybody sees. */
export const short = (pixels: number): string => String(Math.round(pixels * 10) / 10);

export interface Span {
  readonly from: number;
  readonly to: number;
  readonly value: number;
}

/** Runs of the same value; none where there was nothing, or across a gap. */
export function spansOf(
  at: readonly number[],
  values: readonly number[],
  gap: number,
): readonly Span[] {
  const spans: Span[] = [];
  for (const [index, from] of at.entries()) {
    const value = values[index] ?? Number.NaN;
    const last = spans.at(-1);
    if (Number.isNaN(value)) continue;
    const next = at[index + 1] ?? from;
    const to = next - from > gap ? from : next;
    if (last !== undefined && last.value === value && last.to === from) {
      spans[spans.length - 1] = { ...last, to };
    } else spans.push({ from, to, value });
  }
  return spans;
}

/** What lies between moments of a trace at most, unless nothing was recorded meanwhile. */
export function gapOf(at: readonly number[]): number {
  const between = at.slice(1).map((moment, index) => moment - (at[index] ?? 0));
  between.sort((one, other) => one - other);
  return Math.max(5_000, 4 * (between[Math.floor(between.length / 2)] ?? 0));
}
