import { Argument, Command, Option } from "commander";
import { hours, millis, minutes, seconds } from "#src/base/units.ts";
import { journalAgents } from "#src/contract/journal.ts";
import {
  collect,
  durationIn,
  grantLength,
  id,
  notNegative,
  notZero,
  reason,
  wholeIn,
} from "./arguments.ts";
import { examples } from "./examples.ts";
import { readyMadePlants } from "./init-template.ts";
import type { Shell } from "./shell.ts";
import { addSimulation } from "./sim/commands.ts";
import { completion, names, shells } from "./verbs/completion.ts";
import { askDemo, demo } from "./verbs/demo.ts";
import { devices } from "./verbs/devices.ts";
import { doctor } from "./verbs/doctor.ts";
import { explain } from "./verbs/explain.ts";
import { force } from "./verbs/force.ts";
import { health } from "./verbs/health.ts";
import { init } from "./verbs/init.ts";
import { journal } from "./verbs/journal.ts";
import { kill } from "./verbs/kill.ts";
import { replay } from "./verbs/replay.ts";
import { reset } from "./verbs/reset.ts";
import { run } from "./verbs/run.ts";
import { schema } from "./verbs/schema.ts";
import { set } from "./verbs/set.ts";
import { status } from "./verbs/status.ts";
import { tail } from "./verbs/tail.ts";
import { tune } from "./verbs/tune.ts";
import { version } from "./verbs/version.ts";
import { why } from "./verbs/why.ts";

/**
 * The command tree. Each action hands its exit code to `done`; nothing here ends the process.
 * `prepare` is done to the root before any verb is added, for verbs inherit what it sets.
 */
export function commandTree(
  shell: Shell,
  done: (code: number) => void,
  prepare: (root: Command) => void,
): Command {
  const root = new Command("holdfast");
  prepare(root);
  root
    .description("Edge agents that keep control when the network lets go.")
    .version(shell.powers.version, "-V, --version", "Print the version")
    .option("--no-color", "Print without colours")
    .helpOption("-h, --help", "Show this help")
    .helpCommand("help [verb]", "Show the help of a verb");
  const finish = async (code: number | Promise<number>): Promise<void> => done(await code);
  addRunning(root, shell, finish);
  addWatching(root, shell, finish);
  addOrders(root, shell, finish);
  addTuning(root, shell, finish);
  addRecalling(root, shell, finish);
  addSimulation(root, shell, finish);
  addReference(root, shell, finish);
  for (const verb of [
    root,
    ...root.commands,
    ...root.commands.flatMap(({ commands }) => commands),
  ]) {
    addExamples(verb);
  }
  return root;
}

type Finish = (code: number | Promise<number>) => Promise<void>;

const json = (): Option => new Option("--json", "Print JSON for programs");
const configFile = (): Option => new Option("-c, --config <file>", "Use this configuration");

function addRunning(root: Command, shell: Shell, finish: Finish): void {
  root
    .command("run")
    .description("Run the node or region that the configuration describes")
    .addOption(configFile())
    .option("--check", "Only check the configuration and say what would run")
    .addOption(new Option("--json", "With --check: print JSON for programs"))
    .action((options) => finish(run(shell, options)));
  const show = root
    .command("demo")
    .description(
      "Show a whole region with simulated cold rooms, cut it off, and count what was lost",
    )
    .option("--nodes <count>", "Cold rooms", wholeIn(1, 20), 3)
    .option(
      "--for <time>",
      "End after this long, with an account",
      durationIn(seconds(5), hours(24)),
    )
    .option(
      "--cut-at <time>",
      "Cut the network this long after the start",
      durationIn(seconds(0), hours(24)),
    )
    .option(
      "--heal-at <time>",
      "Heal it this long after the start",
      durationIn(seconds(0), hours(24)),
    )
    .option("--keep", "Keep the folder with configurations, logs and databases")
    .addOption(json())
    .action((options) => finish(demo(shell, options)));
  for (const [order, about] of [
    ["cut", "Cut the network of the demo in the other terminal"],
    ["heal", "Heal the network of the demo in the other terminal"],
  ] as const) {
    show
      .command(order)
      .description(about)
      .action(() => finish(askDemo(shell, order)));
  }
  root
    .command("devices")
    .description("Serve the simulated devices of node configurations")
    .option("-c, --config <file>", "Of this node; may be given more than once", collect)
    .action((options) => finish(devices(shell, options)));
}

function addWatching(root: Command, shell: Shell, finish: Finish): void {
  root
    .command("status")
    .description("Show what runs on this machine: mode, since when and why")
    .argument("[node]", "Only this node or region")
    .addOption(json())
    .action((name, options) => finish(status(shell, name, options)));
  root
    .command("why")
    .description("Say why an output is what it is")
    .argument("<place>", "NODE/OUTPUT, such as pump-1/valve")
    .addOption(json())
    .action((place, options) => finish(why(shell, place, options)));
  root
    .command("tail")
    .description("Follow live values")
    .argument("[node]", "Only of this node")
    .option("-n, --count <count>", "End after this many values", wholeIn(1, 1_000_000_000))
    .option("--for <time>", "End after this long", durationIn(millis(100), hours(24 * 365)))
    .addOption(json())
    .action((name, options) => finish(tail(shell, name, options)));
  root
    .command("health")
    .description("Exit with 0 when all that runs here does its job, else with 1")
    .argument("[node]", "Only this node or region")
    .option("-q, --quiet", "Print nothing")
    .addOption(json())
    .action((name, options) => finish(health(shell, name, options)));
  root
    .command("doctor")
    .description("Check configuration, disk, clock, broker and devices, with remedies")
    .addOption(configFile())
    .addOption(json())
    .action((options) => finish(doctor(shell, options)));
}

