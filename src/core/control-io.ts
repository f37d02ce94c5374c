import type { Fault } from "#src/base/fault.ts";
import { type Instant, type Millis, millis, type WallTime } from "#src/base/units.ts";
import type { Image } from "#src/contract/image.ts";
import type { Mode, Quality } from "#src/contract/messages.ts";
import { nothingLatched, type SafetyMemory } from "#src/contract/safety-memory.ts";

/** What goes into and comes out of the control agent, which owns devices, loops and safety. */

/** All series of the plan at one instant, in the plan's order. */
export interface ControlRow {
  readonly at: Instant;
  /** NaN where there is none. */
  readonly values: readonly number[];
  /** Undefined where all are good. */
  readonly qualities: readonly Quality[] | undefined;
}

/** What the node's state database kept of the last run. */
export interface ControlMemory {
  /** The node ran before this, and its last words may have died unwritten. */
  readonly hasRun: boolean;
  /** Highest epoch ever obeyed; 0 when the node never had a region. */
  readonly epoch: number;
  /** How long it had been without a lease when that was last written down. */
  readonly isolatedFor: Millis;
  /** The agent failed in this run, and each output was ordered to this then; undefined: left as it was. */
  readonly failed?: readonly (number | undefined)[] | undefined;
  readonly safety: SafetyMemory;
  /** Names this run of the computer: the same name, the same monotonic clock. "" is no name. */
  readonly computer: string;
}

/** What is known of the outputs when nobody decides any more. */
export interface LastKnown {
  readonly safety: SafetyMemory;
  /** What each was ordered last; undefined before that. */
  readonly written: readonly (number | undefined)[];
  readonly image: Image;
}

/** Of a node that never ran. */
export const blankMemory: ControlMemory = {
  hasRun: false,
  epoch: 0,
  isolatedFor: millis(0),
  safety: nothingLatched,
  computer: "",
};

/** A setpoint from outside the loop's own configuration: always with an owner, a reason, an end. */
export interface Grant {
  readonly id: string;
  readonly loop: string;
  readonly value: number;
  readonly for: Millis;
  readonly owner: string;
  readonly reason: string;
}

export interface ModeState {
  readonly mode: Mode;
  readonly since: Instant;
  readonly reason: string;
}

export type ControlInput =
  /** What the disk knew of earlier runs, where it could be read only after the start. */
  | { readonly kind: "recall"; readonly memory: ControlMemory }
  | {
      readonly kind: "cycle";
      /** Indices of the loops whose time has come, with how late each is. */
      readonly due: readonly number[];
      readonly lateness: readonly Millis[];
      readonly image: Image;
      readonly wall: WallTime;
    }
  /** The region's authority; its epoch is on disk already. */
  | {
      readonly kind: "lease";
      readonly controller: string;
      readonly epoch: number;
      readonly ttl: Millis;
    }
  /** A setpoint of the region, good while the lease is. */
  | { readonly kind: "grant"; readonly grant: Grant }
  /** A setpoint by a person at the node; needs no region. */
  | { readonly kind: "override"; readonly grant: Grant }
  | { readonly kind: "release"; readonly id: string; readonly loop: string }
  /** A person says what an output is to be, in place of its loop. */
  | {
      readonly kind: "force";
      readonly id: string;
      readonly output: string;
      readonly value: number;
      readonly for: Millis;
      readonly owner: string;
      readonly reason: string;
    }
  /** A person takes an output, or all, out of service, or back into it, and off any hand. */
  | {
      readonly kind: "kill" | "revive";
      readonly id: string;
      readonly output: string | undefined;
      readonly owner: string;
      readonly reason: string;
      readonly wall: WallTime;
    }
  /** A person has a loop swing its process to learn its parameters. */
  | {
      readonly kind: "tune";
      readonly id: string;
      readonly method: "relay" | "step";
      readonly loop: string;
      /** Of the output: to either side, or of the one step. */
      readonly amplitude: number;
      /** Of the process value, to either side. */
      readonly hysteresis: number;
      readonly longest: Millis;
      readonly owner: string;
      readonly reason: string;
    }
  | { readonly kind: "tuneStop"; readonly id: string; readonly loop: string }
  /** A person lets a latched interlock go. */
  | {
      readonly kind: "reset";
      readonly id: string;
      readonly interlock: string;
      readonly owner: string;
      readonly reason: string;
    };

export type ControlEffect =
  | { readonly kind: "actuate"; readonly output: number; readonly value: number }
  | { readonly kind: "record"; readonly row: ControlRow }
  | { readonly kind: "mode"; readonly mode: ModeState }
  | { readonly kind: "remember"; readonly isolatedFor: Millis }
  | { readonly kind: "rememberSafety"; readonly safety: SafetyMemory }
  /** The same, with what was recalled in it. */
  | { readonly kind: "recalled"; readonly safety: SafetyMemory }
  /** To the region, about its setpoint. */
  | {
      readonly kind: "answer";
      readonly id: string;
      readonly loop: string;
      readonly refused: Fault | undefined;
    }
  /** To a person at the node. */
  | { readonly kind: "reply"; readonly id: string; readonly refused: Fault | undefined }
  | { readonly kind: "report"; readonly fault: Fault };
