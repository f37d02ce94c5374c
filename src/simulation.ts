import { readTree } from "#src/adapters/yaml-tree.ts";
import { invariant } from "#src/base/assert.ts";
import { hours, millis } from "#src/base/units.ts";
import { initTemplate } from "#src/cli/init-template.ts";
import type { PlanFault, Simulation, SimulationAsked } from "#src/cli/sim/power.ts";
import { NodeConfig } from "#src/contract/config.ts";
import { type FaultKind, type FaultPlan, faultKinds } from "#src/sim/fault-plan.ts";
import { moment, momentFrom } from "#src/sim/moment.ts";
import { simulate } from "./simulate.ts";

/** The composition root of the simulator: it gives it the sites of this program. */
export function simulation(version: string): Simulation {
  return {
    faultKinds,
    run(asked) {
      const { seed, nodes, regions, onStory, onMinute, trace } = asked;
      const done = simulate({
        seed,
        nodes,
        regions,
        sites: asked.sites.length > 0 ? asked.sites : readyMade(),
        version,
        length: lengthOf(asked),
        faults: asked.faults as readonly FaultKind[],
        ...(asked.plan === undefined ? {} : { plan: planOf(asked.plan, asked) }),
        ...(onStory === undefined ? {} : { onStory }),
        ...(onMinute === undefined ? {} : { onMinute }),
        ...(trace === undefined ? {} : { trace }),
      });
      return { report: done.report, plan: done.plan.faults, trace: done.trace };
    },
  };
}

const lengthOf = (asked: SimulationAsked) => millis(Math.round(asked.hours * hours(1)));

function planOf(faults: readonly PlanFault[], asked: SimulationAsked): FaultPlan {
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
    calm: moment(lengthOf(asked)),
  };
}

/** One site of each plant that `holdfast init` knows. */
const readyMade = (): NodeConfig[] =>
  (["cold-room", "tank", "hvac-two-zone"] as const).map((plant) => {
    const read = readTree(initTemplate({ role: "node", node: "node", region: "region", plant }));
    invariant("tree" in read, "a ready-made site can be read");
    return NodeConfig.parse(read.tree.value);
  });
