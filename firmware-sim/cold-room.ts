import { hours, type Millis, millis, minutes, seconds } from "#src/base/units.ts";
import { drawFor, hourOf, season, swing } from "./day.ts";
import { closed, inSteps } from "./in-steps.ts";
import type { Plant, Values } from "./plant.ts";

/**
 * A walk-in cold room of 30 m³ with a tonne of produce and one evaporator.
 *
 * Heat flows between ambient, room air, coil and product in proportion to their differences. Each
 * new temperature is an average of its neighbours weighted by what flows, so no stride, however
 * long, can overshoot them (PL2).
 */
export interface ColdRoom {
  readonly seed: number;
  /** Milliseconds after the first midnight. */
  readonly at: number;
  readonly air: number;
  readonly coil: number;
  readonly product: number;
  /** Kilograms of ice on the coil. */
  readonly frost: number;
  readonly compressor: boolean;
}

// Heat capacities, J/K: air with shelves and inner skin; copper and aluminium; a tonne of produce.
const airCapacity = 250_000;
const coilCapacity = 12_000;
const productCapacity = 3_500_000;
// Conductances, W/K.
const walls = 25;
const openDoor = 250;
const produce = 60;
const coilBlown = 220;
const coilStill = 20;
/** The refrigerant draws heat as if through this conductance to its coldest temperature. */
const refrigerant = 74;
const refrigerantColdest = -35;
const fanHeat = 80;
const heaterPower = 1_500;
/** A defrost heater's cut-out: full power below 40 degC, none at 55. */
const heaterEnd = 55;
const heaterTaper = 15;
/** J/kg to melt ice, and W/K at which a warm coil melts it. */
const meltHeat = 334_000;
const melting = 150;
/** kg/s on a coil at or below −10 degC, and the most it holds. */
const frostClosed = 0.000_02;
const frostOpen = 0.000_2;
const frostMost = 6;

const temperature = { unit: "degC", range: [-60, 80] } as const;

export const coldRoom: Plant<ColdRoom> = {
  kind: "cold-room",
  sensors: {
    "room-air": { ...temperature, noise: 0.03 },
    product: { ...temperature, noise: 0.02 },
    evaporator: { ...temperature, noise: 0.05 },
    ambient: { ...temperature, noise: 0.05 },
    door: { unit: undefined, range: [0, 1], noise: 0 },
    "compressor-current": { unit: "A", range: [0, 20], noise: 0.02 },
  },
  actuators: {
    compressor: { unit: undefined, range: [0, 1], lag: millis(0) },
    fan: { unit: undefined, range: [0, 1], lag: millis(0) },
    defrost: { unit: undefined, range: [0, 1], lag: millis(0) },
  },
  start: (seed) => ({
    seed,
    at: hours(9),
    air: 7,
    coil: 7,
    product: 5,
    frost: 0,
    compressor: false,
  }),
  step(state, actuators, dt) {
    const { compressor, fan, defrost } = actuators;
    const drive = { compressor: closed(compressor), fan: closed(fan), defrost: closed(defrost) };
    return inSteps(state, dt, stride, (from, length) => walk(from, drive, length));
  },
  sense: (state): Values => ({
    "room-air": state.air,
    product: state.product,
    evaporator: state.coil,
    ambient: ambientAt(state.at),
    door: doorOpen(state.seed, state.at) ? 1 : 0,
    "compressor-current": currentOf(state),
  }),
};

const stride = seconds(2);

interface Drive {
  readonly compressor: boolean;
  readonly fan: boolean;
  readonly defrost: boolean;
}

function walk(from: ColdRoom, drive: Drive, length: number): ColdRoom {
  const h = length / 1_000;
  const open = doorOpen(from.seed, from.at);
  const overCoil = (drive.fan ? coilBlown : coilStill) / (1 + from.frost / 2);
  const leak = open ? walls + openDoor : walls;
  const air =
    (airCapacity * from.air +
      h *
        (overCoil * from.coil +
          leak * ambientAt(from.at) +
          produce * from.product +
          (drive.fan ? fanHeat : 0))) /
    (airCapacity + h * (overCoil + leak + produce));
  const cooling = drive.compressor ? refrigerant : 0;
  const heat = drive.defrost ? heaterPower * portionLeft(from.coil) : 0;
  const coil =
    (coilCapacity * from.coil + h * (overCoil * air + cooling * refrigerantColdest + heat)) /
    (coilCapacity + h * (overCoil + cooling));
  const melted = coil > 0 ? Math.min(from.frost, (h * melting * coil) / meltHeat) : 0;
  const product =
    (productCapacity * from.product + h * produce * air) / (productCapacity + h * produce);
  return {
    seed: from.seed,
    at: from.at + length,
    air,
    coil: coil - (melted * meltHeat) / coilCapacity,
    product,
    frost: Math.min(frostMost, from.frost - melted + h * frostGrowth(coil, open)),
    compressor: drive.compressor,
  };
}

const portionLeft = (coil: number): number =>
  Math.min(1, Math.max(0, (heaterEnd - coil) / heaterTaper));

function frostGrowth(coil: number, open: boolean): number {
  const cold = Math.min(1, Math.max(0, -coil / 10));
  return cold * (open ? frostOpen : frostClosed);
}

const ambientAt = (at: number): number => 25 + 4 * swing(at) + 5 * season(at);

/**
 * At most one opening of 15 to 45 seconds in ten minutes: in every second such slot by day, in
 * one of sixteen at night.
 */
function doorOpen(seed: number, at: number): boolean {
  const slot = Math.floor(at / doorSlot);
  const drawn = drawFor(seed, slot);
  const hour = hourOf(at);
  const busy = hour >= 6 && hour < 20 ? 8 : 1;
  if (drawn % 16 >= busy) return false;
  const into = at - slot * doorSlot;
  const opens = (drawn >>> 4) % 540_000;
  return into >= opens && into < opens + 15_000 + ((drawn >>> 12) % 30_000);
}

const doorSlot: Millis = minutes(10);

function currentOf({ compressor, coil, at }: ColdRoom): number {
  return compressor ? 3.5 + 0.05 * (coil + 10) + 0.04 * (ambientAt(at) - 25) : 0;
}
