import { describe, expect, test } from "vitest";
import { readTree } from "#src/adapters/yaml-tree.ts";
import { invariant } from "#src/base/assert.ts";
import { minutes, seconds } from "#src/base/units.ts";
import { initTemplate } from "#src/cli/init-template.ts";
import { NodeConfig } from "#src/contract/config.ts";
import { faultKinds } from "#src/sim/fault-plan.ts";
import { simulate } from "#src/simulate.ts";
import { SimulatedFleet } from "#src/simulated-fleet.ts";

const written = initTemplate({ role: "node", node: "node", region: "region", plant: "tank" });

/** The tank with loops of ten seconds, and more of what a site may say. */
function tank(...changes: readonly (readonly [string, string])[]): NodeConfig {
  const slow = [
    ["period: 2s", "period: 10s"],
    ["period: 1s", "period: 10s"],
  ] as const;
  let text = written;
  for (const [from, to] of [...slow, ...changes]) {
    invariant(text.includes(from), `the tank says ${from}`);
    text = text.replaceAll(from, to);
  }
  const read = readTree(text);
  invariant(read.ok, "the site can be read");
  return NodeConfig.parse(read.tree.value);
}

const watched = tank(
  ["    plant: tank", "    plant: tank\n    watchdog: 1s"],
  ["    onAgentLoss: safe", "    onAgentLoss: safe\n    refresh: 400ms"],
);
const prompt = tank(
  ["    period: 10s", "    period: 10s\n    onChange: true"],
  ["poll: 1s", "poll: 200ms"],
);

describe("a simulated node does what a real one does", () => {
  const sites = [watched, prompt];
  const shape = { nodes: 2, regions: 1, sites, version: "0", length: minutes(15) };

  test("C5: a watchdog of a second is fed between the ticks of slow loops", () => {
    const { report } = simulate({ ...shape, nodes: 1, seed: 1, faults: [] });
    expect(report.violations).toEqual([]);
  });

  test.each([1, 2])("and it breaks no law when all kinds of faults befall it, seed %i", (seed) => {
    const { report } = simulate({ ...shape, seed, faults: faultKinds });
    expect(report.violations).toEqual([]);
  });

  test("TG1: a loop that decides on change writes what it decides before its tick", () => {
    const movesOf = (site: NodeConfig): number => {
      const fleet = new SimulatedFleet({ ...shape, nodes: 1, seed: 1, sites: [site] });
      const [field] = fleet.nodes[0]?.fields.values() ?? [];
      invariant(field !== undefined, "the tank has a controller");
      const valves = new Set<number>();
      field.onWritten = (output, value) => {
        if (output === 0) valves.add(value);
      };
      fleet.start();
      fleet.pass(seconds(15));
      return valves.size;
    };
    expect(movesOf(tank())).toBeLessThan(4);
    expect(movesOf(prompt)).toBeGreaterThan(8);
  });
});
