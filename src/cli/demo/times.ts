import { type Fault, fault } from "#src/base/fault.ts";
import type { Millis } from "#src/base/units.ts";
import { formatDuration } from "#src/contract/quantity.ts";

export interface Times {
  readonly for?: Millis;
  readonly cutAt?: Millis;
  readonly healAt?: Millis;
}

/** Why these times make no story; undefined when they make one. */
export function misfitOf({ for: end, cutAt, healAt }: Times): Fault | undefined {
  const misfit = (why: string): Fault => fault("USAGE", { why });
  if (healAt !== undefined && cutAt === undefined) return misfit("--heal-at needs --cut-at");
  if (healAt !== undefined && cutAt !== undefined && healAt <= cutAt) {
    return misfit(
      `--heal-at ${formatDuration(healAt)} is not after --cut-at ${formatDuration(cutAt)}`,
    );
  }
  for (const [name, at] of [
    ["--cut-at", cutAt],
    ["--heal-at", healAt],
  ] as const) {
    if (end !== undefined && at !== undefined && at >= end) {
      return misfit(`${name} ${formatDuration(at)} is not before --for ${formatDuration(end)}`);
    }
  }
  return undefined;
}
