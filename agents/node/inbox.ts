import { after, type Instant, instant } from "#src/base/units.ts";
import { limits } from "#src/contract/limits.ts";
import type { Intake, Sample } from "#src/contract/samples.ts";

/** From the control thread to the disk: numbering, grouping into transactions, and what is shed. */
export interface Inbox {
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
}

export const emptyInbox = (numbered: number, now: Instant): Inbox => ({
  nextSeq: numbered + 1,
  pending: [],
  appending: 0,
  flushFrom: now,
  shed: 0,
  buffered: 0,
  evicting: false,
  stopping: false,
});

/** Nothing that was under way before will be answered. */
export const storeUp = (inbox: Inbox, buffered: number): Inbox => ({
  ...inbox,
  buffered,
  appending: 0,
  evicting: false,
});

/** L2: beyond the bound the oldest that no transaction holds is dropped, and counted. */
export function receive(inbox: Inbox, samples: readonly Sample[], shed: number): Inbox {
  const all = inbox.pending.length === 0 ? samples : [...inbox.pending, ...samples];
  const excess = Math.max(0, all.length - limits.pendingPoints);
  const held = Math.min(inbox.appending, limits.pendingPoints);
  return {
    ...inbox,
    pending: excess === 0 ? all : [...all.slice(0, held), ...all.slice(held + excess)],
    shed: inbox.shed + shed + excess,
  };
}

/** When the samples that wait may go to the disk: at once, but no sooner after the last ones than that. */
export function flushAt(inbox: Inbox): Instant | undefined {
  const { appending, pending, shed, stopping, flushFrom } = inbox;
  if (appending > 0 || pending.length + shed === 0) return undefined;
  return stopping ? instant(0) : flushFrom;
}

/** What goes to the disk now; undefined when nothing may. */
export function flush(
  inbox: Inbox,
  boot: number,
  now: Instant,
): { readonly inbox: Inbox; readonly intake: Intake } | undefined {
  const at = flushAt(inbox);
  const { pending, shed, nextSeq } = inbox;
  if (at === undefined || (now < at && pending.length < limits.flushPoints)) return undefined;
  const samples =
    pending.length <= limits.flushPoints ? pending : pending.slice(0, limits.flushPoints);
  const flushFrom = after(now, limits.flushEvery);
  return {
    inbox: { ...inbox, appending: samples.length, flushFrom },
    intake: { boot, from: nextSeq, shed, samples },
  };
}

/** The transaction is on disk up to `upTo`; what came while it ran waits for the next. */
export function appended(inbox: Inbox, upTo: number, buffered: number): Inbox {
  // What an agent before this one had asked for: its numbers are known already.
  if (upTo < inbox.nextSeq) return { ...inbox, buffered };
  const pending = inbox.pending.slice(inbox.appending);
  const buried = upTo - (inbox.nextSeq - 1) - inbox.appending;
  return {
    ...inbox,
    pending,
    appending: 0,
    shed: inbox.shed - buried,
    nextSeq: upTo + 1,
    buffered,
  };
}
