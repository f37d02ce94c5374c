import { hours, millis, minutes, seconds } from "#src/base/units.ts";
import { hourOf, season, swing, wander } from "./day.ts";
import { closed, inSteps, portion } from "./in-steps.ts";
import { tripUntil } from "./motor-trip.ts";
import type { Plant, Values } from "./plant.ts";

/**
 * A refrigeration rack: two compressors of unequal size draw vapour from the cases of a shop and
 * press it into a condenser on the roof. Pressures are absolute.
 *
 * The cases evaporate the more the lower the suction pressure is, the compressors take the more
 * the higher it is, so that each new pressure is a weighted average of its neighbours (PL2). Flows
 * are in units of the large compressor's, at one bar.
 */
export interface RefrigerationRack {
  readonly seed: number;
  /** Milliseconds after the first midnight. */
  readonly at: number;
  readonly suction: number;
  readonly discharge: number;
  readonly running1: boolean;
  readonly running2: boolean;
  /** Moment at which the thermal protection lets the motor run again. */
  readonly tripped1: number;
  readonly tripped2: number;
}

const size1 = 1;
const size2 = 0.6;
/** Pressure of the refrigerant at the temperature of the goods: with no compressor it gets there. */
const goods = 6;
/** Seconds to fill by one bar at a flow of one. */
const suctionVolume = 60;
const dischargeVolume = 60;
/** What a flow of one raises the condenser above ambient, with one unit of cooling by air. */
const heatOfFlow = 1.4;
const airStill = 0.3;
const airBlown = 2.7;
/** Pressure of the refrigerant at 20 degC, and how it rises with each degree. */
const pressureAt20 = 11;
const pressurePerDegree = 0.4;
/** The motor's own protection trips above; the relief valve opens above. */
const extreme = 27;
const relief = 30;
const cooling = minutes(5);

const pressure = { unit: "bar", noise: 0.02 } as const;
const current = { unit: "A", range: [0, 60], noise: 0.05 } as const;
const flag = { unit: undefined, range: [0, 1], noise: 0 } as const;
const relay = { unit: undefined, range: [0, 1], lag: millis(0) } as const;

export const refrigerationRack: Plant<RefrigerationRack> = {
  kind: "refrigeration-rack",
  sensors: {
    "suction-pressure": { ...pressure, range: [0, 10] },
    "discharge-pressure": { ...pressure, range: [0, 40] },
    ambient: { unit: "degC", range: [-60, 80], noise: 0.05 },
    "current-1": current,
    "current-2": current,
    "fault-1": flag,
    "fault-2": flag,
  },
  actuators: {
    "compressor-1": relay,
    "compressor-2": relay,
    "condenser-fan": { ...relay, lag: seconds(3) },
  },
  start: (seed) => ({
    seed,
    at: hours(9),
    suction: 4.5,
    discharge: saturatedAt(ambientAt(seed, hours(9))),
    running1: false,
    running2: false,
    tripped1: 0,
    tripped2: 0,
  }),
  step(state, actuators, dt) {
    const drive = {
      compressor1: closed(actuators["compressor-1"]),
      compressor2: closed(actuators["compressor-2"]),
      fan: portion(actuators["condenser-fan"]),
    };
    return inSteps(state, dt, stride, (from, length) => walk(from, drive, length));
  },
  sense: (state): Values => ({
    "suction-pressure": state.suction,
    "discharge-pressure": state.discharge,
    ambient: ambientAt(state.seed, state.at),
    "current-1": state.running1 ? size1 * currentOf(state) : 0,
    "current-2": state.running2 ? size2 * currentOf(state) : 0,
    "fault-1": state.at < state.tripped1 ? 1 : 0,
    "fault-2": state.at < state.tripped2 ? 1 : 0,
  }),
};

const stride = seconds(2);

interface Drive {
  readonly compressor1: boolean;
  readonly compressor2: boolean;
  readonly fan: number;
}

function walk(from: RefrigerationRack, drive: Drive, length: number): RefrigerationRack {
  const h = length / 1_000;
  const tripped1 = tripAfter(from, 1, drive.compressor1, from.tripped1);
  const tripped2 = tripAfter(from, 2, drive.compressor2, from.tripped2);
  const running1 = drive.compressor1 && from.at >= tripped1;
  const running2 = drive.compressor2 && from.at >= tripped2;
  const swept = (running1 ? size1 : 0) + (running2 ? size2 : 0);
  const load = loadAt(from.seed, from.at);
  const suction =
    (suctionVolume * from.suction + h * load * goods) / (suctionVolume + h * (load + swept));
  const air = airStill + airBlown * drive.fan;
  const heat = heatOfFlow * swept * suction;
  const outside = saturatedAt(ambientAt(from.seed, from.at));
  const discharge =
    (dischargeVolume * from.discharge + h * (heat + air * outside)) / (dischargeVolume + h * air);
  return {
    seed: from.seed,
    at: from.at + length,
    suction,
    discharge: Math.min(relief, discharge),
    running1,
    running2,
    tripped1,
    tripped2,
  };
}

/** Only a motor that is asked to run trips. */
function tripAfter(
  { seed, at, discharge }: RefrigerationRack,
  motor: number,
  asked: boolean,
  tripped: number,
): number {
  if (!asked || at < tripped) return tripped;
  return discharge > extreme ? at + cooling : (tripUntil(seed, motor, at) ?? tripped);
}

/** A of the large one: the harder it presses, the more. */
const currentOf = ({ suction, discharge }: RefrigerationRack): number =>
  10 + Math.max(0, discharge - suction);

/**
 * Evaporation of the cases for each bar below the goods' pressure: about 2 by day, about 1 at night
 * behind curtains. Every six hours a part of them defrosts; they come back warm.
 */
function loadAt(seed: number, at: number): number {
  const hour = hourOf(at);
  const day = Math.min(1, Math.max(0, Math.min(hour - 6, 21 - hour)));
  const usual = 0.9 + 0.9 * day + 0.25 * swing(at) + 0.2 * wander(seed, at, minutes(20));
  return usual * defrostAt(at);
}

function defrostAt(at: number): number {
  const into = (at - hours(4)) % hours(6);
  if (into < defrost) return 0.65;
  return 1 + 0.5 * Math.max(0, 1 - (into - defrost) / warmReturn);
}

const defrost = minutes(25);
const warmReturn = minutes(30);

const saturatedAt = (degrees: number): number => pressureAt20 + pressurePerDegree * (degrees - 20);

const ambientAt = (seed: number, at: number): number =>
  23 + 5 * swing(at) + 7 * season(at) + 3 * wander(seed, at, hours(3));
