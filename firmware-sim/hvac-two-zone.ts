import { hours, millis, seconds } from "#src/base/units.ts";
import { hourOf, season, swing, wander } from "./day.ts";
import { inSteps, portion, towards } from "./in-steps.ts";
import type { Plant, Values } from "./plant.ts";

/**
 * An air handler with a heating and a cooling coil, and two zones behind dampers. A fifth of the
 * air is fresh. People and lights heat the zones in office hours; walls and furniture hold warmth.
 *
 * As in the cold room each new temperature is a weighted average of its neighbours (PL2).
 */
export interface Hvac {
  readonly seed: number;
  /** Milliseconds after the first midnight. */
  readonly at: number;
  readonly supply: number;
  readonly zone1: number;
  readonly zone2: number;
  readonly mass1: number;
  readonly mass2: number;
  readonly fan: number;
}

interface Zone {
  /** Heat capacities, J/K, of the air with furniture and of the walls. */
  readonly air: number;
  readonly mass: number;
  /** Conductances, W/K: to the walls, and outdoors. */
  readonly toMass: number;
  readonly toOutdoor: number;
  /** W of people and lights in office hours. */
  readonly gains: number;
}

const zone1: Zone = { air: 600_000, mass: 9e6, toMass: 400, toOutdoor: 80, gains: 1_200 };
const zone2: Zone = { air: 700_000, mass: 10e6, toMass: 420, toOutdoor: 110, gains: 800 };
const betweenZones = 60;
/** W/K that the full fan carries into one zone with its damper open; a shut damper leaks. */
const fullFlow = 600;
const damperLeak = 0.05;
const freshAir = 0.2;
/** Water temperatures of the coils, and how near the air comes to them. */
const hotWater = 60;
const coldWater = 7;
const effectiveness = 0.6;
/** Seconds until the duct takes the temperature of its air: with the fan at full speed, and without. */
const ductBlown = 30;
const ductStill = 300;

const temperature = { unit: "degC", range: [-60, 80], noise: 0.03 } as const;
const ratio = { unit: undefined, range: [0, 1] } as const;

export const hvacTwoZone: Plant<Hvac> = {
  kind: "hvac-two-zone",
  sensors: {
    "zone-1": temperature,
    "zone-2": temperature,
    "supply-air": temperature,
    outdoor: temperature,
    "fan-status": { ...ratio, noise: 0 },
  },
  actuators: {
    heating: { ...ratio, lag: seconds(10) },
    cooling: { ...ratio, lag: seconds(10) },
    fan: { ...ratio, lag: millis(2_000) },
    "damper-1": { ...ratio, lag: seconds(15) },
    "damper-2": { ...ratio, lag: seconds(15) },
  },
  start: (seed) => ({
    seed,
    at: hours(9),
    supply: 19,
    zone1: 19,
    zone2: 18.5,
    mass1: 19,
    mass2: 18.5,
    fan: 0,
  }),
  step(state, actuators, dt) {
    const { heating, cooling, fan, "damper-1": damper1, "damper-2": damper2 } = actuators;
    const drive = {
      heating: portion(heating),
      cooling: portion(cooling),
      fan: portion(fan),
      damper1: portion(damper1),
      damper2: portion(damper2),
    };
    return inSteps(state, dt, stride, (from, length) => walk(from, drive, length));
  },
  sense: (state): Values => ({
    "zone-1": state.zone1,
    "zone-2": state.zone2,
    "supply-air": state.supply,
    outdoor: outdoorAt(state.seed, state.at),
    "fan-status": state.fan > 0.1 ? 1 : 0,
  }),
};

const stride = seconds(5);

interface Drive {
  readonly heating: number;
  readonly cooling: number;
  readonly fan: number;
  readonly damper1: number;
  readonly damper2: number;
}

function walk(from: Hvac, drive: Drive, length: number): Hvac {
  const h = length / 1_000;
  const outdoor = outdoorAt(from.seed, from.at);
  const flow1 = flowThrough(drive.damper1, drive.fan);
  const flow2 = flowThrough(drive.damper2, drive.fan);
  const supply = supplyAfter(from, drive, outdoor, h);
  const busy = occupancyAt(from.at);
  const around = { supply, outdoor, busy };
  const fresh1 = zoneAir(
    zone1,
    from.zone1,
    { ...around, mass: from.mass1, other: from.zone2, flow: flow1 },
    h,
  );
  const fresh2 = zoneAir(
    zone2,
    from.zone2,
    { ...around, mass: from.mass2, other: fresh1, flow: flow2 },
    h,
  );
  return {
    seed: from.seed,
    at: from.at + length,
    supply,
    zone1: fresh1,
    zone2: fresh2,
    mass1: towards(from.mass1, fresh1, (h * zone1.toMass) / zone1.mass),
    mass2: towards(from.mass2, fresh2, (h * zone2.toMass) / zone2.mass),
    fan: drive.fan,
  };
}

function supplyAfter(from: Hvac, drive: Drive, outdoor: number, h: number): number {
  const back = (from.zone1 + from.zone2) / 2;
  const mixed = back + freshAir * drive.fan * (outdoor - back);
  const heated = mixed + drive.heating * effectiveness * (hotWater - mixed);
  const cooled = heated - drive.cooling * effectiveness * (heated - coldWater);
  return towards(from.supply, cooled, h / (ductStill + drive.fan * (ductBlown - ductStill)));
}

interface Around {
  readonly mass: number;
  /** The other zone's air. */
  readonly other: number;
  readonly supply: number;
  readonly outdoor: number;
  /** W/K that the supply air brings. */
  readonly flow: number;
  readonly busy: number;
}

function zoneAir(zone: Zone, air: number, around: Around, h: number): number {
  const inwards =
    zone.toMass * around.mass +
    zone.toOutdoor * around.outdoor +
    betweenZones * around.other +
    around.flow * around.supply +
    around.busy * zone.gains;
  const weight = zone.toMass + zone.toOutdoor + betweenZones + around.flow;
  return (zone.air * air + h * inwards) / (zone.air + h * weight);
}

const flowThrough = (damper: number, fan: number): number =>
  fullFlow * fan * (damperLeak + (1 - damperLeak) * damper);

/** 0.1 of the gains at night, all from 9 to 17 o'clock. */
function occupancyAt(at: number): number {
  const hour = hourOf(at);
  const inside = Math.min(hour - 7, 19 - hour) / 2;
  return 0.1 + 0.9 * Math.min(1, Math.max(0, inside));
}

const outdoorAt = (seed: number, at: number): number =>
  10 + 6 * swing(at) + 10 * season(at) + 3 * wander(seed, at, hours(6));