function addOrders(root: Command, shell: Shell, finish: Finish): void {
  root
    .command("set")
    .description("Give a loop another setpoint for a while")
    .argument("<place>", "NODE/LOOP, such as pump-1/level")
    .argument("<value>", 'The setpoint, with or without its unit: 3.5 or "3.5 degC"')
    .requiredOption("--for <time>", "How long it holds; then it ends by itself", grantLength)
    .requiredOption("--reason <text>", "Why, for those who will ask", reason)
    .option("--local", "At the node itself, even where a region knows it")
    .addOption(json())
    .action((place, value, options) => finish(set(shell, place, value, options)));
  root
    .command("force")
    .description("Give an output a value by hand for a while, in place of its loop")
    .argument("<place>", "NODE/OUTPUT, such as room-1/compressor")
    .argument("<value>", 'With or without its unit: 1 or "40 %"')
    .requiredOption("--for <time>", "How long it holds; then it ends by itself", grantLength)
    .requiredOption("--reason <text>", "Why, for those who will ask", reason)
    .addOption(json())
    .action((place, value, options) => finish(force(shell, place, value, options)));
  for (const [verb, about] of [
    [
      "kill",
      "Take a node or one output out of service: it stays at its safe value, over restarts too",
    ],
    ["release", "Put back into service what was killed, or give a forced output back to its loop"],
  ] as const) {
    root
      .command(verb)
      .description(about)
      .argument("<place>", "NODE, or NODE/OUTPUT, such as room-1/compressor")
      .requiredOption("--reason <text>", "Why, for those who will ask", reason)
      .addOption(json())
      .action((place, options) => finish(kill(shell, verb, place, options)));
  }
  root
    .command("reset")
    .description("Let a latched interlock go, once its condition is over")
    .argument("<place>", "NODE/INTERLOCK, such as rack-1/high-pressure")
    .requiredOption("--reason <text>", "Why, for those who will ask", reason)
    .addOption(json())
    .action((place, options) => finish(reset(shell, place, options)));
}

function addTuning(root: Command, shell: Shell, finish: Finish): void {
  root
    .command("tune")
    .description("Swing a loop's process on purpose and propose its parameters")
    .argument("<place>", "NODE/LOOP, such as ahu-1/supply")
    .addOption(new Option("--method <method>", "How").choices(["relay", "step"]).default("relay"))
    .requiredOption(
      "--amplitude <value>",
      "By how much the output moves: to either side, or in one step",
      notZero,
    )
    .option("--hysteresis <value>", "How far beyond the process value it switches", notNegative, 0)
    .addOption(
      new Option("--for <time>", "It gives up after this long")
        .argParser(durationIn(seconds(10), hours(24)))
        .default(minutes(30), "30m"),
    )
    .requiredOption("--reason <text>", "Why, for those who will ask", reason)
    .option("--approve", "Do it; without this it only says what it would do")
    .option("--write", "Write the parameters to the site file")
    .addOption(configFile())
    .addOption(json())
    .action((place, options) => finish(tune(shell, place, options)));
}

function addRecalling(root: Command, shell: Shell, finish: Finish): void {
  root
    .command("journal")
    .description("Write down what a node's agent was given of late and what it made of it")
    .argument("<node>", "Which node")
    .addOption(
      new Option("--agent <agent>", "Which agent").choices(journalAgents).default("control"),
    )
    .option("-o, --output <file>", "Copy it there; it stays in the node's data folder too")
    .option("--force", "Replace what is there")
    .addOption(json())
    .action((name, options) => finish(journal(shell, name, options)));
  root
    .command("replay")
    .description("Run a journal again and say whether the same comes out, bit for bit")
    .argument("<file>", "What holdfast journal wrote")
    .addOption(json())
    .action((file, options) => finish(replay(shell, file, options)));
}

function addReference(root: Command, shell: Shell, finish: Finish): void {
  root
    .command("init")
    .description("Write a commented configuration to start from")
    .addOption(
      new Option("--role <role>", "What it is for").choices(["node", "region"]).default("node"),
    )
    .addOption(
      new Option("--plant <plant>", "What a node controls")
        .choices(readyMadePlants)
        .default("cold-room"),
    )
    .option("--node <id>", "The node's id", id, "node-1")
    .option("--region <id>", "The region's id", id, "region-1")
    .option("-o, --output <file>", "Where to write it; - for standard output", "holdfast.yaml")
    .option("--force", "Replace what is there")
    .action((options) => finish(init(shell, options)));
  root
    .command("schema")
    .description("Print the JSON Schema of the configuration, for editors")
    .addArgument(new Argument("<what>", "Of what").choices(["config"]))
    .action(() => finish(schema(shell)));
  root
    .command("explain")
    .description("Say what a code means and what to do; without a code, list them")
    .argument("[code]", "Such as BUS_LOST")
    .addOption(json())
    .action((code, options) => finish(explain(shell, code, options)));
  root
    .command("version")
    .description("Print the version of holdfast and of what it runs on")
    .addOption(json())
    .action((options) => finish(version(shell, options)));
  root
    .command("completion")
    .description("Print a completion script for a shell")
    .addArgument(new Argument("<shell>", "Which shell").choices(shells))
    .action((which) => finish(completion(shell, root, which)));
  root.command("names", { hidden: true }).action(() => finish(names(shell)));
}

function addExamples(verb: Command): void {
  const path = verb.parent?.parent ? `${verb.parent.name()} ${verb.name()}` : verb.name();
  const known = examples[path];
  if (known === undefined) return;
  const wide = Math.max(...known.map(([command]) => command.length));
  const lines = known.map(([command, about]) => `  ${command.padEnd(wide)}  ${about}`);
  verb.addHelpText("before", `Examples:\n${lines.join("\n")}\n`);
}
