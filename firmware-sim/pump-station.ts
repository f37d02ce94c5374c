import { hours, millis, minutes, seconds } from "#src/base/units.ts";
import { drawFor, hourOf, wander } from "./day.ts";
import { closed, inSteps } from "./in-steps.ts";
import { tripUntil } from "./motor-trip.ts";
import type { Plant, Values } from "./plant.ts";

/**
 * A pump station: sewage and, now and then, rain run into a wet well of 6 m², two pumps lift it
 * into one main. What comes in above the brim runs over. Three transmitters look at one level.
 */
export interface PumpStation {
  readonly seed: number;
  /** Milliseconds after the first midnight. */
  readonly at: number;
  /** Metres of water. */
  readonly level: number;
  /** m³/h through the main, and over the brim. */
  readonly flow: number;
  readonly over: number;
  readonly pump1: Pump;
  readonly pump2: Pump;
}

interface Pump {
  readonly running: boolean;
  /** Milliseconds for which it has run dry. */
  readonly dry: number;
  /** Moment at which its protection lets it run again. */
  readonly tripped: number;
}

const area = 6;
const brim = 4;
/** m³/h of one pump alone, and of each of two that share the main. */
const alone = 60;
const shared = 45;
/** Below the first a pump draws air along; below the second it warms up and soon trips. */
const suction = 0.3;
const dryBelow = 0.2;
const dryLongest = seconds(20);
const cooling = minutes(10);

const level = { unit: "m", range: [0, 5], noise: 0.01 } as const;
const current = { unit: "A", range: [0, 60], noise: 0.1 } as const;
const flag = { unit: undefined, range: [0, 1], noise: 0 } as const;
const relay = { unit: undefined, range: [0, 1], lag: millis(0) } as const;

export const pumpStation: Plant<PumpStation> = {
  kind: "pump-station",
  sensors: {
    "level-1": level,
    "level-2": level,
    "level-3": level,
    flow: { unit: "m3/h", range: [0, 150], noise: 0.3 },
    "current-1": current,
    "current-2": current,
    "fault-1": flag,
    "fault-2": flag,
    overflow: flag,
  },
  actuators: { "pump-1": relay, "pump-2": relay },
  start: (seed) => ({
    seed,
    at: hours(9),
    level: 1.5,
    flow: 0,
    over: 0,
    pump1: { running: false, dry: 0, tripped: 0 },
    pump2: { running: false, dry: 0, tripped: 0 },
  }),
  step(state, actuators, dt) {
    const asked1 = closed(actuators["pump-1"]);
    const asked2 = closed(actuators["pump-2"]);
    return inSteps(state, dt, stride, (from, length) => walk(from, asked1, asked2, length));
  },
  sense: (state): Values => ({
    "level-1": state.level,
    "level-2": state.level,
    "level-3": state.level,
    flow: state.flow,
    "current-1": currentOf(state.pump1, state.level),
    "current-2": currentOf(state.pump2, state.level),
    "fault-1": state.at < state.pump1.tripped ? 1 : 0,
    "fault-2": state.at < state.pump2.tripped ? 1 : 0,
    overflow: state.over > 0 ? 1 : 0,
  }),
};

const stride = seconds(2);

function walk(from: PumpStation, asked1: boolean, asked2: boolean, length: number): PumpStation {
  const h = length / 3_600_000;
  const pump1 = pumpAfter(from, 1, from.pump1, asked1, length);
  const pump2 = pumpAfter(from, 2, from.pump2, asked2, length);
  const lift = pump1.running && pump2.running ? 2 * shared : alone;
  const lifted = pump1.running || pump2.running ? lift * wetAt(from.level) : 0;
  const inflow = inflowAt(from.seed, from.at);
  // No stride may pump out more than there is.
  const flow = Math.min(lifted, inflow + (from.level * area) / h);
  const level = Math.max(0, from.level + ((inflow - flow) * h) / area);
  return {
    seed: from.seed,
    at: from.at + length,
    level: Math.min(brim, level),
    flow,
    over: (Math.max(0, level - brim) * area) / h,
    pump1,
    pump2,
  };
}

function pumpAfter(
  { seed, at, level }: PumpStation,
  motor: number,
  { dry, tripped }: Pump,
  asked: boolean,
  length: number,
): Pump {
  if (!asked || at < tripped) return { running: false, dry: 0, tripped };
  if (dry > dryLongest) return { running: false, dry: 0, tripped: at + cooling };
  const until = tripUntil(seed, motor, at);
  if (until !== undefined) return { running: false, dry: 0, tripped: until };
  return { running: true, dry: level < dryBelow ? dry + length : 0, tripped };
}

const wetAt = (level: number): number => Math.min(1, level / suction);

/** A pump that draws air has little to do. */
const currentOf = ({ running }: Pump, level: number): number =>
  running ? 9 + 13 * wetAt(level) : 0;

/** m³/h: least at night, most in the morning and the evening, and far more in a storm. */
function inflowAt(seed: number, at: number): number {
  const hour = hourOf(at);
  const peak = Math.max(0, 1 - Math.abs(hour - 8) / 3, 1 - Math.abs(hour - 19) / 4);
  return 14 + 22 * peak + 4 * wander(seed, at, minutes(10)) + 40 * stormAt(seed, at);
}

/** 0 … 1: in every sixth slot of six hours or so it rains, for an hour and a half. */
function stormAt(seed: number, at: number): number {
  const slot = Math.floor(at / stormSlot);
  const drawn = drawFor(seed ^ 0x5707_4311, slot);
  if (drawn % 6 !== 0) return 0;
  const into = at - slot * stormSlot - ((drawn >>> 8) % (stormSlot - stormLength));
  const edge = Math.min(into, stormLength - into) / stormEdge;
  return Math.min(1, Math.max(0, edge));
}

const stormSlot = hours(6);
const stormLength = minutes(90);
const stormEdge = minutes(15);
