import { hours, millis, seconds } from "#src/base/units.ts";
import { hourOf, quarter, season, swing, wander } from "./day.ts";
import { closed, inSteps, portion, towards } from "./in-steps.ts";
import type { Plant, Values } from "./plant.ts";

/**
 * An air handler for one large room: a mixing damper for fresh air, a heating coil with water of
 * its own, a cooling coil, and a supply fan. Even seeds begin in winter, odd ones in summer.
 *
 * Each new temperature is a weighted average of its neighbours (PL2).
 */
export interface AirHandler {
  readonly seed: number;
  /** Milliseconds after the first midnight. */
  readonly at: number;
  readonly room: number;
  readonly walls: number;
  readonly supply: number;
  /** Temperature of the water that leaves the heating coil. */
  readonly water: number;
  /** Of full airflow. */
  readonly flow: number;
}

/** Heat capacities, J/K: of the room's air with furniture, of its walls, of the coil with its water. */
const roomCapacity = 1e6;
const wallCapacity = 3e7;
const coilCapacity = 30_000;
/** Conductances, W/K: from room to walls, from walls outdoors and from room outdoors. */
const toWalls = 900;
const wallsOut = 60;
const roomOut = 180;
/** W of people and lights at noon. */
const gains = 4_000;
/** W/K that full airflow carries, and that full flow of hot water brings to the coil. */
const airflowHeat = 1_200;
const hotFlow = 1_500;
/** W/K between the coil and its air, still and at full airflow. */
const coilStill = 30;
const coilBlown = 600;
const hotWater = 60;
const coldWater = 7;
const coolingEffect = 0.6;
/** The damper never shuts tight; with the fan off the wind still gets as far as the coil. */
const freshLeast = 0.1;
const airflowMost = 3_600;
/** Seconds: of the fan to speed and to rest, and of the duct with the fan on and off. */
const fanInertia = 6;
const ductBlown = 20;
const ductStill = 600;

const temperature = { unit: "degC", range: [-60, 80], noise: 0.03 } as const;
const portionOf = { unit: undefined, range: [0, 1] } as const;

export const airHandler: Plant<AirHandler> = {
  kind: "air-handler",
  sensors: {
    "supply-air": temperature,
    "room-air": temperature,
    outdoor: temperature,
    "return-water": temperature,
    airflow: { unit: "m3/h", range: [0, 5_000], noise: 15 },
  },
  actuators: {
    fan: { ...portionOf, lag: millis(0) },
    "heating-valve": { ...portionOf, lag: seconds(8) },
    "cooling-valve": { ...portionOf, lag: seconds(8) },
    damper: { ...portionOf, lag: seconds(12) },
  },
  start: (seed) => ({
    seed,
    at: hours(9),
    room: 20,
    walls: 20,
    supply: 20,
    water: 25,
    flow: 0,
  }),
  step(state, actuators, dt) {
    const drive = {
      fan: closed(actuators["fan"]),
      heating: portion(actuators["heating-valve"]),
      cooling: portion(actuators["cooling-valve"]),
      damper: portion(actuators["damper"]),
    };
    return inSteps(state, dt, stride, (from, length) => walk(from, drive, length));
  },
  sense: (state): Values => ({
    "supply-air": state.supply,
    "room-air": state.room,
    outdoor: outdoorAt(state.seed, state.at),
    "return-water": state.water,
    airflow: state.flow * airflowMost,
  }),
};

const stride = seconds(2);

interface Drive {
  readonly fan: boolean;
  readonly heating: number;
  readonly cooling: number;
  readonly damper: number;
}

function walk(from: AirHandler, drive: Drive, length: number): AirHandler {
  const h = length / 1_000;
  const outdoor = outdoorAt(from.seed, from.at);
  const flow = towards(from.flow, drive.fan ? 1 : 0, h / fanInertia);
  const fresh = freshLeast + (1 - freshLeast) * drive.damper;
  const mixed = from.room + fresh * (outdoor - from.room);
  const overCoil = coilStill + (coilBlown - coilStill) * flow;
  const hot = hotFlow * drive.heating;
  const water =
    (coilCapacity * from.water + h * (hot * hotWater + overCoil * mixed)) /
    (coilCapacity + h * (hot + overCoil));
  const heated = mixed + (coilBlown / airflowHeat) * (water - mixed);
  const cooled = heated - drive.cooling * coolingEffect * Math.max(0, heated - coldWater);
  // Without the fan the duct takes the room's temperature.
  const aim = from.room + flow * (cooled - from.room);
  const room = roomAfter(from, { outdoor, flow }, h);
  return {
    seed: from.seed,
    at: from.at + length,
    room,
    walls:
      (wallCapacity * from.walls + h * (toWalls * room + wallsOut * outdoor)) /
      (wallCapacity + h * (toWalls + wallsOut)),
    supply: towards(from.supply, aim, h / (ductStill + flow * (ductBlown - ductStill))),
    // Water that freezes stays at 0 for longer than anybody looks on.
    water: Math.max(0, water),
    flow,
  };
}

interface Around {
  readonly outdoor: number;
  readonly flow: number;
}

function roomAfter({ room, walls, supply, at }: AirHandler, around: Around, h: number): number {
  const blown = airflowHeat * around.flow;
  const inwards =
    toWalls * walls + roomOut * around.outdoor + blown * supply + gains * occupancyAt(at);
  return (roomCapacity * room + h * inwards) / (roomCapacity + h * (toWalls + roomOut + blown));
}

/** A tenth of the gains at night, all of them around noon. */
function occupancyAt(at: number): number {
  const hour = hourOf(at);
  const inside = Math.min(hour - 7, 19 - hour) / 4;
  return 0.1 + 0.9 * Math.min(1, Math.max(0, inside));
}

function outdoorAt(seed: number, at: number): number {
  const begins = seed % 2 === 0 ? quarter : 3 * quarter;
  return 11 + 14 * season(at + begins) + 5 * swing(at) + 3 * wander(seed, at, hours(6));
}
