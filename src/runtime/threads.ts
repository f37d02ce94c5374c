import type { Fault } from "#src/base/fault.ts";
import type { Millis } from "#src/base/units.ts";
import type { JournalKept } from "#src/contract/journal.ts";
import type { ControlStatus, Explanation } from "#src/contract/query.ts";
import type { SafetyMemory } from "#src/contract/safety-memory.ts";
import type { ControlInput, ControlRow, ModeState } from "#src/core/control-io.ts";

/** What the control thread and the link thread of a node say to each other; plain data only. */
export type ToLink =
  /** `shed` counts points that had to give way since the row before it. */
  | { readonly kind: "row"; readonly row: ControlRow; readonly shed: number }
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
  | { readonly kind: "report"; readonly fault: Fault }
  | { readonly kind: "deviceFound"; readonly device: string }
  | { readonly kind: "told"; readonly id: string; readonly told: Told }
  | { readonly kind: "stopped" };

export type ToControl =
  | { readonly kind: "input"; readonly input: ControlInput }
  | { readonly kind: "ask"; readonly id: string; readonly about: About }
  | { readonly kind: "stop" };

export type About =
  | { readonly kind: "status" }
  | { readonly kind: "why"; readonly output: string }
  | { readonly kind: "journal" };

export type Told =
  | { readonly kind: "status"; readonly status: ControlStatus }
  | { readonly kind: "why"; readonly explanation: Explanation | undefined }
  | { readonly kind: "journal"; readonly outcome: JournalKept | Fault };

/** A message, or the receiver's word that it took one. */
export type Frame<T> = { readonly message: T } | { readonly ack: true };

export const ack = { ack: true } as const;
