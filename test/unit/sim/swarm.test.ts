import { expect, test } from "vitest";
import { rngOf } from "#src/base/rng.ts";
import { RegionConfig } from "#src/contract/config.ts";
import { drawLease, drawSites } from "#src/sim/swarm.ts";
import { siteOf } from "./site.ts";
import { coldRoom } from "./witness-bench.ts";

const sites = [coldRoom, siteOf("tank", { node: "n2" }).config];
const seeds = Array.from({ length: 40 }, (_, seed) => seed);

test("SW1: a variant has the devices and loops of its site, and a lease that the schema takes", () => {
  for (const seed of seeds) {
    const drawn = drawSites(rngOf(seed), sites);
    expect(drawn.map(({ node }) => node).sort()).toEqual(["n1", "n2"]);
    for (const { node, outputs, loops, buffer, autonomy } of drawn) {
      const of = sites.find((one) => one.node === node);
      expect(outputs).toBe(of?.outputs);
      expect(Object.keys(loops)).toEqual(Object.keys(of?.loops ?? {}));
      expect(buffer.maxPoints).toBeGreaterThanOrEqual(1_000);
      expect(autonomy.budget).toBeGreaterThanOrEqual(60_000);
    }
    const { ttl, renew } = drawLease(rngOf(seed));
    const lease = { ttl: `${ttl}ms`, renew: `${renew}ms` };
    expect(RegionConfig.safeParse({ role: "region", region: "north", lease }).success).toBe(true);
  }
});

test("SW1: interlocks of a variant wait for a person or go by what its site says", () => {
  const resets = (site: (typeof sites)[number] | undefined) =>
    Object.entries(site?.interlocks ?? {}).map(
      ([name, { reset }]) => `${name}: ${JSON.stringify(reset)}`,
    );
  const drawn = seeds.flatMap((seed) => drawSites(rngOf(seed), sites).flatMap(resets));
  const own = sites.flatMap(resets);
  const manual = own.map((said) => said.replace(/: .*/, ': "manual"'));
  expect(new Set(drawn)).toEqual(new Set([...own, ...manual]));
});

test("SW2: one seed draws the same, and other seeds draw others", () => {
  expect(drawSites(rngOf(7), sites)).toEqual(drawSites(rngOf(7), sites));
  const all = seeds.map((seed) => JSON.stringify(drawSites(rngOf(seed), sites)));
  expect(new Set(all).size).toBeGreaterThan(20);
});
