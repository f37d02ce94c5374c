import { elapsed, type Instant, type Millis } from "#src/base/units.ts";
import type { Log } from "#src/ports/log.ts";

/** What the broker said no to. The set is small, so that the counters are bounded. */
export type Refused = "connection" | "packet" | "client" | "publish" | "subscribe";

export interface Evidence {
  readonly why: string;
  readonly address: string;
  readonly client?: string | undefined;
  readonly topic?: string | undefined;
}

/**
 * RL1  Every refusal counts; of each kind one is written in `every`, with how many were not.
 *      Whoever is refused can come again a thousand times a second.
 */
export class RefusalLog {
  readonly #log: Log;
  readonly #every: Millis;
  readonly #kinds = new Map<Refused, { written: Instant; silent: number }>();
  #count = 0;

  constructor(log: Log, every: Millis) {
    this.#log = log;
    this.#every = every;
  }

  get count(): number {
    return this.#count;
  }

  note(kind: Refused, evidence: Evidence, now: Instant): void {
    this.#count += 1;
    const known = this.#kinds.get(kind);
    if (known !== undefined && elapsed(known.written, now) < this.#every) {
      known.silent += 1;
      return;
    }
    this.#kinds.set(kind, { written: now, silent: 0 });
    const { why, address, client, topic } = evidence;
    const shown = { why, address, client: cut(client), topic: cut(topic) };
    this.#log.warn({ event: `broker.refused.${kind}`, ...shown, unsaid: known?.silent ?? 0 });
  }
}

/** What a stranger calls itself may be long. */
const cut = (text: string | undefined): string | undefined => text?.slice(0, 80);
