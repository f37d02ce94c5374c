import { describe, expect, test } from "vitest";
import type { SimulationAsked } from "#src/cli/sim/power.ts";
import type { StoryLine } from "#src/contract/simulation.ts";
import { faultKinds } from "#src/sim/fault-plan.ts";
import { scenarios } from "#src/sim/scenarios.ts";
import { simulation } from "#src/simulation.ts";

const power = simulation("0");
const asked: SimulationAsked = {
  seed: 21,
  nodes: 3,
  regions: 2,
  hours: 1 / 6,
  sites: [],
  faults: faultKinds,
};

describe("three ready-made nodes for ten minutes, as the command line asks for them", () => {
  const story: StoryLine[] = [];
  const done = power.run({ ...asked, trace: 1, onStory: (line) => story.push(line) });

  test("break no law", () => {
    expect(done.report).toMatchObject({ seed: 21, nodes: 3, broken: 0, violations: [] });
    expect(done.report.events).toBeGreaterThan(1_000);
  });

  test("tell how each of them came to have a region", () => {
    for (const node of ["region-0/node-0", "region-1/node-1", "region-0/node-2"]) {
      const connected = ({ who, what }: StoryLine): boolean =>
        who === node && what.startsWith("connected");
      expect(story.some(connected)).toBe(true);
    }
  });

  test("hear of no setpoint where nobody is to ask for any", () => {
    const quiet: StoryLine[] = [];
    power.run({ ...asked, people: false, onStory: (line) => quiet.push(line) });
    expect(quiet.filter(({ kind }) => kind === "set")).toEqual([]);
    expect(story.some(({ kind }) => kind === "set")).toBe(true);
  });

  test("are traced by all that a plot shows", () => {
    const kinds = new Set(done.trace?.signals.map(({ kind }) => kind));
    expect([...kinds].sort()).toEqual(["input", "mode", "output", "setpoint"]);
    expect(done.trace?.at.length).toBeGreaterThan(100);
  });

  test("go the same way from their plan, also when it was in a file", () => {
    const plan = JSON.parse(JSON.stringify(done.plan));
    expect(power.run({ ...asked, faults: [], plan }).report.hash).toBe(done.report.hash);
  });

  test("have nothing to shrink", () => {
    expect(power.shrink(asked, { tries: 5, onTry: () => undefined })).toBeUndefined();
  });
});

describe("stories by hand", () => {
  test.each(scenarios.map((one) => [one.name, one] as const))(
    "SY1 %s is over before its calm and befalls who is there",
    (_, { nodes, regions, hours, faults }) => {
      const calm = hours * 3_600_000 - 180_000;
      for (const fault of faults) {
        expect(fault.at).toBeLessThanOrEqual(fault.until);
        expect(fault.until).toBeLessThanOrEqual(calm);
        if ("node" in fault) expect(fault.node).toBeLessThan(nodes);
        if ("region" in fault) expect(fault.region).toBeLessThan(regions);
      }
    },
  );

  test("have names of their own", () => {
    expect(new Set(scenarios.map(({ name }) => name)).size).toBe(scenarios.length);
  });
});
