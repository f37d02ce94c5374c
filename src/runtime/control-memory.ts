import { type Fault, FaultError, fault } from "#src/base/fault.ts";
import { after, millis } from "#src/base/units.ts";
import { firstDifference } from "#src/contract/first-difference.ts";
import { limits } from "#src/contract/limits.ts";
import type { ControlInput, ControlMemory } from "#src/core/control-io.ts";
import { unite } from "#src/core/safety/remembered.ts";
import type { Clock, Timer } from "#src/ports/clock.ts";
import type { StateStore } from "#src/ports/state-store.ts";
import type { ToLink } from "./threads.ts";

export interface KeptMemoryParts {
  readonly clock: Clock;
  readonly report: (met: Fault) => void;
  readonly tellControl: (input: ControlInput) => void;
  /** What is known at the start of earlier runs, read from `store` or without it. */
  readonly memory: ControlMemory;
  /** Undefined when it could not be opened yet. */
  readonly store: StateStore | undefined;
}

type Word = Extract<ToLink, { kind: "remember" | "rememberSafety" | "recalled" }>;

/**
 * What the control thread must not forget, kept for it in memory and on disk.
 *
 * KM1  A control thread begins with the newest, whatever the disk took of it.
 * KM2  What the disk did not take is tried again until it did, and `unwritten` says so meanwhile.
 * KM3  What a database knows that could be opened only later is united with what was said since: nothing
 *      is written before that, and the control thread is told. What could be read at the start already is
 *      no news: a kill of then that a person has released since does not come back.
 */
export class KeptMemory {
  readonly #parts: KeptMemoryParts;
  #memory: ControlMemory;
  #store: StateStore | undefined;
  #unwritten: Fault | undefined;
  /** The control thread was told what it had not known, and has not said yet that it knows. */
  #isRecalling = false;
  #retry: Timer | undefined;

  constructor(parts: KeptMemoryParts) {
    this.#parts = parts;
    this.#memory = parts.memory;
    this.#store = parts.store;
  }

  get memory(): ControlMemory {
    return this.#memory;
  }

  /** Why the disk does not have the newest yet; undefined when it has. */
  get unwritten(): Fault | undefined {
    return this.#unwritten;
  }

  /** A control thread began with `memory`; what the one before it did not get told died with it. */
  controlStarted(): void {
    this.#isRecalling = false;
    this.#memory = { ...this.#memory, hasRun: true };
  }

  obeyed(epoch: number): void {
    this.#memory = { ...this.#memory, epoch: Math.max(this.#memory.epoch, epoch) };
  }

  hear(word: Word): void {
    if (word.kind === "remember") {
      this.#memory = { ...this.#memory, isolatedFor: word.isolatedFor };
      this.#keep(this.#keepIsolation);
      return;
    }
    if (word.kind === "recalled") this.#isRecalling = false;
    // It was said before what the disk knew was heard.
    const safety = this.#isRecalling ? this.#united(word.safety) : word.safety;
    this.#memory = { ...this.#memory, safety };
    this.#keep(this.#keepSafety);
  }

  /** The disk works (again): a file that was damaged meanwhile is another one now. */
  opened(store: StateStore): void {
    if (this.#store === undefined) this.#recall(store);
    const onDisk = store.read();
    const { safety, isolatedFor } = this.#memory;
    const isThere =
      onDisk.isolatedFor === Math.round(isolatedFor) &&
      firstDifference(onDisk.safety, safety) === undefined;
    if (isThere) this.#unwritten = undefined;
    else this.#writeAll();
  }

  close(): void {
    if (this.#unwritten !== undefined) this.#writeAll();
    this.#retry?.cancel();
  }

  #recall(store: StateStore): void {
    const { tellControl, memory: atStart } = this.#parts;
    const { memory } = this;
    const { hasRun, epoch, isolatedFor, safety } = store.read();
    this.#store = store;
    const onDisk = { ...atStart, hasRun, epoch, isolatedFor, safety };
    if (firstDifference(onDisk, atStart) === undefined) return;
    const older = { ...memory, hasRun, epoch, isolatedFor, safety };
    this.#memory = {
      ...memory,
      epoch: Math.max(epoch, memory.epoch),
      isolatedFor: millis(Math.max(isolatedFor, memory.isolatedFor)),
      safety: this.#united(memory.safety, safety),
    };
    this.#isRecalling = true;
    tellControl({ kind: "recall", memory: older });
  }

  #keep(work: (store: StateStore) => void): void {
    if (this.#unwritten === undefined) this.#write([work]);
    else this.#writeAll();
  }

  #united(newer: ControlMemory["safety"], older = this.#memory.safety): ControlMemory["safety"] {
    return unite(older, newer, this.#memory.computer, this.#parts.clock.now());
  }

  readonly #keepSafety = (store: StateStore): void => store.keepSafety(this.#memory.safety);
  readonly #keepIsolation = (store: StateStore): void =>
    store.keepIsolation(this.#memory.isolatedFor);

  #writeAll(): void {
    this.#write([this.#keepSafety, this.#keepIsolation]);
  }

  /** What one of them meets is no reason not to try the other. */
  #write(works: readonly ((store: StateStore) => void)[]): void {
    const { clock, report } = this.#parts;
    const store = this.#store;
    if (store === undefined) {
      this.#unwritten = fault("STORE_FAILED", { path: "state.db", why: "it is not open" });
      return;
    }
    this.#retry?.cancel();
    [this.#unwritten] = works.flatMap((work) => refusalsOf(() => work(store)));
    if (this.#unwritten === undefined) return;
    report(this.#unwritten);
    this.#retry = clock.at(after(clock.now(), limits.storeRetry), () => this.#writeAll());
  }
}

function refusalsOf(work: () => void): readonly Fault[] {
  try {
    work();
    return [];
  } catch (error) {
    if (!(error instanceof FaultError)) throw error;
    return [error.fault];
  }
}
