import { readFileSync } from "node:fs";
import { type Fault, fault } from "#src/base/fault.ts";
import type { PlanFault, Simulation } from "./power.ts";
import { ranges } from "./ranges.ts";

/**
 * A fault plan in a file: what `sim shrink` writes, or a person by hand. All but `faults` may be
 * left out.
 */
export interface PlanFile {
  readonly path: string;
  readonly seed: number | undefined;
  readonly nodes: number | undefined;
  readonly regions: number | undefined;
  readonly hours: number | undefined;
  readonly sites: readonly string[] | undefined;
  /** Sites as they are written, or in variants; where not said the ready-made ones come in variants. */
  readonly asWritten: boolean | undefined;
  /** Whether anybody asks for setpoints meanwhile, or acts at the nodes. */
  readonly people: boolean | undefined;
  readonly faults: readonly PlanFault[];
}

export const planVersion = 1;
const mostBytes = 4 * 1024 * 1024;

export function readPlan(path: string, simulation: Simulation): PlanFile | Fault {
  try {
    const bytes = readFileSync(path);
    if (bytes.length > mostBytes) return refuse(path, `is larger than ${mostBytes} bytes`);
    return planOf(path, JSON.parse(bytes.toString("utf8")), simulation);
  } catch (error) {
    return refuse(path, `cannot be read: ${error instanceof Error ? error.message : error}`);
  }
}

const refuse = (path: string, why: string): Fault =>
  fault("USAGE", { why: `--plan ${path} ${why}` });

function planOf(path: string, said: unknown, simulation: Simulation): PlanFile | Fault {
  if (!isRecord(said) || !Array.isArray(said["faults"])) {
    return refuse(path, 'is not a plan: it has no list "faults"');
  }
  const { v = planVersion, seed, nodes, regions, hours, sites, asWritten, people } = said;
  if (v !== planVersion) {
    return refuse(path, `has version ${JSON.stringify(v)}; this program reads ${planVersion}`);
  }
  for (const [index, one] of said["faults"].entries()) {
    const why = misfitOf(one, simulation);
    if (why !== undefined) return refuse(path, `has a fault ${index + 1} that ${why}`);
  }
  for (const [name, value] of Object.entries({ seed, nodes, regions })) {
    if (value !== undefined && !isWhole(value)) return refuse(path, `: ${name} is no whole number`);
  }
  if (hours !== undefined && typeof hours !== "number") return refuse(path, ": hours is no number");
  if (sites !== undefined && !isWords(sites)) return refuse(path, ": sites is no list of files");
  for (const [name, value] of Object.entries({ asWritten, people })) {
    if (value !== undefined && typeof value !== "boolean") {
      return refuse(path, `: ${name} is neither true nor false`);
    }
  }
  const sized = Object.entries(ranges).find(([name, [least, most]]) => {
    const value = said[name];
    return value !== undefined && (Number(value) < least || Number(value) > most);
  });
  if (sized !== undefined) {
    const [name, [least, most]] = sized;
    return refuse(path, `: ${name} is not within ${least} … ${most}`);
  }
  return {
    path,
    seed: seed as number | undefined,
    nodes: nodes as number | undefined,
    regions: regions as number | undefined,
    hours,
    sites,
    asWritten: asWritten as boolean | undefined,
    people: people as boolean | undefined,
    faults: said["faults"] as PlanFault[],
  };
}

function misfitOf(one: unknown, { faultKinds, faultMisfit }: Simulation): string | undefined {
  if (!isRecord(one)) return "is no object";
  const { kind, at, until } = one;
  if (typeof kind !== "string" || !faultKinds.includes(kind)) {
    return `is of no known kind; kinds are ${faultKinds.join(", ")}`;
  }
  if (!isMoment(at) || !isMoment(until) || until < at) {
    return "needs at and until, milliseconds since the beginning, until not before at";
  }
  return faultMisfit(kind, one);
}

const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === "object" && value !== null && !Array.isArray(value);
const isMoment = (value: unknown): value is number =>
  typeof value === "number" && Number.isFinite(value) && value >= 0;
const isWhole = (value: unknown): value is number =>
  Number.isSafeInteger(value) && Number(value) >= 0;
const isWords = (value: unknown): value is string[] =>
  Array.isArray(value) && value.every((word) => typeof word === "string");
