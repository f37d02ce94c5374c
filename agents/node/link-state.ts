import type { Instant } from "#src/base/units.ts";
import type { KnownEpoch } from "#src/core/authority/epoch.ts";
import type { ControlInput } from "#src/core/control-io.ts";
import { emptyOutbox, type Outbox } from "#src/core/data/outbox.ts";
import type { LinkInput, LinkMemory } from "#src/core/link-io.ts";
import type { Connecting } from "#src/core/protect/reconnect.ts";
import { emptyInbox, type Inbox } from "./inbox.ts";

export interface LinkState {
  /** "opening" until the disk has answered for the first time. */
  readonly store: "opening" | "up" | "down";
  readonly retryStoreAt: Instant | undefined;
  /** Numbers this run; 0 until the store gave one. */
  readonly boot: number;
  readonly inbox: Inbox;

  readonly uplink: Connecting;
  /** Counts sessions of this run. */
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
  inbox: emptyInbox(memory.numbered, now),
  uplink: {
    bus: "down",
    upSince: undefined,
    reconnectAt: now,
    backoff: { attempt: 0, seed: memory.seed },
  },
  session: 0,
  outbox: emptyOutbox,
  epoch: { epoch: 0, controller: "" },
  waiting: undefined,
  mode: memory.mode,
  askedWake: undefined,
});
