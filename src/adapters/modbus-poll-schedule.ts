import { after, elapsed, type Instant, millis } from "#src/base/units.ts";
import { type ReadRequest, type Signal, splitRequest } from "./modbus-poll-plan.ts";

/**
 * When each request of one device is due.
 *
 * PS1  Polls lie on start + k · period; those that were missed are skipped, never caught up.
 * PS2  What has waited longest is next, so that no request starves another.
 * PS3  A request that is urged is due once more at once, and its schedule stays where it is.
 */
export class PollSchedule {
  #entries: Entry[];

  constructor(plan: readonly ReadRequest[], start: Instant) {
    this.#entries = plan.map((request) => fresh(request, start));
  }

  /** Every request had an answer since the start. */
  get complete(): boolean {
    return this.#entries.every(({ answered }) => answered);
  }

  /** When the next request is due; undefined without requests. */
  next(): Instant | undefined {
    return this.#longest()?.at;
  }

  /** The request that has been due longest; undefined when none is due yet. */
  take(now: Instant): ReadRequest | undefined {
    const longest = this.#longest();
    if (longest === undefined || longest.at > now) return undefined;
    const { entry } = longest;
    entry.urged = undefined;
    if (entry.next <= now) {
      const { period } = entry.request;
      const behind = Math.floor(elapsed(entry.next, now) / period);
      entry.next = after(entry.next, millis((behind + 1) * period));
    }
    return entry.request;
  }

  answered(request: ReadRequest): void {
    for (const entry of this.#entries) if (entry.request === request) entry.answered = true;
  }

  /** Makes a request due once more at once (PS3). */
  again(request: ReadRequest, now: Instant): void {
    this.#urge((entry) => entry.request === request, now);
  }

  /** The same for the request that reads this output back. */
  readBack(output: number, now: Instant): void {
    const isIt = ({ list, index }: Signal): boolean => list === "outputs" && index === output;
    this.#urge(({ request }) => request.signals.some(isIt), now);
  }

  /** Puts smaller requests in the place of one that was refused, due now. */
  split(request: ReadRequest, now: Instant): void {
    this.#entries = this.#entries.flatMap((entry) =>
      entry.request === request
        ? splitRequest(request).map((piece) => ({ ...fresh(piece, entry.next), urged: now }))
        : [entry],
    );
  }

  #urge(which: (entry: Entry) => boolean, now: Instant): void {
    for (const entry of this.#entries) if (which(entry)) entry.urged ??= now;
  }

  #longest(): { readonly entry: Entry; readonly at: Instant } | undefined {
    let longest: { entry: Entry; at: Instant } | undefined;
    for (const entry of this.#entries) {
      const at = Math.min(entry.next, entry.urged ?? entry.next) as Instant;
      if (longest === undefined || at < longest.at) longest = { entry, at };
    }
    return longest;
  }
}

interface Entry {
  readonly request: ReadRequest;
  /** On the schedule. */
  next: Instant;
  /** Due at once, since then. */
  urged: Instant | undefined;
  answered: boolean;
}

const fresh = (request: ReadRequest, next: Instant): Entry => ({
  request,
  next,
  urged: undefined,
  answered: false,
});
