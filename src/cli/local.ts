import { type Fault, fault } from "#src/base/fault.ts";
import { limits } from "#src/contract/limits.ts";
import type { NodeStatus, RegionStatus } from "#src/contract/query.ts";
import type { LocalInstance, Powers } from "./powers.ts";

/** What an instance on this machine says of itself, or why it does not. */
export interface Heard {
  readonly instance: LocalInstance;
  readonly status: NodeStatus | RegionStatus | undefined;
  readonly fault: Fault | undefined;
}

/** Every instance on this machine, nodes before regions, each in the order of its name. */
export async function hearAll(powers: Powers): Promise<readonly Heard[]> {
  const found = await powers.listLocal(powers.runtimeFolder(powers.env));
  return Promise.all([...found].sort(byRoleAndName).map((instance) => hear(powers, instance)));
}

export async function hear(powers: Powers, instance: LocalInstance): Promise<Heard> {
  const answer = await powers.askLocal(instance.path, { v: 1, verb: "status" }, askOptions);
  if (!answer.ok) return { instance, status: undefined, fault: answer.fault };
  return { instance, status: answer.body as NodeStatus | RegionStatus, fault: undefined };
}

export const askOptions = { timeout: limits.queryTimeout } as const;

export async function findLocal(
  powers: Powers,
  role: "node" | "region",
  id: string,
): Promise<LocalInstance | undefined> {
  const found = await powers.listLocal(powers.runtimeFolder(powers.env));
  return found.find((instance) => instance.role === role && instance.id === id);
}

export const notRunning = (powers: Powers, what: string): Fault =>
  fault("NOT_RUNNING", { what, where: powers.runtimeFolder(powers.env) });

const byRoleAndName = (one: LocalInstance, other: LocalInstance): number =>
  one.role === other.role ? one.id.localeCompare(other.id, "en") : one.role === "node" ? -1 : 1;
