import { hours, minutes, seconds } from "#src/base/units.ts";
import { drawFor, hourOf, wander } from "./day.ts";
import { inSteps, portion } from "./in-steps.ts";
import type { Plant, Values } from "./plant.ts";

/**
 * A yard with four charging points of three phases and 32 A each behind one connection, beside a building
 * that takes what it takes. Cars come and go; each draws what it may and can, until it has enough.
 */
export interface EvCharging {
  readonly seed: number;
  /** Milliseconds after the first midnight. */
  readonly at: number;
  readonly points: readonly [Point, Point, Point, Point];
}

interface Point {
  /** A. */
  readonly current: number;
  /** Which visit its car belongs to, and kWh that it has taken. */
  readonly visit: number;
  readonly taken: number;
}

/** A of a point, and the least that a car may be offered (IEC 61851): below it waits. */
const most = 32;
const least = 6;
/** kW of 1 A on three phases. */
const perAmpere = 0.69;
/** Seconds with which a car follows its limit. */
const following = 3;

const amperes = (range: readonly [number, number]) => ({ unit: "A", range, noise: 0.05 }) as const;
const flag = { unit: undefined, range: [0, 1], noise: 0 } as const;
const limit = { unit: undefined, range: [0, 1], lag: seconds(1) } as const;
const nobody: Point = { current: 0, visit: -1, taken: 0 };

export const evCharging: Plant<EvCharging> = {
  kind: "ev-charging",
  sensors: {
    "grid-current": amperes([0, 250]),
    "base-current": amperes([0, 100]),
    "current-1": amperes([0, 40]),
    "current-2": amperes([0, 40]),
    "current-3": amperes([0, 40]),
    "current-4": amperes([0, 40]),
    "plugged-1": flag,
    "plugged-2": flag,
    "plugged-3": flag,
    "plugged-4": flag,
  },
  actuators: { "limit-1": limit, "limit-2": limit, "limit-3": limit, "limit-4": limit },
  start: (seed) => ({ seed, at: hours(9), points: [nobody, nobody, nobody, nobody] }),
  step(state, actuators, dt) {
    const limits = [1, 2, 3, 4].map((place) => most * portion(actuators[`limit-${place}`]));
    return inSteps(state, dt, stride, (from, length) => walk(from, limits, length));
  },
  sense: ({ seed, at, points }): Values => {
    const base = baseAt(seed, at);
    const seen: Record<string, number> = { "grid-current": base, "base-current": base };
    const isPlugged = points.map((_, place) => carAt(seed, place, at) !== undefined);
    for (const [place, { current }] of points.entries()) {
      const drawn = isPlugged[place] ? current : 0;
      seen[`current-${place + 1}`] = drawn;
      seen["grid-current"] = (seen["grid-current"] ?? 0) + drawn;
    }
    for (const [place, is] of isPlugged.entries()) seen[`plugged-${place + 1}`] = is ? 1 : 0;
    return seen;
  },
};

const stride = seconds(1);

function walk({ seed, at, points }: EvCharging, limits: readonly number[], length: number) {
  const next = (place: 0 | 1 | 2 | 3): Point =>
    after(points[place], carAt(seed, place, at), limits[place] ?? 0, length);
  return { seed, at: at + length, points: [next(0), next(1), next(2), next(3)] as const };
}

function after(point: Point, car: Car | undefined, allowed: number, length: number): Point {
  // A cable that is pulled carries nothing at once.
  if (car === undefined) return nobody;
  const taken = point.visit === car.visit ? point.taken : 0;
  const aim = allowed >= least && taken < car.needs ? Math.min(allowed, car.most) : 0;
  const h = length / 1_000;
  const drawn = (point.current * following + aim * h) / (following + h);
  const given = (drawn * perAmpere * h) / 3_600;
  return { current: drawn, visit: car.visit, taken: taken + given };
}

interface Car {
  readonly visit: number;
  /** A it can take. */
  readonly most: number;
  /** kWh. */
  readonly needs: number;
}

/** In two of three slots of four hours a car stands at a point for one to three and a half hours. */
function carAt(seed: number, place: number, at: number): Car | undefined {
  const visit = Math.floor(at / slotLength);
  const drawn = drawFor(seed ^ Math.imul(place + 1, 0x0ca7_5eed), visit);
  if (drawn % 3 === 0) return undefined;
  const stays = hours(1) + ((drawn >>> 3) % hours(2.5));
  const into = at - visit * slotLength - ((drawn >>> 7) % (slotLength - stays));
  if (into < 0 || into >= stays) return undefined;
  return { visit, most: [16, 20, 32][(drawn >>> 2) % 3] ?? 16, needs: 5 + ((drawn >>> 11) % 30) };
}

const slotLength = hours(4);

/** A of the building: 8 at night, 25 by day, and a machine that starts now and then. */
function baseAt(seed: number, at: number): number {
  const hour = hourOf(at);
  const day = Math.max(0, Math.min(1, (hour - 6) / 2, (20 - hour) / 2));
  const machine = wander(seed ^ 0xba5e, at, minutes(7)) > 0.5 ? 10 : 0;
  return 8 + 17 * day + 2 * wander(seed, at, minutes(2)) + machine * day;
}
