import { readFileSync } from "node:fs";
import { parse } from "yaml";
import type { Millis } from "#src/base/units.ts";
import { minutes } from "#src/base/units.ts";
import { NodeConfig } from "#src/contract/config.ts";
import { faultKinds } from "#src/sim/fault-plan.ts";
import { simulate } from "#src/simulate.ts";

/**
 * Runs seeds in the copy in which it stands, until one of them finds a promise broken. It says a line
 * for each seed, and a `Verdict` in the last.
 */
export interface Verdict {
  /** The seed that found something; undefined when none did. */
  readonly seed: number | undefined;
  /** "thrown" where the run did not get to its end. */
  readonly law: string;
  readonly what: string;
  readonly seeds: number;
}

const length: Millis = minutes(15);

/** The ready-made sites, made so that a quarter of an hour sees budgets spent and buffers full. */
const sites: readonly NodeConfig[] = [
  siteOf("cold-room", (site) => {
    site.autonomy = { budget: "3m" };
    site.simulation.plc.speed = 20;
    site.inputs["room-air"].range = [0, 20];
    site.interlocks = { draught: { trip: "door == 1", force: { fan: 0 }, reset: "after 10s" } };
  }),
  siteOf("hvac-two-zone", (site) => {
    site.autonomy = { budget: "2m" };
    site.simulation.ahu.speed = 20;
  }),
  siteOf("tank", (site) => {
    site.autonomy = { budget: "20s" };
    site.buffer = { maxPoints: 1_000 };
    site.simulation.plc.speed = 10;
    site.inputs.level.range = [0.1, 3.6];
  }),
  siteOf("cold-room", (site) => {
    site.autonomy = { budget: "20s" };
    site.outputs.compressor.safe = 1;
    site.outputs.compressor.onSensorBad = "safe";
    site.interlocks = { draught: { trip: "door == 1", force: { fan: 0 }, reset: "manual" } };
    site.inputs["room-air"].range = [0, 20];
    site.simulation.plc.speed = 20;
  }),
];

// biome-ignore lint/suspicious/noExplicitAny: a site file as it is written, before it is checked
function siteOf(name: string, change: (site: any) => void): NodeConfig {
  const site = parse(readFileSync(`agents/sites/${name}.yaml`, "utf8"));
  change(site);
  return NodeConfig.parse(site);
}

function drive(first: number, last: number): Verdict {
  for (let seed = first; seed <= last; seed += 1) {
    const seeds = seed - first + 1;
    console.log(`seed ${seed}`);
    try {
      const { report } = simulate({
        seed,
        nodes: sites.length,
        regions: 2,
        sites,
        version: "0.0.0",
        length,
        faults: faultKinds,
      });
      const [found] = report.violations;
      if (found !== undefined) {
        const { law, what, who } = found;
        return { seed, law, what: `${who}: ${what}`, seeds };
      }
    } catch (error) {
      return { seed, law: "thrown", what: String(error), seeds };
    }
  }
  return { seed: undefined, law: "", what: "", seeds: last - first + 1 };
}

const [first, last] = process.argv.slice(2).map(Number);
console.log(JSON.stringify(drive(first ?? 1, last ?? 1)));
