import { readFileSync } from "node:fs";
import { join } from "node:path";
import { readTree } from "#src/adapters/yaml-tree.ts";
import { invariant } from "#src/base/assert.ts";
import { NodeConfig } from "#src/contract/config.ts";
import type { SimulationReport } from "#src/contract/simulation.ts";
import { faultKinds } from "#src/sim/fault-plan.ts";
import { simulation } from "#src/simulation.ts";
import type { Size } from "./size.ts";

const simulator = simulation("test");

/** As `holdfast sim run` has it: variants of a site, or of the ready-made ones, and all kinds of faults. */
export function tryOut(seed: number, { site, ...size }: Size): SimulationReport {
  const sites = site === undefined ? [] : [siteIn(site)];
  return simulator.run({ seed, ...size, sites, asWritten: false, faults: faultKinds }).report;
}

function siteIn(path: string): NodeConfig {
  const read = readTree(readFileSync(join(import.meta.dirname, "../..", path), "utf8"));
  invariant(read.ok, "the site of a swarm can be read");
  return NodeConfig.parse(read.tree.value);
}
