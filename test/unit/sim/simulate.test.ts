import { expect, test } from "vitest";
import { lookUp } from "#src/base/persistent-map.ts";
import { minutes } from "#src/base/units.ts";
import { type FaultKind, faultKinds } from "#src/sim/fault-plan.ts";
import { type Simulated, simulate } from "#src/simulate.ts";
import type { SimulatedNode } from "#src/simulated-node.ts";
import { coolRoom } from "./site.ts";

const config = coolRoom();

const run = (seed: number, faults: readonly FaultKind[], nodes = 4): Simulated =>
  simulate({
    seed,
    nodes,
    regions: 2,
    sites: [config],
    version: "0",
    length: minutes(12),
    faults,
  });

test("FL1: one region can be looked at each minute, several each five", () => {
  const looks = (regions: number): number[] => {
    const seen: number[] = [];
    const onStretch = (at: number): number => seen.push(at / minutes(1));
    const fleet = { nodes: regions, regions, sites: [config], version: "0", faults: [] };
    simulate({ ...fleet, seed: 1, length: minutes(6), onStretch });
    return seen;
  };
  expect(looks(1)).toEqual([1, 2, 3, 4, 5, 6]);
  expect(looks(2)).toEqual([5, 6]);
});

/** What the region thinks of a node. */
function recordOf({ fleet }: Simulated, { node, region }: SimulatedNode) {
  const { controller } = fleet.regions.find(({ name }) => name === region) ?? {};
  const nodes = controller?.shell?.state?.nodes;
  return nodes === undefined ? undefined : lookUp(nodes, node)?.record;
}

/** Numbers given out, against what is accounted for at the region and on the node's own disk. */
function accountOf({ fleet }: Simulated, { node, region, metrics }: SimulatedNode) {
  const { controller } = fleet.regions.find(({ name }) => name === region) ?? {};
  const source = controller?.file.sources.get(node);
  const rows = metrics.ledger;
  const sum = (of: "produced" | "buffered" | "tombstoned"): number =>
    rows.reduce((total, row) => total + row[of], 0);
  return {
    produced: sum("produced"),
    accounted:
      (source?.delivered ?? 0) + (source?.tombstoned ?? 0) + sum("buffered") + sum("tombstoned"),
  };
}

test("a fleet without faults is connected, cools and delivers", () => {
  const result = run(1, []);
  for (const node of result.fleet.nodes) {
    expect(recordOf(result, node)).toMatchObject({ link: "up", mode: "connected" });
    const { produced, accounted } = accountOf(result, node);
    expect(produced).toBeGreaterThan(8_000);
    expect(accounted).toBe(produced);
    expect(node.fields.get("plc")?.truth("evaporator")).toBeLessThan(-5);
  }
});

test("one seed tells one story, twice in one process; another seed another", () => {
  const first = run(5, faultKinds, 2);
  const second = run(5, faultKinds, 2);
  expect(second.report.hash).toBe(first.report.hash);
  expect(second.report.events).toBe(first.report.events);
  expect(run(6, faultKinds, 2).report.hash).not.toBe(first.report.hash);
});

const unclonable = faultKinds.filter((kind) => kind !== "clone");

test.each([11, 12, 13, 14, 15, 16, 17, 18])(
  "after all faults every node is connected and every sample accounted for, seed %i",
  (seed) => {
    const result = run(seed, unclonable);
    for (const node of result.fleet.nodes) {
      expect(recordOf(result, node)).toMatchObject({ link: "up", mode: "connected" });
      const { produced, accounted } = accountOf(result, node);
      expect(accounted).toBe(produced);
    }
  },
);
