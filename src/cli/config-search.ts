import { isAbsolute, join } from "node:path";
import type { Env } from "./powers.ts";

/** Where a configuration is looked for, best first. What was named is the only place then. */
export function configPlaces(named: string | undefined, env: Env, home: string): readonly string[] {
  if (named !== undefined) return [named];
  const told = env["HOLDFAST_CONFIG"];
  if (told !== undefined && told !== "") return [told];
  const xdg = env["XDG_CONFIG_HOME"];
  // The XDG rules ask to ignore a relative path.
  const config = xdg !== undefined && isAbsolute(xdg) ? xdg : join(home, ".config");
  return [
    "holdfast.yaml",
    join(config, "holdfast", "holdfast.yaml"),
    "/etc/holdfast/holdfast.yaml",
  ];
}
