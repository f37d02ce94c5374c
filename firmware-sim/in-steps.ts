import { invariant } from "#src/base/assert.ts";
import type { Millis } from "#src/base/units.ts";

/** Walks `dt` in equal strides of at most `stride`; `walk` is given each one in milliseconds. */
export function inSteps<State>(
  from: State,
  dt: Millis,
  stride: Millis,
  walk: (state: State, length: number) => State,
): State {
  invariant(dt >= 0 && Number.isFinite(dt), "time goes on, by a finite length");
  const count = Math.ceil(dt / stride);
  const length = dt / count;
  let state = from;
  for (let i = 0; i < count; i += 1) state = walk(state, length);
  return state;
}

/** An actuator's value clipped to 0 … 1; 0 when there is none, or it is not a number. */
export function portion(value: number | undefined): number {
  return value !== undefined && value > 0 ? Math.min(1, value) : 0;
}

/** A switch closes at half. */
export const closed = (value: number | undefined): boolean => portion(value) >= 0.5;

/** A first-order approach that never passes its aim; `strides` is the stride over the time constant. */
export const towards = (value: number, aim: number, strides: number): number =>
  (value + strides * aim) / (1 + strides);
