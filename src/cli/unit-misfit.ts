import { type Fault, fault } from "#src/base/fault.ts";
import type { Quantity } from "#src/contract/quantity.ts";
import { figure } from "./show/text.ts";

/**
 * A unit is taken only where it can be compared: a wrong one must not pass for a right one. `known` is that
 * of the place; undefined when it is not known, null when there is none.
 */
export function unitMisfit(
  { unit, value }: Quantity,
  place: string,
  known: string | null | undefined,
): Fault | undefined {
  if (unit === undefined || known === unit) return undefined;
  const why =
    known === undefined
      ? `the unit of ${place} is not known here: say ${figure(value)} alone`
      : `${place} is in ${known ?? "no unit"}, not in ${unit}`;
  return fault("USAGE", { why });
}
