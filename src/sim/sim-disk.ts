import { invariant } from "#src/base/assert.ts";
import { FaultError, fault } from "#src/base/fault.ts";
import { PowerLost } from "./power-lost.ts";

/**
 * The disk of one machine, for all stores on it.
 *
 * VS1  A transaction is on disk as a whole or not at all, also when the power goes in the midst of it.
 * VS2  What was committed survives the loss of power; on a disk that lies, the last of it may not.
 * VS3  A disk that refuses says why, and nothing of the call happened.
 * VS4  A full disk still takes what makes room, and what fits the room that was made.
 *
 * Stores keep their contents in files: plain objects that outlive the process that opened them.
 */
export type DiskState = "sound" | "full" | "read-only";

/** What a store changes: more room, or no more than it has. */
export type Need = "grow" | "shrink";

/** Contents that can be put back as they were. */
export interface SimFile {
  /** The call puts the contents back as they are now. */
  snapshot(): () => void;
}

/** A disk that lies forgets at most so many transactions: the rest was written back meanwhile. */
const mostUnsynced = 64;

export class SimDisk {
  state: DiskState = "sound";
  /** It says that it wrote when it only promised to. */
  lies = false;
  #unsynced: (() => void)[] = [];
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

  /** Throws when the change cannot be made; then nothing of it was. */
  begin(file: SimFile, path: string, need: Need): void {
    if (this.state === "read-only") throw new FaultError(fault("STORE_READONLY", { path }));
    if (this.state === "full" && need === "grow") {
      throw new FaultError(fault("STORE_FULL", { path }));
    }
    if (this.#cut !== undefined) this.#count("before");
    if (this.lies) this.#remember(file.snapshot());
    else if (this.#unsynced.length > 0) this.#unsynced = [];
  }

  /** The change is made and committed. */
  end(): void {
    if (this.#cut !== undefined) this.#count("after");
  }

  /** The power is gone; a disk that lied loses its last `lost` transactions. */
  losePower(lost = this.#unsynced.length): void {
    this.#cut = undefined;
    const kept = Math.max(0, this.#unsynced.length - lost);
    for (const undo of this.#unsynced.slice(kept).reverse()) undo();
    this.#unsynced = [];
  }

  #remember(undo: () => void): void {
    this.#unsynced.push(undo);
    if (this.#unsynced.length > mostUnsynced) this.#unsynced.shift();
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

export class OpenFile<F extends SimFile> {
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
    const file = this.contents;
    this.#disk.begin(file, this.#path, need);
    return file;
  }

  commit(): void {
    this.#disk.end();
  }

  close(): void {
    this.#closed = true;
  }
}
