import type { Millis } from "#src/base/units.ts";
import type { SafetyMemory } from "#src/contract/safety-memory.ts";
import type { Intake, Place, Stretch } from "#src/contract/samples.ts";
import type { LedgerRow, MetricStore } from "#src/ports/metric-store.ts";
import type { NodeState, StateStore } from "#src/ports/state-store.ts";
import type { AccountWitness } from "#src/sim/check-account.ts";
import type { AuthorityWitness } from "#src/sim/check-authority.ts";
import type { LatchWitness } from "#src/sim/check-latches.ts";

/** A node's stores, with witnesses who see what goes in and comes out. */

export interface StateWitnesses {
  readonly authority: AuthorityWitness;
  readonly latches: LatchWitness;
  reads(kept: NodeState, isOpen: boolean): NodeState;
}

export class WatchedStateStore implements StateStore {
  readonly #store: StateStore;
  readonly #by: StateWitnesses;

  constructor(store: StateStore, by: StateWitnesses) {
    this.#store = store;
    this.#by = by;
  }

  begin(): number {
    return this.#store.begin();
  }

  read(): NodeState {
    return this.#by.reads(this.#store.read(), true);
  }

  keepEpoch(epoch: number, controller: string): void {
    this.#store.keepEpoch(epoch, controller);
    this.#by.authority.keeps(epoch);
  }

  keepIsolation(isolatedFor: Millis): void {
    const { authority } = this.#by;
    authority.keepsAlone(false);
    this.#store.keepIsolation(isolatedFor);
    authority.keepsAlone(true);
  }

  keepSafety(safety: SafetyMemory): void {
    const { latches } = this.#by;
    latches.tries(safety);
    this.#store.keepSafety(safety);
    latches.keeps(safety);
  }

  close(): void {
    this.#store.close();
  }
}

export class WatchedMetricStore implements MetricStore {
  readonly #store: MetricStore;
  readonly #account: AccountWitness;

  constructor(store: MetricStore, account: AccountWitness) {
    this.#store = store;
    this.#account = account;
  }

  append(intake: Intake): void {
    this.#store.append(intake);
    this.#account.appended(intake);
  }

  load(after: Place | undefined, limit: number): Stretch | undefined {
    return this.#store.load(after, limit);
  }

  forget(boot: number, upTo: number): void {
    this.#store.forget(boot, upTo);
    this.#account.forgot(boot, upTo);
  }

  evict(count: number): number {
    const evicted = this.#store.evict(count);
    this.#account.evicted();
    return evicted;
  }

  buffered(): number {
    return this.#store.buffered();
  }

  ledger(): readonly LedgerRow[] {
    return this.#store.ledger();
  }

  close(): void {
    this.#store.close();
  }
}
