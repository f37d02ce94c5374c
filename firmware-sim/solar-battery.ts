import { hours, minutes, seconds } from "#src/base/units.ts";
import { drawFor, hourOf, season, swing, wander } from "./day.ts";
import { inSteps, portion } from "./in-steps.ts";
import type { Plant, Values } from "./plant.ts";

/**
 * A house with 8 kW of solar cells and a battery of 10 kWh behind one meter. What the house does not
 * take, and the battery does not, flows to the grid; what they lack comes from there.
 */
export interface SolarBattery {
  readonly seed: number;
  /** Milliseconds after the first midnight. */
  readonly at: number;
  /** kWh in the battery. */
  readonly energy: number;
  /** kW at the battery's terminals, + is charging. */
  readonly battery: number;
  /** kW of the cells, after what is thrown away. */
  readonly pv: number;
  readonly temperature: number;
}

const cells = 8;
const capacity = 10;
/** kW the converter can move either way, and the share that arrives. */
const converter = 5;
const efficiency = 0.95;
/** Above this share a battery takes less and less; below the other it gives less and less. */
const nearlyFull = 0.95;
const nearlyEmpty = 0.05;
/** K above the garage at the converter's greatest power, and the hours it takes. */
const warming = 14;
const warmingTime = 1.5;

const power = (range: readonly [number, number]) => ({ unit: "kW", range, noise: 0.01 }) as const;
const share = { unit: undefined, range: [0, 1], lag: seconds(1) } as const;

export const solarBattery: Plant<SolarBattery> = {
  kind: "solar-battery",
  sensors: {
    "pv-power": power([0, 12]),
    "load-power": power([0, 20]),
    "battery-power": power([-8, 8]),
    "grid-power": power([-20, 30]),
    soc: { unit: "%", range: [0, 100], noise: 0.02 },
    "battery-temperature": { unit: "degC", range: [-20, 80], noise: 0.05 },
  },
  actuators: { charge: share, discharge: share, curtail: share },
  start: (seed) => ({
    seed,
    at: hours(9),
    energy: 4,
    battery: 0,
    pv: 0,
    temperature: garageAt(hours(9)),
  }),
  step(state, actuators, dt) {
    const wanted = portion(actuators["charge"]) - portion(actuators["discharge"]);
    const curtail = portion(actuators["curtail"]);
    return inSteps(state, dt, stride, (from, length) => walk(from, wanted, curtail, length));
  },
  sense: (state): Values => {
    const load = loadAt(state.seed, state.at);
    return {
      "pv-power": state.pv,
      "load-power": load,
      "battery-power": state.battery,
      "grid-power": load + state.battery - state.pv,
      soc: (100 * state.energy) / capacity,
      "battery-temperature": state.temperature,
    };
  },
};

const stride = seconds(2);

function walk(from: SolarBattery, wanted: number, curtail: number, length: number): SolarBattery {
  const h = length / 3_600_000;
  const level = from.energy / capacity;
  const takes = Math.min(1, (1 - level) / (1 - nearlyFull));
  const gives = Math.min(1, level / nearlyEmpty);
  const asked = converter * (wanted > 0 ? wanted * takes : wanted * gives);
  // No stride puts in more than there is room for, or takes out more than there is.
  const battery = Math.max(
    (-from.energy * efficiency) / h,
    Math.min((capacity - from.energy) / (efficiency * h), asked),
  );
  const stored = battery > 0 ? battery * efficiency : battery / efficiency;
  const load = (battery * battery) / (converter * converter);
  return {
    seed: from.seed,
    at: from.at + length,
    energy: Math.min(capacity, Math.max(0, from.energy + stored * h)),
    battery,
    pv: sunAt(from.seed, from.at) * (1 - curtail),
    temperature:
      (from.temperature * warmingTime + (garageAt(from.at) + warming * load) * h) /
      (warmingTime + h),
  };
}

/** degC around the battery: a garage that nobody heats. */
const garageAt = (at: number): number => 11 + 9 * season(at) + 3 * swing(at);

/** kW the cells could give: a bow from 6 to 18 o'clock, higher in summer, less what clouds keep. */
function sunAt(seed: number, at: number): number {
  const way = (hourOf(at) - 6) / 12;
  if (way <= 0 || way >= 1) return 0;
  const clouds = 0.35 + 0.35 * wander(seed, at, minutes(40)) + 0.3 * wander(seed, at, minutes(3));
  const clear = cells * (1 + 0.3 * season(at)) * 4 * way * (1 - way);
  return clear * (1 - 0.85 * Math.min(1, Math.max(0, clouds)));
}

/** kW of the house: little at night, most in the evening, and a kettle now and then. */
function loadAt(seed: number, at: number): number {
  const hour = hourOf(at);
  const evening = Math.max(0, 1 - Math.abs(hour - 19) / 4);
  const morning = Math.max(0, 1 - Math.abs(hour - 7.5) / 2);
  const usual = 0.35 + 1.6 * evening + 0.8 * morning + 0.15 * wander(seed ^ 0x10ad, at, minutes(5));
  return usual + (kettle(seed, at) ? 2 : 0);
}

/** Three minutes in about every fourth half hour. */
function kettle(seed: number, at: number): boolean {
  const slot = Math.floor(at / minutes(30));
  const drawn = drawFor(seed ^ 0x6e77_1e00, slot);
  const into = at - slot * minutes(30) - ((drawn >>> 3) % minutes(27));
  return drawn % 4 === 0 && into >= 0 && into < minutes(3);
}
