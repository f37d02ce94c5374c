import { FaultError, fault } from "#src/base/fault.ts";
import { type Millis, millis, type WallTime } from "#src/base/units.ts";
import { nothingLatched, type SafetyMemory } from "#src/contract/safety-memory.ts";
import type { NodeState, StateStore } from "#src/ports/state-store.ts";
import { type Holder, OpenFile, type SimDisk } from "./sim-disk.ts";

/** The contents of a state.db. */
export class StateFile {
  boot = 0;
  epoch = 0;
  controller = "";
  isolatedFor: Millis = millis(0);
  safety: SafetyMemory = nothingLatched;
  /** Who has it open. */
  holder: Holder | undefined;

  /** What a copy of the disk holds, for a machine that is a clone of this one. */
  copy(): StateFile {
    const { boot, epoch, controller, isolatedFor, safety } = this;
    return Object.assign(new StateFile(), { boot, epoch, controller, isolatedFor, safety });
  }
}

const path = "state.db";

export interface StateStoreParts {
  readonly file: StateFile;
  readonly disk: SimDisk;
  readonly holder: Holder;
  readonly now: WallTime;
}

/** What is in a file that cannot be opened. */
export const peekSimState = ({
  boot,
  epoch,
  controller,
  isolatedFor,
  safety,
}: StateFile): NodeState => ({ hasRun: boot > 0, epoch, controller, isolatedFor, safety });

/** The StateStore port over a file that lives in memory. */
export class SimStateStore implements StateStore, Holder {
  readonly #parts: StateStoreParts;
  readonly #open: OpenFile<StateFile>;
  #isOpen = true;

  /** Throws STORE_LOCKED while another holds the file, and STORE_READONLY. */
  constructor(parts: StateStoreParts) {
    const { file, disk, holder } = parts;
    if (file.holder?.alive === true) throw new FaultError(fault("STORE_LOCKED", { path }));
    disk.open(path);
    file.holder = this;
    this.#parts = parts;
    this.#open = new OpenFile(file, disk, path, holder);
  }

  /** Whether it holds the file. */
  get alive(): boolean {
    return this.#isOpen && this.#parts.holder.alive;
  }

  begin(): number {
    const { file, now } = this.#parts;
    this.#change((memory) => {
      memory.boot = Math.max(memory.boot + 1, Math.floor(now / 1_000));
    });
    return file.boot;
  }

  read(): NodeState {
    return peekSimState(this.#open.contents);
  }

  keepEpoch(epoch: number, controller: string): void {
    this.#change((memory) => {
      if (epoch <= memory.epoch) return;
      memory.epoch = epoch;
      memory.controller = controller;
    });
  }

  keepIsolation(isolatedFor: Millis): void {
    this.#change((memory) => {
      memory.isolatedFor = millis(Math.round(isolatedFor));
    });
  }

  keepSafety(safety: SafetyMemory): void {
    this.#change((memory) => {
      memory.safety = safety;
    });
  }

  close(): void {
    this.#isOpen = false;
    this.#open.close();
  }

  #change(how: (file: StateFile) => void): void {
    how(this.#open.begin("shrink"));
    this.#open.commit();
  }
}
