import type { Millis } from "#src/base/units.ts";
import type { SafetyMemory } from "#src/contract/safety-memory.ts";

/**
 * The node's small memory: what must outlive it. Throws a FaultError (STORE_…) when the disk does
 * not let it.
 *
 * S1  Opening it a second time, from another process, is refused while the first lives.
 * S2  `begin` returns a number that was never returned before, and it is on disk by then.
 * S3  What `keep…` returned from survives kill -9 and power loss; the epoch never goes down.
 */
export interface StateStore {
  begin(): number;
  read(): NodeState;
  keepEpoch(epoch: number, controller: string): void;
  keepIsolation(isolatedFor: Millis): void;
  keepSafety(safety: SafetyMemory): void;
  close(): void;
}

export interface NodeState {
  /** A boot number was given out before. */
  readonly hasRun: boolean;
  readonly epoch: number;
  readonly controller: string;
  readonly isolatedFor: Millis;
  readonly safety: SafetyMemory;
}
