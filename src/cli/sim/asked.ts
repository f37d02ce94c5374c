import { type Fault, fault } from "#src/base/fault.ts";
import type { NodeConfig } from "#src/contract/config.ts";
import { limits } from "#src/contract/limits.ts";
import { suggest } from "#src/contract/suggest.ts";
import { findConfig } from "../find-config.ts";
import type { Shell } from "../shell.ts";
import { sayProblems } from "../verbs/run.ts";
import { type PlanFile, readPlan } from "./plan-file.ts";
import type { NamedPlan, Simulation, SimulationAsked } from "./power.ts";
import { usual } from "./ranges.ts";

/** What all verbs that simulate are told. */
export interface SimOptions {
  readonly nodes?: number;
  readonly hours?: number;
  readonly regions?: number;
  readonly faults?: string;
  readonly site?: readonly string[];
  /** Variants of the sites, although they were named. */
  readonly variants?: boolean;
  readonly plan?: string;
  readonly scenario?: string;
  /** False with --no-people. */
  readonly people?: boolean;
}

/** What is to be simulated but for its seed, and the options that say so again. */
export interface Asked {
  readonly base: Omit<SimulationAsked, "seed">;
  readonly plan: PlanFile | undefined;
  readonly again: string;
}

/** Options of the line go before those of a plan's file, and those before the usual ones. */
export async function askedOf(
  shell: Shell,
  simulation: Simulation,
  options: SimOptions,
): Promise<Asked | Fault> {
  const kinds = kindsOf(options.faults ?? "all", simulation.faultKinds);
  if ("code" in kinds) return kinds;
  const plan = planIn(options, simulation);
  if (plan !== undefined && "code" in plan) return plan;
  const { nodes, hours, regions } = {
    nodes: options.nodes ?? plan?.nodes ?? usual.nodes,
    hours: options.hours ?? plan?.hours ?? usual.hours,
    regions: options.regions ?? plan?.regions ?? usual.regions,
  };
  if (nodes > regions * limits.nodesPerRegion) {
    const why = `--nodes ${nodes} is more than --regions ${regions} take: ${limits.nodesPerRegion} each`;
    return fault("USAGE", { why });
  }
  const misfit = plan === undefined ? undefined : misfitOf(plan, { nodes, hours, regions });
  if (misfit !== undefined) return misfit;
  const paths = options.site ?? plan?.sites ?? [];
  const sites = await sitesOf(shell, paths);
  if ("code" in sites) return sites;
  const again = [
    `--nodes ${nodes} --hours ${hours} --regions ${regions}`,
    ...(plan === undefined && options.faults !== undefined ? [`--faults ${options.faults}`] : []),
    ...paths.map((path) => `--site ${quoted(path)}`),
    ...(options.variants === true ? ["--variants"] : []),
    ...(options.plan === undefined ? [] : [`--plan ${quoted(options.plan)}`]),
    ...(options.scenario === undefined ? [] : [`--scenario ${options.scenario}`]),
    ...(options.people === false ? ["--no-people"] : []),
  ].join(" ");
  return {
    base: {
      nodes,
      hours,
      regions,
      sites,
      asWritten: options.variants !== true && (plan?.asWritten ?? sites.length > 0),
      faults: kinds,
      people: options.people !== false && plan?.people !== false,
      plan: plan?.faults,
    },
    plan,
    again,
  };
}

function planIn(
  { plan, scenario }: SimOptions,
  simulation: Simulation,
): PlanFile | Fault | undefined {
  if (plan !== undefined) return readPlan(plan, simulation);
  if (scenario === undefined) return undefined;
  const found = findScenario(scenario, simulation);
  if ("code" in found) return found;
  const open = { seed: undefined, sites: undefined, people: undefined };
  return { ...found, ...open, path: `--scenario ${scenario}`, asWritten: true };
}

/** The story of this name. */
export function findScenario(name: string, { scenarios }: Simulation): NamedPlan | Fault {
  const found = scenarios.find((one) => one.name === name);
  if (found !== undefined) return found;
  const near = suggest(
    name,
    scenarios.map((one) => one.name),
  );
  const hint = near === undefined ? "holdfast sim scenario lists them" : `did you mean ${near}?`;
  return fault("USAGE", { why: `there is no story "${name}": ${hint}` });
}

/** A word as a shell reads it back. */
export const quoted = (word: string): string =>
  /^[\w./:@%+=-]+$/.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`;

function kindsOf(said: string, known: readonly string[]): readonly string[] | Fault {
  if (said === "all") return known;
  if (said === "none") return [];
  const kinds = said.split(",").map((kind) => kind.trim());
  const strange = kinds.find((kind) => !known.includes(kind));
  if (strange === undefined) return known.filter((kind) => kinds.includes(kind));
  const near = suggest(strange, known);
  const hint = near === undefined ? "" : ` (did you mean ${near}?)`;
  const why = `--faults: there is no kind "${strange}"${hint}; choose all, none, or some of ${known.join(",")}`;
  return fault("USAGE", { why });
}

/** A fault that befalls who is not there, or comes too late to be mended. */
function misfitOf(
  { path, faults }: PlanFile,
  has: { readonly nodes: number; readonly hours: number; readonly regions: number },
): Fault | undefined {
  const end = has.hours * 3_600_000;
  for (const [index, { kind, until, node, region }] of faults.entries()) {
    const where = `${path}: fault ${index + 1} (${kind})`;
    if (typeof node === "number" && node >= has.nodes) {
      return fault("USAGE", { why: `${where} befalls node ${node}; there are ${has.nodes}` });
    }
    if (typeof region === "number" && region >= has.regions) {
      return fault("USAGE", { why: `${where} befalls region ${region}; there are ${has.regions}` });
    }
    if (until > end) {
      return fault("USAGE", { why: `${where} lasts beyond the end, --hours ${has.hours}` });
    }
  }
  return undefined;
}

/** Site files as configurations that can be simulated. */
export async function sitesOf(
  shell: Shell,
  paths: readonly string[],
): Promise<NodeConfig[] | Fault> {
  const sites: NodeConfig[] = [];
  for (const path of paths) {
    // What this machine's environment says is no part of a run that others shall repeat.
    const found = await findConfig({ ...shell.powers, env: {} }, path);
    if (found.kind === "refused") sayProblems(shell, found.problems);
    if (found.kind !== "read") return found.fault;
    const { config } = found;
    if (config.role !== "node") {
      return fault("CONFIG_ROLE", { path, role: config.role, wanted: "node" });
    }
    const lacks = unfit(config);
    if (lacks !== undefined) return fault("USAGE", { why: `--site ${path} ${lacks}` });
    sites.push(config);
  }
  return sites;
}

function unfit({ uplink, devices, simulation = {} }: NodeConfig): string | undefined {
  if (uplink === undefined) return "has no uplink: there is no region to lose";
  const bare = Object.keys(devices).find((device) => !Object.hasOwn(simulation, device));
  if (bare === undefined) return undefined;
  return devices[bare]?.driver === "mqtt"
    ? `has device "${bare}", which speaks mqtt: the plants speak modbus-tcp only`
    : `says under simulation: no plant for device "${bare}"`;
}
