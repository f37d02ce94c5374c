import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import type { PlanFault } from "#src/cli/sim/power.ts";
import { simulation } from "#src/simulation.ts";
import type { Size } from "./size.ts";
import { tryOut } from "./try-out.ts";

/** Stories that once broke a law, with their faults written out: a seed alone may tell another later. */
interface Once {
  readonly seed: number;
  readonly nodes: number;
  readonly regions: number;
  readonly hours: number;
  /** What was found, in a sentence. */
  readonly found: string;
  readonly faults: readonly PlanFault[];
}

const regress = join(import.meta.dirname, "../regress");
const folder = join(regress, "stories");
const stories = readdirSync(folder).filter((name) => name.endsWith(".json"));

test.each(stories)("what was once broken stays whole: %s", (name) => {
  const once = JSON.parse(readFileSync(join(folder, name), "utf8")) as Once;
  const { seed, nodes, regions, hours, faults: plan } = once;
  const asked = { seed, nodes, regions, hours, plan, sites: [], asWritten: true, faults: [] };
  expect(simulation("test").run(asked).report.violations).toEqual([]);
});

const seeds: readonly (Size & { readonly seed: number; readonly found: string })[] = JSON.parse(
  readFileSync(join(regress, "seeds.json"), "utf8"),
);

test.each(seeds)("seed $seed breaks nothing any more: $found", ({ seed, ...size }) => {
  expect(tryOut(seed, size).violations).toEqual([]);
});
