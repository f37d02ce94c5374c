import { elapsed, type Instant, type Millis } from "#src/base/units.ts";

/**
 * Staging: one demand to several machines that run or stand, with lead, lag and standby.
 *
 * SG1  A machine that may not start is not started, and one that may not stop is left running.
 * SG2  One machine more or less at a time, when the demand has asked for it over the delay. Of those
 *      that are missing because they might not run, one starts as soon as one may, and each further
 *      one only when the demand has asked for it anew over the delay.
 * SG3  A machine that became unavailable is replaced at once, if another is there that may start, also
 *      while it may not stop itself.
 * SG4  Never more than `most` run, but for those that may not stop.
 * SG5  By run time the one that ran least starts and the one that ran most stops; by start they take
 *      turns; or the first always leads.
 * SG6  Where the demand was not known before, what runs was wanted, and a delay counts from now.
 */
export interface Staging {
  readonly most: number;
  readonly rotate: "run-time" | "start" | "never";
  readonly upDelay: Millis;
  readonly downDelay: Millis;
}

export interface Machine {
  readonly available: boolean;
  readonly runs: boolean;
  readonly mayStart: boolean;
  readonly mayStop: boolean;
  readonly runTime: Millis;
}

export interface StagingState {
  /** How many are to run. */
  readonly count: number;
  /** Since when the demand has asked for another count. */
  readonly pending: { readonly up: boolean; readonly since: Instant } | undefined;
  /** Machines by their last start, oldest first. */
  readonly started: readonly number[];
  /** Machines that were to run in the last turn, and available. */
  readonly relied: readonly number[];
}

export const startStaging = (machines: number): StagingState => ({
  count: 0,
  pending: undefined,
  started: Array.from({ length: machines }, (_, place) => place),
  relied: [],
});

/** Begins with what runs, and keeps the turns (SG6). */
export const takeUp = (state: StagingState, machines: readonly Machine[]): StagingState => ({
  ...startStaging(machines.length),
  count: machines.filter(({ runs }) => runs).length,
  started: state.started,
});

export interface Staged {
  readonly state: StagingState;
  readonly on: readonly boolean[];
  readonly why: string;
}

/** Half of the dead zone between one count and the next, in machines. */
const margin = 0.25;

export function stage(
  rule: Staging,
  state: StagingState,
  { demand, machines }: { readonly demand: number; readonly machines: readonly Machine[] },
  now: Instant,
): Staged {
  const counted = count(rule, state, demand, now);
  const on = machines.map(({ runs, available, mayStop }) => runs && (available || !mayStop));
  const started = [...counted.started];
  const running = (): number => reliedOn(machines, on).length;
  const lost = state.relied.filter((place) => machines[place]?.available !== true).length;
  let starts = 0;
  while (running() < counted.count && starts < Math.max(1, lost)) {
    const next = toStart(rule, machines, on, started);
    if (next === undefined) break;
    on[next] = true;
    started.splice(started.indexOf(next), 1);
    started.push(next);
    starts += 1;
  }
  while (running() > counted.count) {
    const next = toStop(rule, machines, on, started);
    if (next === undefined) break;
    on[next] = false;
  }
  const reached = starts > 0 ? askAnew(counted, running(), now) : counted;
  return {
    state: { ...reached, started, relied: reliedOn(machines, on) },
    on,
    why: sayCount(counted.count, running(), machines.length),
  };
}

function sayCount(wanted: number, running: number, all: number): string {
  const said = `${wanted} of ${all} wanted`;
  if (running === wanted) return said;
  return `${said}; ${running < wanted ? "no other may start yet" : "none may stop yet"}`;
}

const reliedOn = (machines: readonly Machine[], on: readonly boolean[]): readonly number[] =>
  [...machines.keys()].filter((place) => machines[place]?.available === true && on[place] === true);

/** After a start: those that are still missing are to be asked for anew, over the whole delay. */
const askAnew = (state: StagingState, running: number, now: Instant): StagingState => ({
  ...state,
  count: Math.min(state.count, running),
  pending: state.pending?.up === true ? { up: true, since: now } : state.pending,
});

function count(rule: Staging, state: StagingState, demand: number, now: Instant): StagingState {
  const wanted = Math.min(1, Math.max(0, demand)) * rule.most;
  const most = Math.min(state.count, rule.most);
  const up = wanted > most + 1 - 0.5 + margin && most < rule.most;
  const down = wanted < most - 0.5 - margin;
  if (!up && !down) return { ...state, count: most, pending: undefined };
  const pending = state.pending?.up === up ? state.pending : { up, since: now };
  const isDue = elapsed(pending.since, now) >= (up ? rule.upDelay : rule.downDelay);
  if (!isDue) return { ...state, count: most, pending };
  return { ...state, count: up ? most + 1 : most - 1, pending: { up, since: now } };
}

function toStart(
  { rotate }: Staging,
  machines: readonly Machine[],
  on: readonly boolean[],
  started: readonly number[],
): number | undefined {
  const able = started.filter((place) => {
    const machine = machines[place];
    return machine?.available === true && machine.mayStart && on[place] === false;
  });
  if (rotate === "start") return able[0];
  const order = rotate === "never" ? ordinal : (place: number) => machines[place]?.runTime ?? 0;
  return least(able, order);
}

function toStop(
  { rotate }: Staging,
  machines: readonly Machine[],
  on: readonly boolean[],
  started: readonly number[],
): number | undefined {
  const able = started.filter((place) => on[place] === true && machines[place]?.mayStop === true);
  if (rotate === "start") return able[0];
  const order = rotate === "never" ? ordinal : (place: number) => machines[place]?.runTime ?? 0;
  return least(able, (place) => -order(place));
}

const ordinal = (place: number): number => place;

/** Of equals the one with the lower place. */
function least(places: readonly number[], by: (place: number) => number): number | undefined {
  let found: number | undefined;
  for (const place of [...places].sort((one, other) => one - other)) {
    if (found === undefined || by(place) < by(found)) found = place;
  }
  return found;
}
