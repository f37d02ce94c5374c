import { after, type Instant, type Millis, minutes } from "#src/base/units.ts";

/**
 * Minimum run and pause of a machine that must not cycle fast, and its starts in an hour.
 *
 * RT1  A machine that stopped does not start before `minOff`, whoever asks.
 * RT2  A machine that started runs for `minOn`, unless its safe state is asked for.
 * RT3  In no hour does it start more than `startsPerHour` times.
 */
export interface RunTimes {
  readonly minOn: Millis;
  readonly minOff: Millis;
  readonly startsPerHour: number | undefined;
}

/** What it does and since when; after a restart of ours, since then: the past is not known. */
export interface Running {
  readonly on: boolean;
  readonly since: Instant;
  /** Its last starts, oldest first, at most `startsPerHour`. */
  readonly starts: readonly Instant[];
}

export interface Permit {
  readonly on: boolean;
  /** Which rule held it, and until when; undefined when it may do as asked. */
  readonly held: { readonly rule: keyof RunTimes; readonly until: Instant } | undefined;
}

export function permitRun(
  times: RunTimes,
  running: Running,
  wanted: boolean,
  toSafe: boolean,
  now: Instant,
): Permit {
  if (wanted === running.on) return { on: wanted, held: undefined };
  if (!wanted) {
    const until = after(running.since, times.minOn);
    return toSafe || now >= until ? free(wanted) : kept(running.on, "minOn", until);
  }
  const until = after(running.since, times.minOff);
  if (now < until) return kept(running.on, "minOff", until);
  const next = nextStart(times, running.starts);
  return next !== undefined && now < next ? kept(running.on, "startsPerHour", next) : free(wanted);
}

/** When the oldest of as many starts as an hour may have is an hour ago. */
function nextStart({ startsPerHour }: RunTimes, starts: readonly Instant[]): Instant | undefined {
  if (startsPerHour === undefined || starts.length < startsPerHour) return undefined;
  const oldest = starts[starts.length - startsPerHour];
  return oldest === undefined ? undefined : after(oldest, minutes(60));
}

/** The starts to remember after another one. */
export function withStart(
  times: RunTimes,
  starts: readonly Instant[],
  at: Instant,
): readonly Instant[] {
  const { startsPerHour } = times;
  return startsPerHour === undefined ? starts : [...starts, at].slice(-startsPerHour);
}

const free = (on: boolean): Permit => ({ on, held: undefined });
const kept = (on: boolean, rule: keyof RunTimes, until: Instant): Permit => ({
  on,
  held: { rule, until },
});
