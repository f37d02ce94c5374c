import type { Instant } from "#src/base/units.ts";
import type { Sample } from "#src/contract/samples.ts";
import type { KnownEpoch } from "#src/core/authority/epoch.ts";
import type { ControlInput } from "#src/core/control-io.ts";
import { emptyOutbox, type Outbox } from "#src/core/data/outbox.ts";
import type { LinkInput, LinkMemory } from "#src/core/link-io.ts";
import type { Connecting } from "#src/core/protect/reconnect.ts";

export interface LinkState extends Connecting {
  /** "opening" until the disk has answered for the first time. */
  readonly store: "opening" | "up" | "down";
  readonly retryStoreAt: Instant | undefined;
  /** Numbers this run; 0 until the store gave one. */
  readonly boot: number;
  readonly nextSeq: number;
  /** Measured, not yet on disk, oldest first; how many of them the transaction under way takes. */
  readonly pending: readonly Sample[];
  readonly appending: number;
  /** The next transaction begins no earlier. */
  readonly flushFrom: Instant;
  /** How many were dropped before the oldest pending one. */
  readonly shed: number;
  /** Samples on disk, of all boots. */
  readonly buffered: number;
  readonly evicting: boolean;
  /** The process is about to end: nothing waits for its second. */
  readonly stopping: boolean;

  readonly session: number;
  readonly outbox: Outbox;

  readonly epoch: KnownEpoch;
  /** A lease whose epoch is on its way to the disk. */
  readonly waiting: Extract<ControlInput, { kind: "lease" }> | undefined;
  readonly mode: Extract<LinkInput, { kind: "mode" }> | undefined;
  readonly askedWake: Instant | undefined;
}

export const emptyLink = (memory: LinkMemory, now: Instant): LinkState => ({
  store: "opening",
  retryStoreAt: undefined,
  boot: 0,
  nextSeq: memory.numbered + 1,
  pending: [],
  appending: 0,
  flushFrom: now,
  shed: 0,
  buffered: 0,
  evicting: false,
  stopping: false,
  bus: "down",
  session: 0,
  upSince: undefined,
  reconnectAt: now,
  backoff: { attempt: 0, seed: memory.seed },
  outbox: emptyOutbox,
  epoch: { epoch: 0, controller: "" },
  waiting: undefined,
  mode: memory.mode,
  askedWake: undefined,
});
