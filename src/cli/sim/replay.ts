import { type Fault, fault } from "#src/base/fault.ts";
import { exit } from "../exit.ts";
import type { JsonOption, Shell } from "../shell.ts";
import { askedOf, type SimOptions } from "./asked.ts";
import type { Simulation, SimulationAsked } from "./power.ts";
import { replayOf, simulateOnce } from "./run.ts";
import { storyLine } from "./story-line.ts";
import { type Ran, recordOf, summaryOf } from "./summary.ts";

interface ReplayOptions extends SimOptions, JsonOption {
  readonly node?: string;
}

/** The timeline of one seed, a line for everything that befell or was done. */
export async function simReplay(
  shell: Shell,
  seed: number,
  options: ReplayOptions,
): Promise<number> {
  const { terminal } = shell;
  const failing = "nothing was replayed";
  const simulation = await shell.powers.simulation();
  const asked = await askedOf(shell, simulation, options);
  if ("code" in asked) return terminal.fail(failing, asked);
  const { node } = options;
  const stranger = node === undefined ? undefined : strangerIn(node, asked.base);
  if (stranger !== undefined) return terminal.fail(failing, stranger);
  const ran = tell(shell, simulation, { ...asked.base, seed }, options);
  if (options.json) terminal.printJson(recordOf(ran));
  else terminal.print(["", ...summaryOf(ran, replayOf(asked, seed), terminal.scene())]);
  return ran.report.broken > 0 ? exit.failed : exit.ok;
}

/** Runs it and prints its story as it happens. */
export function tell(
  shell: Shell,
  simulation: Simulation,
  asked: SimulationAsked,
  options: { readonly node?: string; readonly json?: true },
): Ran {
  const { terminal } = shell;
  return simulateOnce(shell, simulation, {
    ...asked,
    onStory(line) {
      if (options.node !== undefined && !concerns(options.node, line.who)) return;
      if (options.json) terminal.printJson(line);
      else terminal.print(storyLine(line, terminal.scene()));
    },
  });
}

/** A node by itself or with its region; a region with all its nodes. */
export const concerns = (name: string, who: string): boolean =>
  who === name || who.endsWith(`/${name}`) || who.startsWith(`${name}/`);

/** Index of "node-7", also as "region-1/node-7"; undefined for any other name. */
export function nodeIndex(name: string): number | undefined {
  const [, index] = /^(?:region-\d+\/)?node-(\d+)$/.exec(name) ?? [];
  return index === undefined ? undefined : Number(index);
}

/** Why nobody in this fleet has this name. */
export function strangerIn(
  name: string,
  has: { readonly nodes: number; readonly regions: number },
): Fault | undefined {
  const index = nodeIndex(name);
  const [, region] = /^region-(\d+)$/.exec(name) ?? [];
  if (index !== undefined && index < has.nodes) return undefined;
  if (region !== undefined && Number(region) < has.regions) return undefined;
  const why = `--node ${name}: there are node-0 … node-${has.nodes - 1} and region-0 … region-${has.regions - 1}`;
  return fault("USAGE", { why });
}
