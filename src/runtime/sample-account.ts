import { type Row, samplesIn } from "#src/contract/samples.ts";
import type { LinkInput } from "#src/core/link-io.ts";

/**
 * Samples on their way from the control thread to their numbers.
 *
 * SA1  A sample that came in gets a number, waits, or is missed; what is missed goes as shed before
 *      the next samples that are taken, so that it gets its numbers and a tombstone (law 4).
 */
export class SampleAccount {
  readonly #offer: (input: LinkInput) => boolean;
  #owed = 0;
  #numbered = 0;
  #missed = 0;

  constructor(offer: (input: LinkInput) => boolean) {
    this.#offer = offer;
  }

  /** Highest number given out in this run. */
  get numbered(): number {
    return this.#numbered;
  }

  /** Hands on what came, and what was missed before it. */
  receive(rows: readonly Row[], shed: number): void {
    const missed = this.#missed + shed;
    const count = samplesIn(rows) + missed;
    if (count === 0) return;
    this.#owed += count;
    this.#missed = 0;
    if (this.#offer({ kind: "rows", rows, shed: missed })) return;
    this.#owed -= count;
    this.#missed = count;
  }

  /** Everything up to `upTo` is on disk. */
  kept(upTo: number): void {
    this.#numbered = Math.max(this.#numbered, upTo);
  }

  /** What only the agent knew that failed is missed; returns how much. `waiting` is safe. */
  forgotten(waiting: readonly LinkInput[]): number {
    const waits = waiting.reduce((sum, one) => sum + countOf(one), 0);
    const count = this.#owed - this.#numbered - waits;
    if (count <= 0) return 0;
    this.#owed -= count;
    this.#missed += count;
    return count;
  }
}

const countOf = (input: LinkInput): number =>
  input.kind === "rows" ? samplesIn(input.rows) + input.shed : 0;
