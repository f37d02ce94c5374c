import { hours, minutes, seconds } from "#src/base/units.ts";
import { hourOf, wander } from "./day.ts";
import { inSteps, portion } from "./in-steps.ts";
import type { Plant, Values } from "./plant.ts";

/**
 * A break tank of 20 m³: mains water comes in through a valve, a pump lifts it to consumers whose
 * demand changes by the hour. What comes in above the brim runs off; the pump runs dry at the end.
 */
export interface Tank {
  readonly seed: number;
  /** Milliseconds after the first midnight. */
  readonly at: number;
  /** Metres of water. */
  readonly level: number;
  readonly inflow: number;
  readonly outflow: number;
  readonly pressure: number;
  readonly dry: boolean;
}

const area = 5;
const brim = 4;
/** m³/h through the open valve, and at full speed into an open network. */
const inflowMost = 12;
const outflowMost = 11;
/** Below this level the pump draws air along, and pumps the less the lower the water stands. */
const suction = 0.06;
const dryBelow = 0.02;
/** bar of one metre of water, and of the pump against a closed network. */
const head = 0.0981;
const pumpHead = 4;

export const tank: Plant<Tank> = {
  kind: "tank",
  sensors: {
    level: { unit: "m", range: [0, 4], noise: 0.002 },
    inflow: { unit: "m3/h", range: [0, 20], noise: 0.03 },
    outflow: { unit: "m3/h", range: [0, 20], noise: 0.03 },
    "pump-pressure": { unit: "bar", range: [0, 10], noise: 0.01 },
    "dry-run": { unit: undefined, range: [0, 1], noise: 0 },
  },
  actuators: {
    valve: { unit: undefined, range: [0, 1], lag: seconds(3) },
    pump: { unit: undefined, range: [0, 1], lag: seconds(1) },
  },
  start: (seed) => ({
    seed,
    at: hours(9),
    level: 2,
    inflow: 0,
    outflow: 0,
    pressure: 2 * head,
    dry: false,
  }),
  step(state, actuators, dt) {
    const { valve, pump } = actuators;
    const drive = { valve: portion(valve), pump: portion(pump) };
    return inSteps(state, dt, stride, (from, length) => walk(from, drive, length));
  },
  sense: (state): Values => ({
    level: state.level,
    inflow: state.inflow,
    outflow: state.outflow,
    "pump-pressure": state.pressure,
    "dry-run": state.dry ? 1 : 0,
  }),
};

const stride = seconds(5);

interface Drive {
  readonly valve: number;
  readonly pump: number;
}

function walk(from: Tank, { valve, pump }: Drive, length: number): Tank {
  const h = length / 3_600_000;
  const demand = demandAt(from.seed, from.at);
  const inflow = valve * inflowMost * (1 + 0.05 * wander(from.seed ^ 0x5eed, from.at, minutes(3)));
  const wet = Math.min(1, from.level / suction);
  // No stride may pump out more than there is.
  const outflow = Math.min(pump * outflowMost * demand * wet, inflow + (from.level * area) / h);
  const level = Math.min(brim, Math.max(0, from.level + ((inflow - outflow) * h) / area));
  return {
    seed: from.seed,
    at: from.at + length,
    level,
    inflow,
    outflow,
    pressure: head * level + pumpHead * pump * pump * wet * (1 - 0.5 * demand * demand),
    dry: pump > 0.05 && level < dryBelow,
  };
}

/** How far the consumers' taps are open: 0.15 … 1, with peaks in the morning and the evening. */
function demandAt(seed: number, at: number): number {
  const hour = hourOf(at);
  const peak = Math.max(hump(hour, 7), hump(hour, 19));
  const usual = 0.3 + 0.5 * peak + 0.2 * wander(seed, at, minutes(10));
  return Math.min(1, Math.max(0.15, usual));
}

/** 1 at `middle`, falling to 0 three hours before and after. */
const hump = (hour: number, middle: number): number => Math.max(0, 1 - Math.abs(hour - middle) / 3);
