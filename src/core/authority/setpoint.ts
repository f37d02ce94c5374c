import type { Instant } from "#src/base/units.ts";
import type { Mode } from "#src/contract/messages.ts";
import type { Authority } from "#src/contract/query.ts";

/**
 * Whose setpoint a loop follows: override > grant of the region > the loop's own.
 *
 * SP1  A setpoint from outside is in force only before its end, and the region's only while the
 *      node is connected; then the loop's own rules again, by itself.
 * SP2  In safe mode the loop's own setpoint is its safe setpoint.
 */
export interface Held {
  readonly id: string;
  readonly value: number;
  readonly until: Instant;
  readonly owner: string;
  readonly reason: string;
}

export interface SetpointSources {
  readonly override: Held | undefined;
  readonly grant: Held | undefined;
  readonly setpoint: number;
  readonly safeSetpoint: number;
}

export interface Chosen {
  readonly authority: Extract<Authority, "override" | "grant" | "default">;
  readonly value: number;
}

export function chooseSetpoint(sources: SetpointSources, mode: Mode, now: Instant): Chosen {
  const { override, grant } = sources;
  if (override !== undefined && now < override.until)
    return { authority: "override", value: override.value };
  if (grant !== undefined && now < grant.until && mode === "connected") {
    return { authority: "grant", value: grant.value };
  }
  return { authority: "default", value: mode === "safe" ? sources.safeSetpoint : sources.setpoint };
}
