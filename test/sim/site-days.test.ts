import { expect, test } from "vitest";
import { readTree } from "#src/adapters/yaml-tree.ts";
import { invariant } from "#src/base/assert.ts";
import { seconds } from "#src/base/units.ts";
import { initTemplate, readyMadePlants } from "#src/cli/init-template.ts";
import { NodeConfig } from "#src/contract/config.ts";
import { SimulatedFleet } from "#src/simulated-fleet.ts";
import { simulation } from "#src/simulation.ts";

/** What a site must live with and go on controlling: all but its own sensors, machines and power. */
const survivable = [
  "cut",
  "region-cut",
  "slow-network",
  "broker-crash",
  "region-crash",
  "region-disk",
  "node-crash",
  "node-pause",
  "disk",
  "bit-rot",
  "torn-write",
  "wall-step",
  "drift",
  "ghost",
  "poison",
  "narrow-network",
  "broker-repeat",
];

type Bands = Readonly<Record<string, readonly [number, number]>>;

/** Where the values that matter stay, from the second hour on. Nobody asks for other setpoints meanwhile. */
const held: Readonly<Record<(typeof readyMadePlants)[number], Bands>> = {
  "cold-room": { product: [3.5, 5.5] },
  tank: { level: [2, 3], "dry-run": [0, 0] },
  "hvac-two-zone": { "zone-1": [18.5, 22.5] },
  "refrigeration-rack": { "suction-pressure": [1, 7], "discharge-pressure": [9, 22] },
  "air-handler": { "room-air": [15.5, 23.5], "return-water": [8, 70] },
  "pump-station": { level: [0.4, 2.6], overflow: [0, 0] },
  "solar-battery": { "grid-power": [-5, 5], soc: [9, 100] },
  "ev-charging": { "grid-current": [0, 75] },
};

const hour = 3_600_000;

test.each(readyMadePlants)(
  "a day of the %s keeps its values where they belong, whatever link, region and program do",
  (plant) => {
    const asked = {
      seed: 3,
      nodes: 1,
      regions: 1,
      hours: 24,
      sites: [readyMade(plant)],
      faults: survivable,
      people: false,
      trace: 0,
    };
    const { report, trace } = simulation("test").run(asked);
    expect(report.violations).toEqual([]);
    const begin = trace?.at.findIndex((at) => at >= 2 * hour) ?? 0;
    for (const [name, [least, most]] of Object.entries(held[plant])) {
      const signal = trace?.signals.find((one) => one.name === name && one.kind === "input");
      const values = signal?.values.slice(begin).filter(Number.isFinite) ?? [];
      expect(values.length, name).toBeGreaterThan(500);
      expect(Math.min(...values), name).toBeGreaterThanOrEqual(least);
      expect(Math.max(...values), name).toBeLessThanOrEqual(most);
    }
  },
);

test("on an ordinary day the battery is never charged and discharged at once", () => {
  const version = "test";
  const sites = [readyMade("solar-battery")];
  const fleet = new SimulatedFleet({ seed: 3, nodes: 1, regions: 1, sites, version });
  const [field] = fleet.nodes[0]?.fields.values() ?? [];
  invariant(field !== undefined, "the house has an inverter");
  fleet.start();
  let charged = 0;
  let discharged = 0;
  let both = 0;
  for (let second = 0; second < (24 * hour) / 1_000; second += 1) {
    fleet.pass(seconds(1));
    const charge = field.position("charge");
    const discharge = field.position("discharge");
    charged += charge;
    discharged += discharge;
    if (Math.min(charge, discharge) > 0.01) both += 1;
  }
  expect(charged).toBeGreaterThan(3_600);
  expect(discharged).toBeGreaterThan(3_600);
  expect(both).toBeLessThanOrEqual(5);
});

function readyMade(plant: (typeof readyMadePlants)[number]): NodeConfig {
  const read = readTree(initTemplate({ role: "node", node: "node", region: "region", plant }));
  invariant(read.ok, "a ready-made site can be read");
  return NodeConfig.parse(read.tree.value);
}
