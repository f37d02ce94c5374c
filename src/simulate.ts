import { invariant } from "#src/base/assert.ts";
import { type Millis, millis, minutes } from "#src/base/units.ts";
import type { NodeConfig } from "#src/contract/config.ts";
import { limits } from "#src/contract/limits.ts";
import { drawFaultPlan, type FaultKind, type FaultPlan } from "#src/sim/fault-plan.ts";
import { moment } from "#src/sim/moment.ts";
import { applyFaults } from "./simulated-faults.ts";
import { SimulatedFleet } from "./simulated-fleet.ts";

export interface SimulateOptions {
  readonly seed: number;
  readonly nodes: number;
  readonly regions: number;
  readonly sites: readonly NodeConfig[];
  readonly version: string;
  /** Of faults and of calm together. */
  readonly length: Millis;
  /** Kinds that may be drawn; none: all goes well. */
  readonly faults: readonly FaultKind[];
}

export interface Simulated {
  readonly seed: number;
  readonly hash: string;
  readonly events: number;
  readonly plan: FaultPlan;
  readonly fleet: SimulatedFleet;
}

/** The fleet stands after this long, and the calm at the end takes as long again and more. */
const untilUp = minutes(1);
const calmFor = minutes(3);

/** One run from a seed: a fleet, its faults, and the calm after them. */
export function simulate({
  seed,
  nodes,
  regions,
  sites,
  version,
  length,
  faults,
}: SimulateOptions): Simulated {
  invariant(length > untilUp + calmFor, "a run has time for faults and for the calm after them");
  invariant(nodes <= regions * limits.nodesPerRegion, "the regions can take so many nodes");
  const fleet = new SimulatedFleet({ seed, nodes, regions, sites, version });
  const { world } = fleet;
  const shape = fleet.shape(moment(untilUp), moment(length - calmFor));
  const plan = drawFaultPlan(world.rng.fork("faults"), shape, faults);
  applyFaults(fleet, plan);
  fleet.start();
  fleet.pass(millis(length));
  return { seed, hash: world.hash, events: world.counters.events, plan, fleet };
}
