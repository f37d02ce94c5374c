import { exit } from "../exit.ts";
import type { JsonOption, Shell } from "../shell.ts";
import { plural } from "../show/config.ts";
import { figure, fold } from "../show/text.ts";
import { findScenario, quoted, sitesOf } from "./asked.ts";
import type { NamedPlan } from "./power.ts";
import { strangerIn, tell } from "./replay.ts";
import { recordOf, summaryOf } from "./summary.ts";

interface ScenarioOptions extends JsonOption {
  readonly seed: number;
  readonly node?: string;
  readonly site?: readonly string[];
  /** False with --no-people. */
  readonly people?: boolean;
}

/** A story by hand as a timeline, with a verdict; without a name, all stories there are. */
export async function simScenario(
  shell: Shell,
  name: string | undefined,
  options: ScenarioOptions,
): Promise<number> {
  const { terminal } = shell;
  const simulation = await shell.powers.simulation();
  if (name === undefined) return list(shell, simulation.scenarios, options);
  const failing = "no story was played";
  const scenario = findScenario(name, simulation);
  if ("code" in scenario) return terminal.fail(failing, scenario);
  const { nodes, regions, hours, faults: plan, about } = scenario;
  const stranger = options.node === undefined ? undefined : strangerIn(options.node, scenario);
  if (stranger !== undefined) return terminal.fail(failing, stranger);
  const paths = options.site ?? [];
  const sites = await sitesOf(shell, paths);
  if ("code" in sites) return terminal.fail(failing, sites);
  if (!options.json) terminal.print([...fold(about, terminal.scene().width), ""]);
  const asked = {
    seed: options.seed,
    nodes,
    regions,
    hours,
    sites,
    asWritten: true,
    people: options.people !== false,
    faults: [],
    plan,
  };
  const ran = tell(shell, simulation, asked, options);
  const given = [
    `--seed ${options.seed}`,
    ...paths.map((path) => `--site ${quoted(path)}`),
    ...(options.people === false ? ["--no-people"] : []),
  ];
  const replay = `holdfast sim scenario ${name} ${given.join(" ")}`;
  if (options.json) terminal.printJson({ scenario: name, ...recordOf(ran) });
  else terminal.print(["", ...summaryOf(ran, replay, terminal.scene())]);
  return ran.report.broken > 0 ? exit.failed : exit.ok;
}

function list({ terminal }: Shell, scenarios: readonly NamedPlan[], { json }: JsonOption): number {
  if (json) {
    const all = scenarios.map(({ faults, ...said }) => ({ ...said, faults: faults.length }));
    terminal.printJson({ scenarios: all });
    return exit.ok;
  }
  const { paint, width } = terminal.scene();
  const lines = scenarios.flatMap(({ name, about, nodes, hours, faults }) => [
    `${paint("strong", name)}  (${plural(nodes, "node")}, ${figure(hours)} h, ${plural(faults.length, "fault")})`,
    ...fold(about, width === undefined ? undefined : width - 2).map((line) => `  ${line}`),
  ]);
  terminal.print(lines);
  return exit.ok;
}
