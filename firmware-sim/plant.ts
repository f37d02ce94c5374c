import type { Millis } from "#src/base/units.ts";
import { airHandler } from "./air-handler.ts";
import { coldRoom } from "./cold-room.ts";
import { evCharging } from "./ev-charging.ts";
import { hvacTwoZone } from "./hvac-two-zone.ts";
import { pumpStation } from "./pump-station.ts";
import { refrigerationRack } from "./refrigeration-rack.ts";
import { solarBattery } from "./solar-battery.ts";
import { tank } from "./tank.ts";

/**
 * A piece of physics as a value: what it is, and how it moves on from one moment to the next.
 *
 * PL1  Pure: the same seed and the same actuators give the same story. Only + − · ÷ are used, so
 *      that the story is the same to the last bit on every machine.
 * PL2  Bounded: any actuator values and any length of step give finite values, temperatures
 *      between −60 and 80 degC and a level between empty and full.
 * PL3  Composable: one long step ends, within a small tolerance, where many short ones end.
 */
export interface Plant<State> {
  readonly kind: string;
  readonly sensors: Readonly<Record<string, Sensor>>;
  readonly actuators: Readonly<Record<string, Actuator>>;
  /** 09:00 on the first day of the plant's own time; the seed draws doors, demand and weather. */
  start(seed: number): State;
  /** `dt` later. An actuator outside its range is clipped to it; one not named, or NaN, is 0. */
  step(state: State, actuators: Values, dt: Millis): State;
  /** The truth by sensor name, before any noise. */
  sense(state: State): Values;
}

export interface Sensor {
  /** Undefined for a plain number or a flag. */
  readonly unit: string | undefined;
  /** What the transmitter can show; it saturates at either end. */
  readonly range: readonly [number, number];
  /** Standard deviation of its noise, in its unit. */
  readonly noise: number;
}

export interface Actuator {
  readonly unit: string | undefined;
  readonly range: readonly [number, number];
  /** Time constant from command to position; 0 for a relay. */
  readonly lag: Millis;
}

export type Values = Readonly<Record<string, number>>;

declare const opaque: unique symbol;
/** Some plant's state, for code that serves any plant. */
export interface PlantState {
  readonly [opaque]: true;
}
export type AnyPlant = Plant<PlantState>;

export type PlantKind =
  | "cold-room"
  | "tank"
  | "hvac-two-zone"
  | "refrigeration-rack"
  | "air-handler"
  | "pump-station"
  | "solar-battery"
  | "ev-charging";

export const plants: Readonly<Record<PlantKind, AnyPlant>> = {
  "cold-room": anyPlant(coldRoom),
  tank: anyPlant(tank),
  "hvac-two-zone": anyPlant(hvacTwoZone),
  "refrigeration-rack": anyPlant(refrigerationRack),
  "air-handler": anyPlant(airHandler),
  "pump-station": anyPlant(pumpStation),
  "solar-battery": anyPlant(solarBattery),
  "ev-charging": anyPlant(evCharging),
};

/** Hides the state's shape: a plant is only ever given a state that it made itself. */
function anyPlant<State>(plant: Plant<State>): AnyPlant {
  return plant as unknown as AnyPlant;
}
