import { after, type Instant, minutes } from "#src/base/units.ts";
import type { Kill, SafetyMemory } from "#src/contract/safety-memory.ts";
import type { InterlockState } from "#src/core/safety/interlock.ts";
import type { OutputState } from "./output.ts";
import type { ControlPlan } from "./plan.ts";
import type { OutputPlan } from "./plan-outputs.ts";

/**
 * What must outlive the process; the same object where nothing changed.
 *
 * SM1  A latched interlock is tripped after a restart.
 * SM2  After a restart no machine starts more often in an hour than it may: what had started in the
 *      hour before counts as if it were now, and one start more, which may have died unwritten.
 */
export function safetyMemory(
  plan: ControlPlan,
  { safety: last, kills }: { readonly safety: SafetyMemory; readonly kills: readonly Kill[] },
  interlocks: readonly InterlockState[],
  outputs: readonly OutputState[],
  now: Instant,
): SafetyMemory {
  const latched = plan.interlocks.flatMap(({ name, resetAfter }, place) =>
    resetAfter === undefined && isLatched(interlocks[place]) ? [name] : [],
  );
  const starts = plan.outputs.flatMap(({ name, times }, place): [string, number][] => {
    if (times?.startsPerHour === undefined) return [];
    const within = outputs[place]?.starts.filter((at) => now < after(at, minutes(60))).length ?? 0;
    return within === 0 ? [] : [[name, within]];
  });
  const isSame =
    isSameKills(kills, last.kills) &&
    latched.length === last.latched.length &&
    latched.every((name, at) => last.latched[at] === name) &&
    starts.length === Object.keys(last.starts).length &&
    starts.every(([name, count]) => last.starts[name] === count);
  return isSame ? last : { latched, kills, starts: Object.fromEntries(starts) };
}

/** By value: a state that was read from a journal shares no objects. */
const isSameKills = (kills: readonly Kill[], last: readonly Kill[]): boolean =>
  kills.length === last.length &&
  kills.every(({ output, at, owner, reason }, place) => {
    const other = last[place];
    return (
      other?.output === output &&
      other?.at === at &&
      other.owner === owner &&
      other.reason === reason
    );
  });

const isLatched = (state: InterlockState | undefined): boolean =>
  state?.trippedAt !== undefined && state.wasSeen;

export function withStarts(
  { name, times }: OutputPlan,
  output: OutputState,
  { starts }: SafetyMemory,
  now: Instant,
): OutputState {
  const most = times?.startsPerHour;
  const count = starts[name];
  if (most === undefined || count === undefined) return output;
  return { ...output, starts: new Array<Instant>(Math.min(most, count + 1)).fill(now) };
}
