import { expect, test } from "vitest";
import { seconds } from "#src/base/units.ts";
import { SimulatedFleet } from "#src/simulated-fleet.ts";
import { poison } from "#src/simulated-poison.ts";
import { coolRoom } from "./site.ts";

const config = coolRoom();

test("retained commands stand at the broker until they are cleared, and nobody obeys them", () => {
  const modes: string[] = [];
  const onStory = ({ kind, what }: { kind: string; what: string }): void => {
    if (kind === "mode") modes.push(what);
  };
  const onlookers = { onStory, onRecord: undefined };
  const fleet = new SimulatedFleet({
    seed: 1,
    nodes: 2,
    regions: 1,
    sites: [config],
    version: "0",
    onlookers,
  });
  const retained = (): number => fleet.regions[0]?.broker.counters.retained ?? 0;
  fleet.start();
  fleet.pass(seconds(20));
  const before = retained();
  modes.length = 0;
  const clear = poison(fleet.regionOf(0));
  // A lease, and for each node a setpoint and bytes in the place of its mode.
  expect(retained()).toBe(5);
  fleet.pass(seconds(60));
  expect(modes.some((what) => what.includes("poison"))).toBe(false);
  expect(
    fleet.nodes.every(({ state }) => state.epoch === fleet.regions[0]?.controller.file.epoch),
  ).toBe(true);
  clear();
  fleet.pass(seconds(60));
  expect(retained()).toBeLessThanOrEqual(before);
  expect(fleet.findings.violations).toEqual([]);
});
