import type { Powers } from "./powers.ts";
import type { Terminal } from "./terminal.ts";

/** What a verb works with; it gives back the exit code. */
export interface Shell {
  readonly powers: Powers;
  readonly terminal: Terminal;
}

export interface JsonOption {
  readonly json?: true;
}
