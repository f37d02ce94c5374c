import type { Fault } from "#src/base/fault.ts";
import type { PersistentMap } from "#src/base/persistent-map.ts";
import type { Instant, WallTime } from "#src/base/units.ts";
import type { NodeRecord, StandingGrant } from "#src/contract/region-records.ts";
import type { Step } from "#src/core/agent.ts";
import type { Connecting } from "#src/core/protect/reconnect.ts";
import type { RegionEffect } from "#src/core/region-io.ts";

export interface RegionState extends Connecting {
  /** 0 until the arbiter gave one. */
  readonly epoch: number;
  readonly held: boolean;
  readonly leaseWhy: string;
  readonly renewAt: Instant;
  readonly nodes: PersistentMap<KnownNode>;
  readonly grants: readonly Standing[];
  readonly asked: readonly Asked[];
  readonly askedWake: Instant | undefined;
}

export interface KnownNode {
  readonly record: NodeRecord;
  /** When the record was last written down. */
  readonly keptAt: WallTime;
}

export interface Standing {
  readonly grant: StandingGrant;
  /** The node's last word was that it follows it, under this epoch. */
  readonly isInForce: boolean;
}

/** A `set` that its node has not answered yet. */
export interface Asked {
  readonly grant: StandingGrant;
  readonly deadline: Instant;
  /** Why its node cannot follow it yet; undefined while the node has said nothing. */
  readonly notYet: Fault | undefined;
}

export type RegionStep = Step<RegionState, RegionEffect>;
