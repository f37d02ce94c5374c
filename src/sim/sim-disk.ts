import { invariant } from "#src/base/assert.ts";
import { FaultError, fault } from "#src/base/fault.ts";
import { PowerLost } from "./power-lost.ts";

/**
 * The disk of one machine, for all stores on it.
 *
 * VS1  A transaction is on disk as a whole or not at all, also when the power goes in the midst of it.
 * VS2  What was committed survives the loss of power.
 * VS3  A disk that refuses says why, and nothing of the call happened.
 * VS4  A full disk still takes what makes room, and what fits the room that was made.
 * VS5  A database on a read-only disk is not opened, and can be looked at.
 *
 * Stores keep their contents in files: plain objects that outlive the process that opened them.
 */
export type DiskState = "sound" | "full" | "read-only";

/** What a store changes: more room, or no more than it has. */
export type Need = "grow" | "shrink";

export class SimDisk {
  state: DiskState = "sound";
  #cut: { left: number; readonly side: "before" | "after"; readonly pull: () => void } | undefined;

  /** Pulls the plug in the `count`th transaction from now on, before or after its commit. */
  cutPower(count: number, side: "before" | "after", pull: () => void): void {
    invariant(count >= 1, "a transaction is counted from 1");
    this.#cut = { left: count, side, pull };
  }

  /** The plug stays in, if it was not pulled yet. */
  keepPower(): void {
    this.#cut = undefined;
  }

  /** Throws when a database cannot be opened. */
  open(path: string): void {
    if (this.state === "read-only") throw new FaultError(fault("STORE_READONLY", { path }));
  }

  /** Throws when the change cannot be made; then nothing of it was. */
  begin(path: string, need: Need): void {
    if (this.state === "read-only") throw new FaultError(fault("STORE_READONLY", { path }));
    if (this.state === "full" && need === "grow") {
      throw new FaultError(fault("STORE_FULL", { path }));
    }
    if (this.#cut !== undefined) this.#count("before");
  }

  /** The change is made and committed. */
  end(): void {
    if (this.#cut !== undefined) this.#count("after");
  }

  /** The power is gone. */
  losePower(): void {
    this.#cut = undefined;
  }

  #count(side: "before" | "after"): void {
    const cut = this.#cut;
    if (cut === undefined) return;
    if (side === "before") cut.left -= 1;
    if (cut.left > 0 || cut.side !== side) return;
    this.#cut = undefined;
    cut.pull();
    throw new PowerLost();
  }
}

/** A file as one process holds it: after its close, or the end of the process, it is of no use. */
export interface Holder {
  readonly alive: boolean;
}

export class OpenFile<F> {
  readonly #file: F;
  readonly #disk: SimDisk;
  readonly #path: string;
  readonly #holder: Holder;
  #closed = false;

  constructor(file: F, disk: SimDisk, path: string, holder: Holder) {
    this.#file = file;
    this.#disk = disk;
    this.#path = path;
    this.#holder = holder;
  }

  /** The contents, to look at. */
  get contents(): F {
    if (!this.#holder.alive) throw new PowerLost();
    if (this.#closed) {
      throw new FaultError(fault("STORE_FAILED", { path: this.#path, why: "it is closed" }));
    }
    return this.#file;
  }

  /** The contents, to be changed before `commit` is called. */
  begin(need: Need): F {
    const { contents } = this;
    this.#disk.begin(this.#path, need);
    return contents;
  }

  commit(): void {
    this.#disk.end();
  }

  close(): void {
    this.#closed = true;
  }
}
