import { spawn } from "node:child_process";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { expect, test } from "vitest";
import type { SimulationReport } from "#src/contract/simulation.ts";
import { faultKinds } from "#src/sim/fault-plan.ts";
import { simulation } from "#src/simulation.ts";
import { type Size, type Swarm, swarms } from "./size.ts";

const simulator = simulation("test");

/** As `holdfast sim run` has it: ready-made sites, all kinds of faults. */
export const tryOut = (seed: number, size: Size): SimulationReport =>
  simulator.run({ seed, ...size, sites: [], faults: faultKinds }).report;

const root = join(import.meta.dirname, "../..");
/** A machine that is three times as slow still ends. */
const patience = 600_000;

/** A failure says what was broken, and how to see it again. */
export function swarmFrom(first: number): void {
  test.each(swarms)(
    `no law is broken in $seeds fleets of $nodes nodes over $hours hours, from seed ${first} on`,
    async (swarm) => {
      expect(await brokenIn(swarm, first)).toEqual({ broken: [], seeds: swarm.seeds });
    },
    patience,
  );
}

interface Seen {
  readonly broken: readonly string[];
  /** How many came to their end. */
  readonly seeds: number;
}

/** In a program of its own, as people run it: half as fast again as within a test's wrapped modules. */
async function brokenIn(swarm: Swarm, first: number): Promise<Seen> {
  const size = optionsOf(swarm);
  const seeds = `${first}..${first + swarm.seeds - 1}`;
  const options = ["sim", "run", "--seeds", seeds, ...size, "--json"];
  const program = spawn(process.execPath, [join(root, "src/main.ts"), ...options], {
    cwd: root,
    stdio: ["ignore", "pipe", "inherit"],
    timeout: patience,
  });
  const broken: string[] = [];
  let ended = 0;
  for await (const line of createInterface({ input: program.stdout })) {
    const { seed, violations, first: found } = JSON.parse(line) as Said;
    if (found === undefined) continue;
    ended += 1;
    if (violations === 0) continue;
    const { law, who, what } = found[0] ?? { law: "?", who: "?", what: "?" };
    const replay = `npm run -s holdfast -- sim replay ${seed} ${size.join(" ")}`;
    broken.push(`${law}: ${who} ${what}\n  ${replay}`);
  }
  return { broken, seeds: ended };
}

/** A line of `sim run --json`: of one seed, or, without `first`, of all. */
interface Said {
  readonly seed: number;
  readonly violations: number;
  readonly first?: readonly { readonly law: string; readonly who: string; readonly what: string }[];
}

const optionsOf = ({ nodes, regions, hours, site }: Swarm): readonly string[] => [
  ...["--nodes", `${nodes}`, "--regions", `${regions}`, "--hours", `${hours}`],
  ...(site === undefined ? [] : ["--site", site, "--variants"]),
];
