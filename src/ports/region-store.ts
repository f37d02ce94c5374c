import type { Millis, WallTime } from "#src/base/units.ts";
import type { MetricBatch } from "#src/contract/messages.ts";
import type { NodeRecord, StandingGrant } from "#src/contract/region-records.ts";

/**
 * The region's database. Throws a FaultError (STORE_…) when the disk does not let it.
 *
 * G1  `ingest` is idempotent by (node, boot, seq): a batch that comes again changes nothing.
 * G2  `upTo` covers only numbers that are committed, without a gap from the batch's first `base`.
 * G3  An epoch is given to one controller only, and each `claim` gives a higher one.
 * G4  What returned survives kill -9 and power loss.
 */
export interface RegionStore {
  /** Takes the region's lease for this controller with a fresh epoch. */
  claim(controller: string, ttl: Millis, now: WallTime): number;
  /** False when another controller holds a higher epoch by now. */
  renew(controller: string, epoch: number, ttl: Millis, now: WallTime): boolean;
  ingest(node: string, batch: MetricBatch): Ingested;
  nodes(): readonly NodeRecord[];
  keepNode(record: NodeRecord): void;
  grants(): readonly StandingGrant[];
  keepGrant(grant: StandingGrant): void;
  dropGrant(id: string): void;
  /** What each node has delivered, for status. */
  deliveries(): readonly Delivery[];
  close(): void;
}

export interface Ingested {
  readonly upTo: number;
  readonly fresh: number;
  readonly duplicates: number;
}

export interface Delivery {
  readonly node: string;
  readonly delivered: number;
  readonly tombstoned: number;
  /** Samples that came again and were dropped. */
  readonly duplicates: number;
}
