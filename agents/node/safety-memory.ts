import { after, type Instant, instant, millis, minutes } from "#src/base/units.ts";
import { limits } from "#src/contract/limits.ts";
import type { Kill, SafetyMemory } from "#src/contract/safety-memory.ts";
import type { ControlMemory } from "#src/core/control-io.ts";
import { type EarlierTrip, type InterlockState, recallTrip } from "#src/core/safety/interlock.ts";
import { onClock, unite } from "#src/core/safety/remembered.ts";
import type { ControlState } from "./control.ts";
import type { DriveState } from "./drive.ts";
import type { OutputState } from "./output.ts";
import type { ControlPlan } from "./plan.ts";
import type { OutputPlan } from "./plan-outputs.ts";

/**
 * What must outlive the process; the same object where nothing changed.
 *
 * SM1  An interlock that is tripped is tripped after a restart, and those that tripped first stand first.
 * SM2  After a restart no machine starts more often in an hour than it may. The starts of the last hour
 *      count, and, unless the node never ran, one more, which may have died unwritten; where the computer
 *      began anew, and with it the clock that they were measured by, all count as if they were now.
 * SM3  Machines that take turns by run time go on to do so after a restart; what each loses of its
 *      account is less than `limits.ranStep`, and for that the disk is written no more often.
 * SM4  What is recalled after the start counts as if it had been known then; what happened since counts
 *      with it.
 */
export function safetyMemory(
  plan: ControlPlan,
  { safety: last, kills, computer }: Pick<ControlState, "safety" | "kills" | "computer">,
  interlocks: readonly InterlockState[],
  outputs: readonly OutputState[],
  drives: readonly DriveState[],
  now: Instant,
): SafetyMemory {
  const { latched, blind } = tripsOf(plan, interlocks);
  const starts = startsOf(plan, outputs, now);
  const ran = ranOf(plan, drives);
  const isSame =
    isSameRan(ran, last.ran) &&
    isSameKills(kills, last.kills) &&
    isSameList(latched, last.latched) &&
    isSameList(blind, last.blind) &&
    isSameStarts(starts, last.starts);
  if (isSame) return last;
  return {
    latched,
    blind,
    kills,
    starts: Object.fromEntries(starts),
    ran: Object.fromEntries(ran),
    computer,
  };
}

type Starts = readonly (readonly [string, readonly Instant[]])[];
type Ran = readonly (readonly [string, number])[];

/** Of the last hour, for outputs that may start so often in an hour. */
function startsOf(plan: ControlPlan, outputs: readonly OutputState[], now: Instant): Starts {
  const starts: [string, readonly Instant[]][] = [];
  for (let place = 0; place < plan.outputs.length; place += 1) {
    const { name, times } = plan.outputs[place] as OutputPlan;
    if (times?.startsPerHour === undefined) continue;
    const within = outputs[place]?.starts.filter((at) => now < after(at, minutes(60))) ?? [];
    if (within.length > 0) starts.push([name, within]);
  }
  return starts;
}

const noneRan: Ran = [];

function ranOf(plan: ControlPlan, drives: readonly DriveState[]): Ran {
  if (plan.drives.length === 0) return noneRan;
  const ran: [string, number][] = [];
  for (const [drive, { kind, outputs }] of plan.drives.entries()) {
    if (kind !== "staging") continue;
    for (const [at, place] of outputs.entries()) {
      const steps = Math.floor((drives[drive]?.ran[at] ?? 0) / limits.ranStep);
      ran.push([plan.outputs[place]?.name ?? "?", steps * limits.ranStep]);
    }
  }
  return ran;
}

function isSameList<V>(one: readonly V[], other: readonly V[]): boolean {
  if (one.length !== other.length) return false;
  for (let place = 0; place < one.length; place += 1) {
    if (one[place] !== other[place]) return false;
  }
  return true;
}

const isSameRan = (ran: Ran, last: SafetyMemory["ran"]): boolean =>
  ran.every(([name, length]) => (last[name] ?? 0) === length);

function isSameStarts(starts: Starts, last: SafetyMemory["starts"]): boolean {
  let known = 0;
  for (const name in last) known += Object.hasOwn(last, name) ? 1 : 0;
  if (starts.length !== known) return false;
  return known === 0 || starts.every(([name, at]) => isSameList(at, last[name] ?? []));
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

const noTrips: Pick<SafetyMemory, "latched" | "blind"> = { latched: [], blind: [] };

function tripsOf(
  plan: ControlPlan,
  interlocks: readonly InterlockState[],
): Pick<SafetyMemory, "latched" | "blind"> {
  if (interlocks.every(({ trippedAt }) => trippedAt === undefined)) return noTrips;
  const tripped: { readonly at: Instant; readonly wasSeen: boolean; readonly name: string }[] = [];
  for (const [place, { trippedAt: at, wasSeen }] of interlocks.entries()) {
    if (at !== undefined) tripped.push({ at, wasSeen, name: plan.interlocks[place]?.name ?? "?" });
  }
  tripped.sort((one, other) => one.at - other.at);
  return {
    latched: tripped.map(({ name }) => name),
    blind: tripped.flatMap(({ name, wasSeen }) => (wasSeen ? [] : [name])),
  };
}

/** A moment apart in their order, and all before `now`: who was first is first still. */
export function earlierTrip(
  { latched, blind }: SafetyMemory,
  name: string,
  now: Instant,
): EarlierTrip | undefined {
  const place = latched.indexOf(name);
  if (place < 0) return undefined;
  return { at: after(now, millis(place - latched.length)), wasSeen: !blind.includes(name) };
}

export function withStarts(
  { name, times }: OutputPlan,
  output: OutputState,
  { hasRun, safety, computer }: ControlMemory,
  now: Instant,
): OutputState {
  const most = times?.startsPerHour;
  if (most === undefined) return output;
  const known = onClock(safety.starts[name] ?? [], safety.computer, computer, now);
  return { ...output, starts: [...known, ...(hasRun ? [now] : [])].slice(-most) };
}

/** The disk could be read only now (SM4). */
export function recall(
  plan: ControlPlan,
  state: ControlState,
  memory: ControlMemory,
  now: Instant,
) {
  const { safety } = memory;
  const { computer } = state;
  const united = unite(safety, { ...state.safety, kills: state.kills }, computer, now);
  const trips = state.interlocks.map(({ trippedAt }) => trippedAt ?? now);
  const before = instant(Math.min(now, ...trips));
  const interlocks = state.interlocks.map((one, place) => {
    const trip = earlierTrip(safety, plan.interlocks[place]?.name ?? "", before);
    return trip === undefined ? one : recallTrip(one, trip);
  });
  const outputs = state.outputs.map((output, place) => {
    const rule = plan.outputs[place] as OutputPlan;
    const { starts } = withStarts(rule, { ...output, starts: [] }, { ...memory, computer }, now);
    const all = [...starts, ...output.starts].sort((one, other) => one - other);
    return { ...output, starts: all.slice(-(rule.times?.startsPerHour ?? all.length)) };
  });
  const drives = state.drives.map((drive, place) => ({
    ...drive,
    ran: drive.ran.map((length, at) => {
      const output = plan.outputs[plan.drives[place]?.outputs[at] ?? -1]?.name ?? "";
      return millis(Math.max(length, safety.ran[output] ?? 0));
    }),
  }));
  return { ...state, interlocks, outputs, drives, kills: united.kills, safety: united };
}
