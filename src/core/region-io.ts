import type { Fault } from "#src/base/fault.ts";
import type { Instant, Millis, WallTime } from "#src/base/units.ts";
import type { MetricBatch } from "#src/contract/messages.ts";
import type { NodeRecord, StandingGrant } from "#src/contract/region-records.ts";
import type { Message } from "#src/contract/topics.ts";

/** What goes into and comes out of the region agent. */

export interface RegionMemory {
  readonly seed: number;
  readonly nodes: readonly NodeRecord[];
  readonly grants: readonly StandingGrant[];
}

export interface SetRequest {
  readonly id: string;
  readonly node: string;
  readonly loop: string;
  readonly value: number;
  readonly for: Millis;
  readonly owner: string;
  readonly reason: string;
}

export type RegionInput =
  | { readonly kind: "wake"; readonly wall: WallTime }
  | { readonly kind: "busUp" }
  | { readonly kind: "busDown"; readonly fault: Fault }
  | { readonly kind: "message"; readonly message: Message; readonly wall: WallTime }
  /** The arbiter's answer: the epoch is ours for another ttl. */
  | { readonly kind: "leaseHeld"; readonly epoch: number; readonly wall: WallTime }
  | { readonly kind: "leaseLost"; readonly fault: Fault }
  | {
      readonly kind: "ingested";
      readonly node: string;
      readonly boot: number;
      readonly upTo: number;
    }
  | { readonly kind: "ingestFailed"; readonly fault: Fault }
  | { readonly kind: "set"; readonly request: SetRequest; readonly wall: WallTime };

export type RegionEffect =
  | { readonly kind: "holdLease" }
  | { readonly kind: "ingest"; readonly node: string; readonly batch: MetricBatch }
  | { readonly kind: "keepNode"; readonly record: NodeRecord }
  | { readonly kind: "keepGrant"; readonly grant: StandingGrant }
  | { readonly kind: "dropGrant"; readonly id: string }
  | { readonly kind: "connect" }
  | { readonly kind: "publish"; readonly message: Message }
  /** The end of a `set`: taken by the node, or why not. */
  | {
      readonly kind: "reply";
      readonly id: string;
      readonly refused: Fault | undefined;
      readonly message: string;
    }
  | { readonly kind: "wake"; readonly at: Instant }
  | { readonly kind: "report"; readonly fault: Fault };
