import { readTree } from "#src/adapters/yaml-tree.ts";
import { invariant } from "#src/base/assert.ts";
import { hours, millis, minutes } from "#src/base/units.ts";
import { initTemplate } from "#src/cli/init-template.ts";
import type { PlanFault, Shrunken, Simulation, SimulationAsked } from "#src/cli/sim/power.ts";
import { NodeConfig } from "#src/contract/config.ts";
import type { Law, Violation } from "#src/contract/simulation.ts";
import { type FaultKind, type FaultPlan, faultKinds } from "#src/sim/fault-plan.ts";
import { moment, momentFrom } from "#src/sim/moment.ts";
import { scenarios } from "#src/sim/scenarios.ts";
import { shrink, type Timed } from "#src/sim/shrink.ts";
import { type Simulated, simulate } from "./simulate.ts";

/** The composition root of the simulator: it gives it the sites of this program. */
export function simulation(version: string): Simulation {
  const run = (asked: SimulationAsked): Simulated => {
    const { seed, nodes, regions, onStory, onMinute, trace } = asked;
    return simulate({
      seed,
      nodes,
      regions,
      sites: asked.sites.length > 0 ? asked.sites : readyMade(),
      version,
      length: lengthOf(asked.hours),
      faults: asked.faults as readonly FaultKind[],
      ...(asked.plan === undefined ? {} : { plan: planOf(asked.plan, asked.hours) }),
      ...(onStory === undefined ? {} : { onStory }),
      ...(onMinute === undefined ? {} : { onMinute }),
      ...(trace === undefined ? {} : { trace }),
    });
  };
  return {
    faultKinds,
    scenarios,
    run(asked) {
      const { report, plan, trace } = run(asked);
      return { report, plan: plan.faults, trace };
    },
    shrink: (asked, options) => shrinkWith(run, asked, options),
  };
}

type Fault = PlanFault & Timed;

/** What a run has at its end, and the least it takes to have any time before. */
const calm = minutes(3);
const shortest = 0.1;

function shrinkWith(
  run: (asked: SimulationAsked) => Simulated,
  asked: SimulationAsked,
  { tries, onTry }: Parameters<Simulation["shrink"]>[1],
): Shrunken | undefined {
  const { report, plan } = run(asked);
  const first = report.violations[0];
  if (first === undefined) return undefined;
  let broken = first;
  let tried = 0;
  const start = {
    faults: plan.faults as readonly Fault[],
    nodes: asked.nodes,
    length: lengthOf(asked.hours) as number,
  };
  const fails = ({ faults, nodes, length }: typeof start): number | undefined => {
    const size = { faults: faults.length, nodes, hours: length / hours(1) };
    const found = breach(run, { ...asked, nodes, hours: size.hours, plan: faults }, first.law);
    tried += 1;
    onTry({ tried, ...size, failed: found !== undefined });
    if (found !== undefined) broken = found;
    return found?.at;
  };
  // A hundredth of an hour, so that its length can be said.
  const grain = hours(1) / 100;
  const bounds = { tries, calm, shortest: shortest * hours(1), grain };
  const { least, done } = shrink(start, first.at, fails, bounds);
  const { faults, nodes, length } = least;
  return { first, broken, faults, nodes, hours: length / hours(1), tried, done };
}

/** Where a run first breaks this law; it goes on no longer than to the minute of that. */
function breach(
  run: (asked: SimulationAsked) => Simulated,
  asked: SimulationAsked,
  law: Law,
): Violation | undefined {
  let found: Violation | undefined;
  const enough = new Error("what was looked for has been found");
  try {
    run({
      ...asked,
      onStory({ at, kind, who, what }) {
        if (kind !== "violation" || found !== undefined || !what.startsWith(`${law}: `)) return;
        found = { at, law, who, what: what.slice(law.length + 2) };
      },
      onMinute() {
        if (found !== undefined) throw enough;
      },
    });
  } catch (error) {
    if (error !== enough) throw error;
  }
  return found;
}

const lengthOf = (asked: number) => millis(Math.round(asked * hours(1)));

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
    calm: moment(lengthOf(asked) - calm),
  };
}

/** One site of each plant that `holdfast init` knows. */
const readyMade = (): NodeConfig[] =>
  (["cold-room", "tank", "hvac-two-zone"] as const).map((plant) => {
    const read = readTree(initTemplate({ role: "node", node: "node", region: "region", plant }));
    invariant(read.ok, "a ready-made site can be read");
    return NodeConfig.parse(read.tree.value);
  });
