import { expect, test } from "vitest";
import type { PlanFault, ShrinkTry, SimulationAsked } from "#src/cli/sim/power.ts";
import type { Law, SimulationReport, StoryLine } from "#src/contract/simulation.ts";
import type { FaultPlan } from "#src/sim/fault-plan.ts";
import { moment } from "#src/sim/moment.ts";
import { shrinkWith } from "#src/simulated-shrink.ts";

const drawn: readonly PlanFault[] = Array.from({ length: 20 }, (_, nth) => ({
  kind: "cut",
  at: 60_000 + nth * 30_000,
  until: 70_000 + nth * 30_000,
  node: nth % 10,
  way: "both",
}));

const asked: SimulationAsked = {
  seed: 7,
  nodes: 10,
  regions: 2,
  hours: 0.5,
  sites: [],
  faults: ["cut"],
};

const isThe = (nth: number) => (fault: PlanFault) => fault.at === drawn[nth]?.at;

/** Breaks "once" a second after the fifth fault, and where nothing is left "live" at the end. */
function run({ plan = drawn, hours, nodes, onStory, onStretch, seed, regions }: SimulationAsked) {
  const length = hours * 3_600_000;
  const lines: StoryLine[] = [];
  const tell = (at: number, law: Law): number =>
    lines.push({ at, kind: "violation", who: "region-0", what: `${law}: again` });
  const cause = plan.find(isThe(5));
  if (cause !== undefined) tell(cause.at + 1_000, "once");
  if (plan.length === 0) tell(length, "live");
  for (let at = 60_000; at <= length; at += 60_000) {
    for (const line of lines) if (line.at > at - 60_000 && line.at <= at) onStory?.(line);
    onStretch?.(at);
  }
  const report: SimulationReport = {
    seed,
    hash: "",
    nodes,
    regions,
    hours,
    events: 0,
    broken: lines.length,
    violations: lines.map(({ at, who }) => ({ at, law: "once", who, what: "again" })),
    marks: {},
    faults: {},
  };
  return { report, plan: { drawn: {}, faults: plan, calm: moment(0) } as unknown as FaultPlan };
}

test("what is left breaks the same law as the whole run, not another one", () => {
  const tries: ShrinkTry[] = [];
  const least = shrinkWith(run, asked, { tries: 500, onTry: (one) => tries.push(one) });
  expect(least).toMatchObject({ nodes: 1, done: true, first: { law: "once" } });
  expect(least?.faults).toHaveLength(1);
  expect(least?.faults[0]).toMatchObject({ at: drawn[5]?.at, node: 0 });
  expect(least?.broken).toMatchObject({ law: "once", at: 211_000, what: "again" });
  expect(least?.tried).toBe(tries.length);
});

test("the least run still has its calm, in a length that can be said", () => {
  const least = shrinkWith(run, asked, { tries: 500, onTry: () => undefined });
  // The fault begins after 3.5 minutes, and three of calm follow it.
  expect(least?.hours).toBe(0.11);
});

test("a run that breaks nothing is not shrunk", () => {
  const sound = { ...asked, plan: drawn.filter((fault) => !isThe(5)(fault)) };
  expect(shrinkWith(run, sound, { tries: 500, onTry: () => undefined })).toBeUndefined();
});
