import { setTimeout as pause } from "node:timers/promises";

export interface Patience {
  /** Milliseconds. */
  readonly within?: number;
  readonly every?: number;
  /** Said in addition when the time is over. */
  readonly evidence?: () => unknown;
}

/** Looks again and again until it finds something. Rejects with the claim when the time is over. */
export async function until<T>(
  claim: string,
  look: () => T | undefined | false | Promise<T | undefined | false>,
  { within = 20_000, every = 100, evidence }: Patience = {},
): Promise<T> {
  const began = performance.now();
  for (;;) {
    const found = await look();
    if (found !== undefined && found !== false) return found;
    if (performance.now() - began > within) {
      const seen = evidence === undefined ? "" : `\n${sayEvidence(evidence())}`;
      throw new Error(`not within ${within} ms: ${claim}${seen}`);
    }
    await pause(every);
  }
}

const sayEvidence = (seen: unknown): string =>
  typeof seen === "string" ? seen : JSON.stringify(seen, undefined, 1);
