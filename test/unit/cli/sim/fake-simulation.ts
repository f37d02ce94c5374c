import type { Shrunken, Simulation, SimulationAsked } from "#src/cli/sim/power.ts";
import type { SimulationReport, StoryLine, Trace, Violation } from "#src/contract/simulation.ts";

export const violation: Violation = {
  at: 3_723_250.5,
  law: "bounded",
  who: "region-1/node-4",
  what: "a machine started after 998 ms of rest; it needs 180000 ms",
};

export const story: readonly StoryLine[] = [
  { at: 0, kind: "mode", who: "region-1/node-4", what: "local: no region was ever heard" },
  { at: 60_000, kind: "fault", who: "region-1", what: "broker-crash, how killed" },
  { at: 61_000, kind: "fault", who: "region-0/node-0", what: "cut, way both" },
  { at: 3_723_250.5, kind: "violation", who: "region-1/node-4", what: "bounded: \u001b[2Jrest" },
];

export const trace: Trace = {
  node: "node-4",
  at: [0, 1_000, 2_000, 3_000, 60_000, 61_000],
  signals: [
    { name: "air", kind: "input", unit: "degC", values: [4, 4.5, 5, Number.NaN, 6, 6.5] },
    { name: "door", kind: "input", unit: undefined, values: [0, 0, 1, 1, 0, 0] },
    { name: "cooling", kind: "setpoint", unit: "degC", values: [4, 4, 4, 4, 3, 3] },
    { name: "compressor", kind: "output", unit: undefined, values: [0, 0, 1, 1, 1, 1] },
    { name: "mode", kind: "mode", unit: undefined, values: [0, 1, 1, 1, 2, 2] },
  ],
};

const kinds = ["cut", "node-power", "broker-crash"];

export interface FakeSimulation extends Simulation {
  /** What was to be run, but for who listens. */
  readonly asked: Omit<SimulationAsked, "onStory" | "onStretch">[];
}

/** Seeds in `failing` break one law once; each event takes no time at all. */
export function fakeSimulation(failing: readonly number[] = [], least?: Shrunken): FakeSimulation {
  const asked: FakeSimulation["asked"] = [];
  return {
    asked,
    faultKinds: kinds,
    faultMisfit: (_, { node }) => (Number.isSafeInteger(node) ? undefined : "needs node"),
    scenarios: [
      {
        name: "flapping-link",
        about: "A link comes and goes.",
        nodes: 3,
        regions: 1,
        hours: 0.5,
        faults: [{ kind: "cut", at: 1_000, until: 2_000, node: 0 }],
      },
    ],
    run({ onStory, onStretch, ...rest }) {
      asked.push(rest);
      for (const line of story) onStory?.(line);
      onStretch?.(60_000);
      const plan = rest.plan ?? [{ kind: "cut", at: 60_000, until: 90_000, node: 4, way: "both" }];
      return { report: reportOf(rest, failing.includes(rest.seed)), plan, trace };
    },
    shrink(_, { onTry }) {
      if (least === undefined) return undefined;
      onTry({ tried: 1, faults: 9, nodes: 6, hours: 0.5, failed: false });
      onTry({ tried: 2, faults: 1, nodes: 1, hours: 0.1, failed: true });
      return least;
    },
  };
}

const reportOf = (
  { seed, nodes, regions, hours }: Omit<SimulationAsked, "onStory" | "onStretch">,
  fails: boolean,
): SimulationReport => ({
  seed,
  hash: `hash-of-${seed}`,
  nodes,
  regions,
  hours,
  events: 1_000,
  broken: fails ? 12 : 0,
  violations: fails ? [violation] : [],
  marks: { "lease lapsed": 3, "budget spent": 0 },
  faults: { cut: 2, "node-power": 0 },
});
