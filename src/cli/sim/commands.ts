import { type Command, InvalidArgumentError, Option } from "commander";
import { collect, wholeIn } from "../arguments.ts";
import type { Shell } from "../shell.ts";
import { simPlot } from "./plot.ts";
import { ranges, usual } from "./ranges.ts";
import { simReplay } from "./replay.ts";
import { type SeedRange, simRun } from "./run.ts";
import { simScenario } from "./scenario.ts";
import { simShrink } from "./shrink.ts";

export type Finish = (code: number | Promise<number>) => Promise<void>;

const mostSeed = 2 ** 32 - 1;
const mostSeeds = 1_000_000;

const hoursIn = (min: number, max: number) => (said: string) => {
  const count = Number(said);
  if (/^\d+(\.\d+)?$/.test(said) && count >= min && count <= max) return count;
  throw new InvalidArgumentError(`choose a number of hours, ${min} … ${max}.`);
};

function seedRange(said: string): SeedRange {
  const [, from, to] = /^(\d+)\.\.(\d+)$/.exec(said)?.map(Number) ?? [];
  if (from === undefined || to === undefined || from > to || to > mostSeed) {
    throw new InvalidArgumentError(`write A..B, such as 1..100, up to ${mostSeed}.`);
  }
  if (to - from < mostSeeds) return { from, to };
  throw new InvalidArgumentError(`choose at most ${mostSeeds} seeds.`);
}

const seed = wholeIn(0, mostSeed);
const json = (): Option => new Option("--json", "Print JSON for programs");

/** Verbs that run whole fleets in a simulated world. */
export function addSimulation(root: Command, shell: Shell, finish: Finish): void {
  const sim = root
    .command("sim")
    .description("Run whole fleets in a simulated world, break them, and check what must hold");
  sized(
    sim.command("run").description("Simulate fleets from seeds; exit with 1 when a law is broken"),
  )
    .option("--seed <seed>", "The one to run (1)", seed)
    .addOption(
      new Option("--seeds <a..b>", "Run all of these").argParser(seedRange).conflicts("seed"),
    )
    .addOption(json())
    .action((options) => finish(simRun(shell, options)));
  sized(sim.command("replay").description("Tell what befell a fleet, moment by moment"))
    .argument("<seed>", "The seed of the run", seed)
    .option("--node <name>", "Only of this node, or of this region with its nodes")
    .addOption(json())
    .action((which, options) => finish(simReplay(shell, which, options)));
  sized(sim.command("shrink").description("Find the fewest faults, nodes and time that still fail"))
    .argument("<seed>", "A seed that fails", seed)
    .option("-o, --output <file>", "Where to write the plan", "plan.json")
    .option("--tries <count>", "Simulate at most this often", wholeIn(1, 1_000_000), 500)
    .addOption(json())
    .action((which, options) => finish(simShrink(shell, which, options)));
  sim
    .command("scenario")
    .description("Play a story by hand; without a name, list them")
    .argument("[name]", "Which story")
    .option("--seed <seed>", "Of all that is not in the story", seed, 1)
    .option("--node <name>", "Only of this node, or of this region with its nodes")
    .option("--no-people", "Nobody asks for setpoints meanwhile, or acts at the nodes")
    .option("--site <file>", "A node's configuration; may be given more than once", collect)
    .addOption(json())
    .action((name, options) => finish(simScenario(shell, name, options)));
  sized(sim.command("plot").description("Draw what one node measured and did, with its faults"))
    .argument("<seed>", "The seed of the run", seed)
    .option("--node <name>", "Which node", "node-0")
    .option("-o, --output <file>", "Where to write the SVG", "plot.svg")
    .addOption(json())
    .action((which, options) => finish(simPlot(shell, which, options)));
}

/** What all of them are told of the fleet and its faults. */
const sized = (verb: Command): Command =>
  verb
    .option("--nodes <count>", `Nodes (${usual.nodes})`, wholeIn(...ranges.nodes))
    .option("--hours <hours>", `Simulated time (${usual.hours})`, hoursIn(...ranges.hours))
    .option("--regions <count>", `Regions (${usual.regions})`, wholeIn(...ranges.regions))
    .addOption(
      new Option("--faults <kinds>", "all, none, or kinds with commas between").conflicts([
        "plan",
        "scenario",
      ]),
    )
    .option("--no-people", "Nobody asks for setpoints meanwhile, or acts at the nodes")
    .option("--site <file>", "A node's configuration; may be given more than once", collect)
    .option("--variants", "Variants of those sites, drawn from the seed, as of the ready-made ones")
    .addOption(
      new Option("--plan <file>", "The faults of this file in place of drawn ones").conflicts(
        "scenario",
      ),
    )
    .option("--scenario <name>", "The faults of this story in place of drawn ones");
