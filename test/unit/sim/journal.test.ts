import { expect, test } from "vitest";
import { control } from "#agents/node/control.ts";
import { link } from "#agents/node/link.ts";
import { minutes, seconds } from "#src/base/units.ts";
import type { JournalAgent, ReplayReport } from "#src/contract/journal.ts";
import { Journal } from "#src/runtime/journal.ts";
import { type ReplayedAgent, replay } from "#src/runtime/replay.ts";
import type { FaultPlan } from "#src/sim/fault-plan.ts";
import { moment } from "#src/sim/moment.ts";
import { applyFaults } from "#src/simulated-faults.ts";
import { SimulatedFleet } from "#src/simulated-fleet.ts";
import type { Journals } from "#src/simulated-node.ts";
import { coolRoom } from "./site.ts";

const config = coolRoom();

const during = (from: number, to: number) => ({
  at: moment(seconds(from)),
  until: moment(seconds(to)),
});
/** One node is cut off with a full disk, the other is killed and finds another time of day. */
const plan: FaultPlan = {
  drawn: {},
  calm: moment(minutes(4)),
  faults: [
    { ...during(40, 130), kind: "cut", node: 0, way: "both" },
    { ...during(60, 160), kind: "disk", node: 0, state: "full" },
    { ...during(70, 72), kind: "node-crash", node: 1 },
    { ...during(80, 200), kind: "wall-step", node: 1, by: minutes(-7) },
    { ...during(170, 180), kind: "broker-crash", region: 0, how: "killed" },
  ],
};

const agents = { control, link } as unknown as Readonly<Record<JournalAgent, ReplayedAgent>>;

/** What each run of each agent recorded. */
function recorded(): string[] {
  const kept: (() => Iterable<string>)[] = [];
  const files = { keep: () => Promise.resolve("nowhere") };
  const journals: Journals = (of) => {
    const journal = new Journal({ ...of, version: "1.0.0", files });
    kept.push(() => journal.lines("a test"));
    return journal;
  };
  const fleet = new SimulatedFleet({
    seed: 5,
    nodes: 2,
    regions: 1,
    sites: [config],
    version: "1.0.0",
    journals,
  });
  applyFaults(fleet, plan);
  fleet.start();
  fleet.pass(minutes(5));
  return kept.map((lines) => [...lines()].join(""));
}

const again = (text: string): ReplayReport => {
  const report = replay("j.jsonl", text, ({ agent }) => agents[agent]);
  if ("code" in report) throw new Error(report.message);
  return report;
};

test("law 9: what the agents of simulated nodes went through is replayed bit for bit", () => {
  const texts = recorded();
  const reports = texts.map(again);
  expect(reports.filter(({ verdict }) => verdict !== "identical")).toEqual([]);
  expect(new Set(reports.map(({ agent }) => agent)).size).toBe(2);
  expect(reports.reduce((sum, { steps }) => sum + steps, 0)).toBeGreaterThan(1_500);
  // The faults were real.
  expect(texts.some((text) => text.includes('"kind":"busDown"'))).toBe(true);
  expect(texts.some((text) => text.includes('"kind":"storeDown"'))).toBe(true);
  expect(texts).toHaveLength(6);
});

test("law 9: what another plan would have done is told apart", () => {
  const text = recorded().find((one) => one.includes('"agent":"control"')) ?? "";
  const report = again(text.replace('"setpoint":4', '"setpoint":5'));
  expect(report).toMatchObject({ verdict: "different", difference: { given: "cycle" } });
});
