import { after, type Instant, type Millis } from "#src/base/units.ts";

/**
 * Minimum run and pause of a machine that must not cycle fast.
 *
 * RT1  A machine that stopped does not start before `minOff`, whoever asks.
 * RT2  A machine that started runs for `minOn`, unless its safe state is asked for.
 */
export interface RunTimes {
  readonly minOn: Millis;
  readonly minOff: Millis;
}

/** What it does and since when; after a restart of ours, since then: the past is not known. */
export interface Running {
  readonly on: boolean;
  readonly since: Instant;
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
  const rule = wanted ? "minOff" : "minOn";
  const until = after(running.since, times[rule]);
  const free = now >= until || (!wanted && toSafe);
  return free ? { on: wanted, held: undefined } : { on: running.on, held: { rule, until } };
}
