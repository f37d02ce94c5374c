import { invariant } from "#src/base/assert.ts";
import { after, type Instant } from "#src/base/units.ts";
import { limits } from "#src/contract/limits.ts";
import type { Place, Stretch } from "#src/contract/samples.ts";

/**
 * What of the buffer is on its way to the region.
 *
 * OB1  Stretches go out oldest first, each from where the last one ended.
 * OB2  At most `limits.batchesInFlight` are without an ack.
 * OB3  Nothing is forgotten but by an ack; an ack never goes beyond what was sent in its boot.
 * OB4  An ack that stays away, or a new session, sends everything unacked again.
 * OB5  What is new waits for company until `dueAt`; what was sent once, or waits since before this
 *      session, does not.
 */
export interface Outbox {
  /** Where the next stretch begins; undefined: at the oldest there is. */
  readonly cursor: Place | undefined;
  readonly inFlight: readonly Sent[];
  /** Whether a `load` is under way, and whether the last one found the end. */
  readonly loading: boolean;
  readonly drained: boolean;
  /** Until when what is new waits; undefined: whatever there is goes out as soon as it may. */
  readonly dueAt: Instant | undefined;
  /** Counts rewinds: a stretch that was asked for before the last one is not sent. */
  readonly round: number;
}

interface Sent {
  readonly boot: number;
  readonly from: number;
  readonly to: number;
  readonly deadline: Instant;
}

export const emptyOutbox: Outbox = {
  cursor: undefined,
  inFlight: [],
  loading: false,
  drained: false,
  dueAt: undefined,
  round: 0,
};

/** A new session, or an ack that stayed away: begin again at the oldest (OB4). */
export const rewind = (outbox: Outbox): Outbox => ({ ...emptyOutbox, round: outbox.round + 1 });

export const mayLoad = (outbox: Outbox, now: Instant): boolean =>
  hasRoom(outbox) && (outbox.dueAt === undefined || now >= outbox.dueAt);

const hasRoom = (outbox: Outbox): boolean =>
  !outbox.loading && !outbox.drained && outbox.inFlight.length < limits.batchesInFlight;

export const loading = (outbox: Outbox): Outbox => ({
  ...outbox,
  loading: true,
  dueAt: undefined,
});

/** There is something new behind the cursor, and it may wait until `due` (OB5). */
export function refilled(outbox: Outbox, due: Instant): Outbox {
  if (outbox.drained) return { ...outbox, drained: false, dueAt: due };
  if (outbox.dueAt === undefined || outbox.dueAt <= due) return outbox;
  return { ...outbox, dueAt: due };
}

export function sent(outbox: Outbox, stretch: Stretch | undefined, now: Instant): Outbox {
  if (stretch === undefined) return { ...outbox, loading: false, drained: true };
  invariant(stretch.from <= stretch.to, "a stretch is not empty");
  return {
    ...outbox,
    cursor: { boot: stretch.boot, seq: stretch.to },
    inFlight: [
      ...outbox.inFlight,
      {
        boot: stretch.boot,
        from: stretch.from,
        to: stretch.to,
        deadline: after(now, limits.ackTimeout),
      },
    ],
    loading: false,
    drained: false,
  };
}

/**
 * What the ack lets go: never more than was sent (OB3), undefined when nothing. A region that holds
 * more than was sent in this round has it from an earlier one; it will ack it again.
 */
export function acked(
  outbox: Outbox,
  ack: { readonly boot: number; readonly upTo: number },
): { readonly outbox: Outbox; readonly forget: number | undefined } {
  const ofBoot = outbox.inFlight.filter((one) => one.boot === ack.boot);
  const upTo = Math.min(ack.upTo, ofBoot.at(-1)?.to ?? 0);
  if (ofBoot[0] === undefined || upTo < ofBoot[0].from) return { outbox, forget: undefined };
  const inFlight = outbox.inFlight.filter((one) => one.boot !== ack.boot || one.to > upTo);
  return { outbox: { ...outbox, inFlight }, forget: upTo };
}

/** What was sent first is missed first. */
export function overdue({ inFlight }: Outbox, now: Instant): boolean {
  const [first] = inFlight;
  return first !== undefined && now >= first.deadline;
}

/** When to look again: an ack is missed, or what waits is due. */
export function nextDeadline(outbox: Outbox): Instant | undefined {
  const ack = outbox.inFlight[0]?.deadline;
  const { dueAt } = outbox;
  if (dueAt === undefined || !hasRoom(outbox)) return ack;
  return ack !== undefined && ack < dueAt ? ack : dueAt;
}
