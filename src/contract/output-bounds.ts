import type { OutputSaid } from "./config-points.ts";
import { isBit } from "./registers.ts";

/** 0 … 1 for a coil that does not say its own. */
export function boundsOf(
  output: Pick<OutputSaid, "register" | "bounds" | "safe">,
): readonly [number, number] {
  if (output.bounds !== undefined) return [output.bounds[0].value, output.bounds[1].value];
  return isBit(output.register.kind) ? [0, 1] : [output.safe.value, output.safe.value];
}
