import type { Intake, Place, Stretch } from "#src/contract/samples.ts";

/**
 * The node's buffer. Every method is one transaction and throws a FaultError (STORE_…) when the
 * disk does not let it; then nothing of it happened.
 *
 * M1  What `append` returned from survives kill -9 and power loss.
 * M2  Rows leave only by `forget`, or by `evict`, which leaves a tombstone of what left.
 * M3  For every boot: produced = forgotten + buffered + tombstoned, after every call.
 * M4  `load` gives numbers in order and without gaps: each is a sample or in a tombstone.
 */
export interface MetricStore {
  /**
   * Its numbers follow the last one given out; what it has no samples for becomes a tombstone. A row that
   * is not whole is a defect of the caller.
   */
  append(intake: Intake): void;
  /** Up to `limit` samples after `after`, all of one boot; undefined at the end. */
  load(after: Place | undefined, limit: number): Stretch | undefined;
  /** Forgets boot's numbers up to and including `upTo`; twice is harmless. */
  forget(boot: number, upTo: number): void;
  /** Makes a tombstone of the oldest `count` samples; returns how many there were. */
  evict(count: number): number;
  /** How many samples it holds, of all boots. */
  buffered(): number;
  ledger(): readonly LedgerRow[];
  close(): void;
}

/** The account of one boot. */
export interface LedgerRow {
  readonly boot: number;
  /** Highest number given out and committed. */
  readonly produced: number;
  /** Numbers below this are acked by the region and forgotten here. */
  readonly base: number;
  readonly buffered: number;
  /** Not yet acked ones. */
  readonly tombstoned: number;
}
