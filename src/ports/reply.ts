import type { Answer } from "#src/contract/query.ts";

/** The way back to one who asked something of a running process. */
export interface Reply {
  /** Ends the conversation; said once. */
  answer(answer: Answer): void;
  /** One more line of a `tail`. */
  line(line: unknown): void;
  /** Runs when the client has gone, at once if it has gone already. */
  onClose(run: () => void): void;
}
