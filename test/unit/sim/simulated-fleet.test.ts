import { expect, test } from "vitest";
import { minutes, seconds } from "#src/base/units.ts";
import type { StoryLine } from "#src/contract/simulation.ts";
import { faultKinds } from "#src/sim/fault-plan.ts";
import { simulate } from "#src/simulate.ts";
import { SimulatedFleet } from "#src/simulated-fleet.ts";
import { coolRoom } from "./site.ts";

const config = coolRoom();

const fleetOf = (nodes: number, regions: number): SimulatedFleet => {
  const fleet = new SimulatedFleet({ seed: 7, nodes, regions, sites: [config], version: "0" });
  fleet.start();
  return fleet;
};

test("FL1: a region lives the same whoever lives beside it", () => {
  const alone = fleetOf(1, 1);
  const among = fleetOf(5, 5);
  for (const fleet of [alone, among]) fleet.pass(minutes(2));
  const [other] = among.regions.slice(1);
  expect(among.regionOf(0).world.hash).toBe(alone.regionOf(0).world.hash);
  expect(other?.world.hash).not.toBe(alone.regionOf(0).world.hash);
  expect(among.events).toBeGreaterThan(4 * alone.events);
});

test("FL2: a story is the same in one stretch or in many", () => {
  const whole = fleetOf(4, 2);
  const parts = fleetOf(4, 2);
  whole.pass(minutes(3));
  for (let passed = 0; passed < 180; passed += 1) parts.pass(seconds(1));
  expect(parts.hash).toBe(whole.hash);
  expect(parts.now).toBe(whole.now);
});

test("the fleet's hash is that of all its regions", () => {
  const fleet = fleetOf(2, 2);
  fleet.pass(minutes(1));
  const before = fleet.hash;
  fleet.regionOf(1).world.note(1);
  expect(fleet.hash).not.toBe(before);
});

test("a story is told by its moments, though regions live one after the other", () => {
  const lines: StoryLine[] = [];
  simulate({
    seed: 3,
    nodes: 6,
    regions: 3,
    sites: [config],
    version: "0",
    length: minutes(12),
    faults: faultKinds,
    onStory: (line) => lines.push(line),
  });
  const moments = lines.map(({ at }) => at);
  expect(new Set(lines.map(({ who }) => who.split("/")[0])).size).toBe(3);
  expect(moments).toEqual(moments.toSorted((one, other) => one - other));
});
