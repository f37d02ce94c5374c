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

/**
 * The StateStore port over a file that lives in memory. Throws STORE_LOCKED while another holds it, and
 * STORE_READONLY.
 */
export function openSimStateStore({ file, disk, holder, now }: StateStoreParts): StateStore {
  const path = "state.db";
  if (file.holder?.alive === true) throw new FaultError(fault("STORE_LOCKED", { path }));
  disk.open(path);
  const held: Holder & { alive: boolean } = {
    get alive() {
      return isOpen && holder.alive;
    },
  };
  let isOpen = true;
  file.holder = held;
  const open = new OpenFile(file, disk, path, holder);
  const change = (how: (file: StateFile) => void): void => {
    how(open.begin("shrink"));
    open.commit();
  };
  return {
    begin() {
      change((memory) => {
        memory.boot = Math.max(memory.boot + 1, Math.floor(now / 1_000));
      });
      return file.boot;
    },
    read: () => peekSimState(open.contents),
    keepEpoch(epoch, controller) {
      change((memory) => {
        if (epoch <= memory.epoch) return;
        memory.epoch = epoch;
        memory.controller = controller;
      });
    },
    keepIsolation(isolatedFor) {
      change((memory) => {
        memory.isolatedFor = millis(Math.round(isolatedFor));
      });
    },
    keepSafety(safety) {
      change((memory) => {
        memory.safety = safety;
      });
    },
    close() {
      isOpen = false;
      open.close();
    },
  };
}
