import { spawn } from "node:child_process";
import { availableParallelism } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { expect, test } from "vitest";
import { type Swarm, swarms } from "./size.ts";

/** Half of the seeds are the same each time, half are others each minute; SIM_SEED names the first of those. */
const said = Number(process.env["SIM_SEED"]);
const fresh = said > 0 ? said : 1_000 + (Math.floor(Date.now() / 60_000) % 4_000_000) * 1_000;
const tried = swarms.map((swarm) => ({ ...swarm, fresh }));

/** A machine that is three times as slow still ends. */
const patience = 600_000;

test.each(tried)(
  "no law is broken in $seeds fleets of $nodes nodes over $hours hours from seed 1 on, nor from $fresh on",
  async (swarm) => {
    const all = [1, fresh].flatMap((first) => parts({ ...swarm, first }));
    const seen = await Promise.all(all.map(run));
    expect(seen.flatMap(({ broken }) => broken)).toEqual([]);
    expect(seen.reduce((sum, { ended }) => sum + ended, 0)).toBe(2 * swarm.seeds);
  },
  patience,
);

type Part = Swarm & { readonly first: number };

/** Programs that take half of the cores: beginning one costs as much as a fleet. */
function parts(swarm: Part): readonly Part[] {
  const each = Math.ceil(swarm.seeds / Math.max(1, availableParallelism() / 2));
  const starts = Array.from({ length: Math.ceil(swarm.seeds / each) }, (_, part) => part * each);
  return starts.map((start) => ({
    ...swarm,
    first: swarm.first + start,
    seeds: Math.min(each, swarm.seeds - start),
  }));
}

interface Seen {
  /** What was broken, and how to see it again. */
  readonly broken: readonly string[];
  /** Seeds that came to their end. */
  readonly ended: number;
}

/** As people run it, in a program of its own: half as fast again as within a test's wrapped modules. */
async function run(part: Part): Promise<Seen> {
  const size = optionsOf(part);
  const seeds = `${part.first}..${part.first + part.seeds - 1}`;
  const program = spawn(
    process.execPath,
    ["src/main.ts", "sim", "run", "--seeds", seeds, ...size, "--json"],
    {
      cwd: join(import.meta.dirname, "../.."),
      stdio: ["ignore", "pipe", "inherit"],
      timeout: patience,
    },
  );
  const broken: string[] = [];
  let ended = 0;
  for await (const line of createInterface({ input: program.stdout })) {
    const { seed, violations, first } = JSON.parse(line) as Said;
    if (first === undefined && part.seeds > 1) continue;
    ended += 1;
    if (violations === 0) continue;
    const { law, who, what } = first?.[0] ?? { law: "?", who: "?", what: "?" };
    broken.push(
      `${law}: ${who} ${what}\n  npm run -s holdfast -- sim replay ${seed} ${size.join(" ")}`,
    );
  }
  return { broken, ended };
}

/** A line of `sim run --json`: of one seed, or, without `first`, of several. */
interface Said {
  readonly seed: number;
  readonly violations: number;
  readonly first?: readonly { readonly law: string; readonly who: string; readonly what: string }[];
}

const optionsOf = ({ nodes, regions, hours, site }: Swarm): readonly string[] => [
  ...["--nodes", `${nodes}`, "--regions", `${regions}`, "--hours", `${hours}`],
  ...(site === undefined ? [] : ["--site", site, "--variants"]),
];
