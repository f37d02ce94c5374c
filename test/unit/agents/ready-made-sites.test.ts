import { expect, test } from "vitest";
import { planNode } from "#agents/node/plan.ts";
import { readTree } from "#src/adapters/yaml-tree.ts";
import { invariant } from "#src/base/assert.ts";
import { hours } from "#src/base/units.ts";
import { initTemplate, type readyMadePlants } from "#src/cli/init-template.ts";
import { NodeConfig } from "#src/contract/config.ts";
import { SiteBench } from "./site-bench.ts";

/** A ready-made site on the bench, with all its sensors at `values` until somebody says otherwise. */
class ReadyMade {
  readonly #inputs: readonly string[];
  readonly #values = new Map<string, number>();
  readonly bench: SiteBench;

  constructor(plant: (typeof readyMadePlants)[number], values: Readonly<Record<string, number>>) {
    const read = readTree(initTemplate({ role: "node", node: "n1", region: "north", plant }));
    invariant(read.ok, "a ready-made site can be read");
    const config = NodeConfig.parse(read.tree.value);
    this.#inputs = Object.keys(config.inputs);
    this.bench = new SiteBench(planNode(config));
    this.say(values);
  }

  say(values: Readonly<Record<string, number>>): void {
    for (const [name, value] of Object.entries(values)) {
      invariant(this.#inputs.includes(name), "the site has the input");
      this.#values.set(name, value);
    }
  }

  /** No sensor is quite still: each moves by the least that counts. */
  seconds(count: number): void {
    for (let second = 0; second < count; second += 1) {
      const still = (name: string) => /^(dry-run|overflow|door|fault|plugged)/.test(name);
      const tremble = 0.001 * (second % 2);
      const of = (name: string) => (this.#values.get(name) ?? 0) + (still(name) ? 0 : tremble);
      this.bench.pass(this.#inputs.map(of));
    }
  }

  of(output: string): number | undefined {
    return this.bench.of(output);
  }
}

/** Outside every range. */
const broken = 999;
const hand = { kind: "force", id: "h", for: hours(4), owner: "anna", reason: "ice" } as const;

const well = { "level-1": 0.7, "level-2": 0.7, "level-3": 0.7 };

test("a pump station whose level nobody knows pumps with all it has when it overflows", () => {
  const site = new ReadyMade("pump-station", well);
  site.seconds(130);
  site.say({ "level-1": broken, "level-2": broken, overflow: 1 });
  site.seconds(10);
  expect([site.of("pump-1"), site.of("pump-2")]).toEqual([1, 1]);
});

test("a tank's pump that draws air stops, whatever the level says, and tries again later", () => {
  const site = new ReadyMade("tank", { level: 2 });
  site.seconds(120);
  expect(site.of("pump")).toBe(80);
  site.say({ "dry-run": 1 });
  site.seconds(4);
  expect(site.of("pump")).toBe(0);
  site.say({ "dry-run": 0 });
  site.seconds(29 * 60);
  expect(site.of("pump")).toBe(0);
  site.seconds(2 * 60);
  expect(site.of("pump")).toBe(80);
});

test("a tank does not go by a level that stands quite still", () => {
  const site = new ReadyMade("tank", { level: 2 });
  site.seconds(120);
  const stuck = site.bench.plan.inputs.map(({ name }) => (name === "level" ? 2 : 0));
  site.bench.seconds(20 * 60 + 1, stuck);
  expect(site.of("pump")).toBe(0);
  expect(site.of("valve")).toBe(0);
});

test("charging points whose meter says nothing each offer a fifth, and no interlock stops them", () => {
  const site = new ReadyMade("ev-charging", { "grid-current": 40, "base-current": 20 });
  site.seconds(20);
  site.say({ "grid-current": broken });
  site.seconds(60);
  expect(["limit-1", "limit-2", "limit-3", "limit-4"].map((name) => site.of(name))).toEqual([
    20, 20, 20, 20,
  ]);
});

test("charging points stop while the connection carries too much", () => {
  const site = new ReadyMade("ev-charging", { "grid-current": 76, "base-current": 20 });
  site.seconds(20);
  expect(site.of("limit-1")).toBe(0);
});

const cold = { "room-air": 4, evaporator: -5, ambient: 25, product: 4 };

test("a cold room's heater that a hand switched on goes off when the coil is hot", () => {
  const site = new ReadyMade("cold-room", cold);
  site.seconds(20);
  heatByHand(site);
  site.seconds(5);
  expect(site.of("defrost")).toBe(1);
  site.say({ evaporator: 20.5 });
  site.seconds(2);
  expect(site.of("defrost")).toBe(0);
});

test("a cold room's heater that a hand switched on goes off after half an hour, and it cools", () => {
  const site = new ReadyMade("cold-room", { ...cold, "room-air": 6 });
  site.seconds(20);
  heatByHand(site);
  site.seconds(29 * 60);
  expect([site.of("defrost"), site.of("compressor")]).toEqual([1, 0]);
  site.seconds(5 * 60);
  expect([site.of("defrost"), site.of("compressor")]).toEqual([0, 1]);
});

function heatByHand({ bench }: ReadyMade): void {
  bench.give({ ...hand, output: "defrost", value: 1 });
}

const house = { "grid-power": 0, soc: 50, "battery-temperature": 20 };
const shares = (site: ReadyMade) => [site.of("charge") ?? 0, site.of("discharge") ?? 0] as const;

test("a battery charges while power is sold, gives while it is bought, and never does both", () => {
  const site = new ReadyMade("solar-battery", house);
  for (const power of [-2, 2, -2, 0.001, 2, -0.001, -2]) {
    site.say({ "grid-power": power });
    for (let second = 0; second < 60; second += 1) {
      site.seconds(1);
      expect(Math.min(...shares(site))).toBe(0);
    }
    const [charge, discharge] = shares(site);
    if (power === -2) expect(charge).toBeGreaterThan(10);
    if (power === 2) expect(discharge).toBeGreaterThan(10);
  }
});

test("a battery that a hand charges is not discharged by its loop at the same time", () => {
  const site = new ReadyMade("solar-battery", { ...house, "grid-power": 1 });
  site.seconds(20);
  expect(site.of("discharge")).toBeGreaterThan(10);
  site.bench.give({ ...hand, output: "charge", value: 30 });
  site.seconds(6);
  expect(shares(site)).toEqual([30, 0]);
});

test("a battery that two hands drive both ways stops", () => {
  const site = new ReadyMade("solar-battery", house);
  site.seconds(20);
  site.bench.give({ ...hand, output: "charge", value: 30 });
  site.bench.give({ ...hand, output: "discharge", value: 30 });
  site.seconds(6);
  expect(shares(site)).toEqual([0, 0]);
});

test("a battery in frost gives, and takes nothing", () => {
  const site = new ReadyMade("solar-battery", { ...house, "battery-temperature": 1 });
  site.say({ "grid-power": -2 });
  site.seconds(60);
  expect(shares(site)).toEqual([0, 0]);
  site.say({ "grid-power": 2 });
  site.seconds(60);
  expect(site.of("charge")).toBe(0);
  expect(site.of("discharge")).toBeGreaterThan(10);
});
