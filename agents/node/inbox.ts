import { after, type Instant, instant } from "#src/base/units.ts";
import { limits } from "#src/contract/limits.ts";
import { type Intake, type Row, samplesIn } from "#src/contract/samples.ts";

/** From the control thread to the disk: numbering, grouping into transactions, and what is shed. */
export interface Inbox {
  readonly nextSeq: number;
  /** Measured, not yet on disk, oldest first; the transaction under way has the first of them. */
  readonly pending: readonly Row[];
  readonly appending: Intake | undefined;
  /** The next transaction begins no earlier. */
  readonly flushFrom: Instant;
  /** How many samples were dropped before the oldest pending one. */
  readonly shed: number;
  /** Samples on disk, of all boots. */
  readonly buffered: number;
  readonly evicting: boolean;
  /** The process is about to end: nothing waits for its second. */
  readonly stopping: boolean;
}

type Flushed = Inbox & { readonly appending: Intake };

export const emptyInbox = (numbered: number, now: Instant): Inbox => ({
  nextSeq: numbered + 1,
  pending: [],
  appending: undefined,
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
  appending: undefined,
  evicting: false,
});

/** L2: beyond the bound the oldest that no transaction holds is dropped, and counted. */
export function receive(inbox: Inbox, rows: readonly Row[], shed: number): Inbox {
  const all = inbox.pending.length === 0 ? rows : [...inbox.pending, ...rows];
  const held = inbox.appending?.rows.length ?? 0;
  const excess = samplesIn(all) - limits.pendingPoints;
  let dropped = 0;
  let end = held;
  for (; dropped < excess && end < all.length; end += 1) dropped += (all[end] as Row).values.length;
  return {
    ...inbox,
    pending: end === held ? all : [...all.slice(0, held), ...all.slice(end)],
    shed: inbox.shed + shed + dropped,
  };
}

/** When what waits may go to the disk: at once, but no sooner after the last ones than that. */
export function flushAt(inbox: Inbox): Instant | undefined {
  const { appending, pending, shed, stopping, flushFrom } = inbox;
  if (appending !== undefined || pending.length + shed === 0) return undefined;
  return stopping ? instant(0) : flushFrom;
}

/** With what goes to the disk now in `appending`; undefined when nothing may. */
export function flush(inbox: Inbox, boot: number, now: Instant): Flushed | undefined {
  const at = flushAt(inbox);
  const { pending, shed, nextSeq: from } = inbox;
  if (at === undefined || (now < at && samplesIn(pending) < limits.flushPoints)) return undefined;
  const appending = { boot, from, shed, rows: firstOf(pending) };
  return { ...inbox, appending, flushFrom: after(now, limits.flushEvery) };
}

/** As many of the oldest as fit one transaction; one in any case. */
function firstOf(pending: readonly Row[]): readonly Row[] {
  let count = 0;
  let end = 0;
  for (; end < pending.length; end += 1) {
    count += (pending[end] as Row).values.length;
    if (end > 0 && count > limits.flushPoints) break;
  }
  return end === pending.length ? pending : pending.slice(0, end);
}

/** The transaction is on disk up to `upTo`; what came while it ran waits for the next. */
export function appended(inbox: Inbox, upTo: number, buffered: number): Inbox {
  const { appending } = inbox;
  // What an agent before this one had asked for: its numbers are given out, and nothing that waits has one.
  if (appending === undefined || upTo < inbox.nextSeq) {
    return { ...inbox, nextSeq: Math.max(inbox.nextSeq, upTo + 1), buffered };
  }
  return {
    ...inbox,
    pending: inbox.pending.slice(appending.rows.length),
    appending: undefined,
    shed: inbox.shed - appending.shed,
    nextSeq: upTo + 1,
    buffered,
  };
}
