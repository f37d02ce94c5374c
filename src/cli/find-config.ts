import { existsSync } from "node:fs";
import { homedir } from "node:os";
import { type Fault, fault } from "#src/base/fault.ts";
import type { Config } from "#src/contract/config.ts";
import type { Problem } from "#src/contract/config-problem.ts";
import { configPlaces } from "./config-search.ts";
import type { Env, Powers } from "./powers.ts";

export type Found =
  | { readonly kind: "absent"; readonly fault: Fault }
  | {
      readonly kind: "refused";
      readonly path: string;
      readonly fault: Fault;
      readonly problems: readonly Problem[];
    }
  | {
      readonly kind: "read";
      readonly path: string;
      readonly config: Config;
      readonly warnings: readonly Problem[];
    };

/** Finds the configuration and reads it. */
export async function findConfig(powers: Powers, named: string | undefined): Promise<Found> {
  const places = configPlaces(named, powers.env, homeOf(powers.env));
  // A place that was named is read even when it is not there: reading says best what is wrong.
  const path = places.length === 1 ? places[0] : places.find((place) => existsSync(place));
  if (path === undefined) {
    return { kind: "absent", fault: fault("CONFIG_ABSENT", { looked: places.join(", ") }) };
  }
  const read = await powers.readConfig(path, { env: powers.env });
  if (read.ok) return { kind: "read", path, config: read.config, warnings: read.warnings };
  const met = fault("CONFIG_REFUSED", { path, problems: read.problems.length });
  return { kind: "refused", path, fault: met, problems: read.problems };
}

const homeOf = (env: Env): string => env["HOME"] || homedir();
