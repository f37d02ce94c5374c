import { after, elapsed, type Instant } from "#src/base/units.ts";
import { limits } from "#src/contract/limits.ts";

/** When the agent failed, newest last, within the window. */
export type Restarts = readonly Instant[];

/** At once, unless it failed too often lately: then after a rest, for ever: a loop is never given up. */
export function restartAfter(
  before: Restarts,
  now: Instant,
): { readonly restarts: Restarts; readonly at: Instant } {
  const recent = before.filter((at) => elapsed(at, now) < limits.restartWindow);
  const tired = recent.length >= limits.restarts;
  return {
    restarts: [...recent.slice(-limits.restarts), now],
    at: tired ? after(now, limits.restartRest) : now,
  };
}
