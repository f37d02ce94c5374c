import type { Fault } from "#src/base/fault.ts";
import type { Instant, WallTime } from "#src/base/units.ts";
import type { Mode } from "#src/contract/messages.ts";
import type { Intake, Place, Row, Stretch } from "#src/contract/samples.ts";
import type { Message } from "#src/contract/topics.ts";
import type { ControlInput } from "./control-io.ts";

/** What goes into and comes out of the link agent, which owns buffer, uplink and the lease's epoch. */

export interface LinkMemory {
  /** Chance for backoff. */
  readonly seed: number;
  /** Highest number given out in this run; 0 before the first. */
  readonly numbered: number;
  /** What the control thread said last. */
  readonly mode: Extract<LinkInput, { kind: "mode" }> | undefined;
}

export type LinkInput =
  | { readonly kind: "wake" }
  /** The process is about to end in order: put on disk what waits, say good-bye. */
  | { readonly kind: "stop" }
  /**
   * Disk works: `boot` numbers this run and is written down; with it the highest epoch ever obeyed
   * and who held it, 0 and "" when none.
   */
  | {
      readonly kind: "storeUp";
      readonly boot: number;
      readonly buffered: number;
      readonly epoch: number;
      readonly controller: string;
    }
  | { readonly kind: "storeDown"; readonly fault: Fault }
  | { readonly kind: "busUp" }
  | { readonly kind: "busDown"; readonly fault: Fault }
  | { readonly kind: "message"; readonly message: Message }
  /** From the control thread; `shed` counts what its full queue had to drop before these. */
  | { readonly kind: "rows"; readonly rows: readonly Row[]; readonly shed: number }
  /** On disk; `buffered` counts all that is now there. */
  | { readonly kind: "appended"; readonly upTo: number; readonly buffered: number }
  | { readonly kind: "evicted"; readonly count: number; readonly buffered: number }
  | { readonly kind: "loaded"; readonly round: number; readonly stretch: Stretch | undefined }
  /** What the disk knows now, which is higher than what it was given where it knew better. */
  | { readonly kind: "epochKept"; readonly epoch: number; readonly controller: string }
  | {
      readonly kind: "mode";
      readonly mode: Mode;
      readonly reason: string;
      readonly since: WallTime;
    }
  | {
      readonly kind: "answer";
      readonly id: string;
      readonly loop: string;
      readonly refused: Fault | undefined;
    };

export type LinkEffect =
  | { readonly kind: "openStore" }
  | { readonly kind: "append"; readonly intake: Intake }
  /** The next stretch after this place; the oldest there is when undefined. */
  | {
      readonly kind: "load";
      readonly round: number;
      readonly after: Place | undefined;
      readonly limit: number;
    }
  /** Makes a tombstone of the oldest. */
  | { readonly kind: "evict"; readonly count: number }
  | { readonly kind: "forget"; readonly boot: number; readonly upTo: number }
  | { readonly kind: "keepEpoch"; readonly epoch: number; readonly controller: string }
  | { readonly kind: "connect"; readonly will: Message }
  | { readonly kind: "publish"; readonly message: Message }
  | { readonly kind: "control"; readonly input: ControlInput }
  | { readonly kind: "wake"; readonly at: Instant }
  | { readonly kind: "report"; readonly fault: Fault };
