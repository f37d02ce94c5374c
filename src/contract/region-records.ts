import type { WallTime } from "#src/base/units.ts";
import type { Mode } from "./messages.ts";

/** What a region knows of one node. */
export interface NodeRecord {
  readonly node: string;
  readonly link: "up" | "down" | "unknown";
  /** Of the link's last birth: a death of another session is an old one, come late. */
  readonly boot: number;
  readonly session: number;
  readonly mode: Mode | "unknown";
  readonly reason: string;
  readonly since: WallTime;
  readonly lastHeard: WallTime;
}

/** A setpoint the region renews until `until`. */
export interface StandingGrant {
  readonly id: string;
  readonly node: string;
  readonly loop: string;
  readonly value: number;
  readonly owner: string;
  readonly reason: string;
  readonly until: WallTime;
}
