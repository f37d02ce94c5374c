import { illsOf } from "../health-of.ts";
import { type Heard, hearAll } from "../local.ts";
import type { Powers } from "../powers.ts";
import { type Check, failed, passed, skipped } from "./check.ts";
import { checkFolder } from "./folder.ts";

interface Instances {
  readonly checks: readonly Check[];
  /** As "node pump-1". */
  readonly running: ReadonlySet<string>;
}

export async function checkInstances(powers: Powers): Promise<Instances> {
  const folder = powers.runtimeFolder(powers.env);
  const heard = await hearAll(powers);
  const checks =
    heard.length === 0
      ? [skipped("instances", `nothing runs here (looked in ${folder})`)]
      : heard.map(judge);
  const running = new Set(heard.map(({ instance }) => `${instance.role} ${instance.id}`));
  return { checks: [checkFolder("socket folder", folder), ...checks], running };
}

function judge({ instance, status, fault }: Heard): Check {
  const name = `${instance.role} ${instance.id}`;
  if (status === undefined) {
    return failed(name, fault?.message ?? "no answer", fault?.remedy ?? "look at its log");
  }
  const ills = illsOf(status);
  return ills.length === 0
    ? passed(name, `answers, version ${status.version}, pid ${status.pid}`)
    : failed(name, ills.join("; "), `holdfast status ${instance.id} shows more`);
}
