import { invariant } from "#src/base/assert.ts";
import { rngOf } from "#src/base/rng.ts";
import { hours, type Millis, millis, minutes, seconds } from "#src/base/units.ts";
import type { NodeConfig } from "#src/contract/config.ts";
import { limits } from "#src/contract/limits.ts";
import type { SimulationReport, StoryLine, Trace } from "#src/contract/simulation.ts";
import { drawFaultPlan, type FaultKind, type FaultPlan } from "#src/sim/fault-plan.ts";
import { later, moment } from "#src/sim/moment.ts";
import { drawLease, drawSites } from "#src/sim/swarm.ts";
import { applyFaults } from "./simulated-faults.ts";
import { SimulatedFleet } from "./simulated-fleet.ts";
import { letPeopleAsk } from "./simulated-people.ts";
import { letTechniciansAct } from "./simulated-technicians.ts";
import { TraceRecorder } from "./simulated-trace.ts";

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
  /** Whether the seed draws variants of the site files, and of the regions' leases. */
  readonly swarm?: boolean;
  /** Whether people ask for setpoints, and act at the nodes; they do where not said. */
  readonly people?: boolean;
  /** In place of a drawn one: a part of an earlier plan, or a story by hand. */
  readonly plan?: FaultPlan;
  /** Told of each line of the story, as it happens. */
  readonly onStory?: (line: StoryLine) => void;
  /** Called after every stretch that all regions have lived, a minute of one region, with the fleet to look at. */
  readonly onStretch?: (at: number, fleet: SimulatedFleet) => void;
  /** Index of a node whose signals are kept, for a plot. */
  readonly trace?: number;
}

export interface Simulated {
  readonly report: SimulationReport;
  readonly plan: FaultPlan;
  readonly trace: Trace | undefined;
  readonly fleet: SimulatedFleet;
}

/** The fleet stands after this long, and the calm at the end takes as long again and more. */
const untilUp = minutes(1);
export const calmFor = minutes(3);
/** After the last fault everybody is back, and what was on disk then has arrived. */
const returnsWithin = seconds(120);

/**
 * How long a region lives before the next one has its turn: what it needs is fetched from memory anew each
 * time, which costs it as much as some seconds of its life.
 */
export const stretchOf = (regions: number): Millis => minutes(regions > 1 ? 5 : 1);

/** One run from a seed: a fleet, its faults, and the calm after them. */
export function simulate(options: SimulateOptions): Simulated {
  const { seed, nodes, regions, swarm = false, version, length, faults, onStretch } = options;
  invariant(length > untilUp + calmFor, "a run has time for faults and for the calm after them");
  invariant(nodes <= regions * limits.nodesPerRegion, "the regions can take so many nodes");
  const rng = rngOf(seed).fork("swarm");
  const sites = swarm ? drawSites(rng.fork("sites"), options.sites) : options.sites;
  const lease = swarm ? drawLease(rng.fork("lease")) : undefined;
  const recorder =
    options.trace === undefined
      ? undefined
      : new TraceRecorder(sites, options.trace, regions, length);
  const story = new Story(options.onStory);
  const onlookers = { onStory: story.hear, onRecord: recorder?.record };
  const fleet = new SimulatedFleet({ seed, nodes, regions, sites, lease, version, onlookers });
  recorder?.begin(fleet.regionOf(options.trace ?? 0).world);
  const calm = moment(length - calmFor);
  const shape = fleet.shape(moment(untilUp), calm);
  const plan = options.plan ?? drawFaultPlan(rngOf(seed).fork("faults"), shape, faults);
  applyFaults(fleet, plan, story.hear);
  if (options.people !== false) {
    const span = { from: moment(untilUp), until: calm };
    letPeopleAsk(fleet, span, story.hear);
    letTechniciansAct(fleet, span, story.hear);
  }
  for (const { world, watch } of fleet.regions) {
    world.schedule(calm, () => world.schedule(later(calm, returnsWithin), watch.calm()));
  }
  fleet.start();
  const stretch = stretchOf(regions);
  for (let passed = 0; passed < length; passed += stretch) {
    try {
      fleet.pass(millis(Math.min(stretch, length - passed)));
    } finally {
      story.tell();
    }
    onStretch?.(fleet.now, fleet);
  }
  return { report: reportOf(options, fleet, plan), plan, trace: recorder?.trace, fleet };
}

/** Several regions live a stretch one after the other; what befell them is told by its moment (FL1). */
class Story {
  readonly hear: ((line: StoryLine) => void) | undefined;
  readonly #listener: ((line: StoryLine) => void) | undefined;
  readonly #lines: StoryLine[] = [];

  constructor(listener: ((line: StoryLine) => void) | undefined) {
    this.#listener = listener;
    this.hear = listener && ((line) => this.#lines.push(line));
  }

  tell(): void {
    const lines = this.#lines.splice(0).sort((one, other) => one.at - other.at);
    for (const line of lines) this.#listener?.(line);
  }
}

function reportOf(
  { seed, nodes, regions, length }: SimulateOptions,
  { hash, events, findings }: SimulatedFleet,
  plan: FaultPlan,
): SimulationReport {
  const { count, violations, marks } = findings;
  return {
    seed,
    hash,
    nodes,
    regions,
    hours: length / hours(1),
    events,
    broken: count,
    violations,
    marks,
    faults: plan.drawn,
  };
}
