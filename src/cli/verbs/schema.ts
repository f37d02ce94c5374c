import { configSchema } from "#src/contract/config-schema.ts";
import { exit } from "../exit.ts";
import type { Shell } from "../shell.ts";

/** JSON Schema of the configuration, for editors: yaml-language-server reads it. */
export function schema({ terminal }: Shell): number {
  terminal.print(JSON.stringify(configSchema(), null, 2));
  return exit.ok;
}
