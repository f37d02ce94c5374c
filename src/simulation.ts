import { readTree } from "#src/adapters/yaml-tree.ts";
import { invariant } from "#src/base/assert.ts";
import { hours, type Millis, millis } from "#src/base/units.ts";
import { initTemplate, readyMadePlants } from "#src/cli/init-template.ts";
import type { PlanFault, Simulation, SimulationAsked } from "#src/cli/sim/power.ts";
import { NodeConfig } from "#src/contract/config.ts";
import { faultMisfit } from "#src/sim/fault-check.ts";
import { type FaultKind, type FaultPlan, faultKinds } from "#src/sim/fault-plan.ts";
import { moment, momentFrom } from "#src/sim/moment.ts";
import { scenarios } from "#src/sim/scenarios.ts";
import { calmFor, type Simulated, simulate } from "./simulate.ts";
import { shrinkWith } from "./simulated-shrink.ts";

/** The composition root of the simulator: it gives it the sites of this program. */
export function simulation(version: string): Simulation {
  const run = (asked: SimulationAsked): Simulated => {
    const { seed, nodes, regions, onStory, onStretch, trace } = asked;
    return simulate({
      seed,
      nodes,
      regions,
      sites: asked.sites.length > 0 ? asked.sites : readyMade(),
      swarm: !(asked.asWritten ?? asked.sites.length > 0),
      version,
      length: lengthOf(asked.hours),
      faults: asked.faults as readonly FaultKind[],
      people: asked.people !== false,
      ...(asked.plan === undefined ? {} : { plan: planOf(asked.plan, asked.hours) }),
      ...(onStory === undefined ? {} : { onStory }),
      ...(onStretch === undefined ? {} : { onStretch }),
      ...(trace === undefined ? {} : { trace }),
    });
  };
  return {
    faultKinds,
    faultMisfit: (kind, said) => faultMisfit(kind as FaultKind, said),
    scenarios,
    run(asked) {
      const { report, plan, trace } = run(asked);
      return { report, plan: plan.faults, trace };
    },
    shrink: (asked, options) => shrinkWith(run, asked, options),
  };
}

const lengthOf = (asked: number): Millis => millis(Math.round(asked * hours(1)));

function planOf(faults: readonly PlanFault[], asked: number): FaultPlan {
  const drawn: Partial<Record<FaultKind, number>> = {};
  for (const { kind } of faults) {
    drawn[kind as FaultKind] = (drawn[kind as FaultKind] ?? 0) + 1;
  }
  return {
    drawn,
    faults: faults.map((one) => ({
      ...(one as unknown as FaultPlan["faults"][number]),
      at: momentFrom(one.at),
      until: momentFrom(one.until),
    })),
    calm: moment(lengthOf(asked) - calmFor),
  };
}

/** One site of each plant that `holdfast init` knows. */
const readyMade = (): NodeConfig[] =>
  readyMadePlants.map((plant) => {
    const read = readTree(initTemplate({ role: "node", node: "node", region: "region", plant }));
    invariant(read.ok, "a ready-made site can be read");
    return NodeConfig.parse(read.tree.value);
  });
