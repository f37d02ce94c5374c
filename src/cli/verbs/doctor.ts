import { examine } from "../doctor/examine.ts";
import { exit } from "../exit.ts";
import type { JsonOption, Shell } from "../shell.ts";
import { renderDoctor } from "../show/doctor.ts";

export async function doctor(
  { powers, terminal }: Shell,
  options: JsonOption & { readonly config?: string },
): Promise<number> {
  const checks = await examine(powers, options.config);
  const healthy = checks.every(({ result }) => result !== "failed");
  if (options.json) terminal.printJson({ healthy, checks });
  else terminal.print(renderDoctor(checks, terminal.scene()));
  return healthy ? exit.ok : exit.failed;
}
