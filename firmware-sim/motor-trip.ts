import { minutes } from "#src/base/units.ts";
import { drawFor } from "./day.ts";

/**
 * A motor's thermal protection that trips of itself now and then, as the seed draws it: in one of
 * a hundred hours or so, for six minutes, and only if the motor runs then.
 */
export function tripUntil(seed: number, motor: number, at: number): number | undefined {
  const slot = Math.floor(at / slotLength);
  const drawn = drawFor(seed ^ Math.imul(motor, 0x2545_f491), slot);
  if (drawn % slotsPerTrip !== 0) return undefined;
  const begins = slot * slotLength + ((drawn >>> 8) % (slotLength - tripLength));
  return at >= begins && at < begins + tripLength ? begins + tripLength : undefined;
}

const slotLength = minutes(30);
const slotsPerTrip = 200;
const tripLength = minutes(6);
