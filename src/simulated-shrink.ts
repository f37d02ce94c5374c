import { hours } from "#src/base/units.ts";
import type { PlanFault, Shrunken, Simulation, SimulationAsked } from "#src/cli/sim/power.ts";
import type { Law, Violation } from "#src/contract/simulation.ts";
import { shrink, type Timed } from "#src/sim/shrink.ts";
import { calmFor, type Simulated } from "./simulate.ts";

type Fault = PlanFault & Timed;

type Run = (asked: SimulationAsked) => Pick<Simulated, "report" | "plan">;

/** The least it takes to have any time before the calm. */
const shortest = hours(0.1);

/** Looks for less that breaks the law which the whole run breaks first. */
export function shrinkWith(
  run: Run,
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
    length: Math.round(asked.hours * hours(1)),
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
  const bounds = { tries, calm: calmFor, shortest, grain };
  const { least, done } = shrink(start, first.at, fails, bounds);
  const { faults, nodes, length } = least;
  return { first, broken, faults, nodes, hours: length / hours(1), tried, done };
}

/** Where a run first breaks this law; it goes on no longer than to the end of that stretch. */
function breach(run: Run, asked: SimulationAsked, law: Law): Violation | undefined {
  let found: Violation | undefined;
  const enough = new Error("what was looked for has been found");
  try {
    run({
      ...asked,
      onStory({ at, kind, who, what }) {
        if (kind !== "violation" || found !== undefined || !what.startsWith(`${law}: `)) return;
        found = { at, law, who, what: what.slice(law.length + 2) };
      },
      onStretch() {
        if (found !== undefined) throw enough;
      },
    });
  } catch (error) {
    if (error !== enough) throw error;
  }
  return found;
}
