import type { OutputSaid } from "./config-points.ts";
import { isSwitch } from "./places.ts";

/** 0 … 1 for a coil that does not say its own. */
export function boundsOf(
  output: Pick<OutputSaid, "register" | "topic" | "bounds" | "safe">,
): readonly [number, number] {
  if (output.bounds !== undefined) return [output.bounds[0].value, output.bounds[1].value];
  return isSwitch(output) ? [0, 1] : [output.safe.value, output.safe.value];
}
