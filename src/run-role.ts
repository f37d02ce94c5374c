import type { Log } from "#src/ports/log.ts";

/** What every role is given to run with. */
export interface RoleParts {
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly version: string;
  readonly log: Log;
  /** The file that starts a thread of this program. */
  readonly entry: string;
  /** Resolves with the reason when it is time to stop. */
  readonly stop: Promise<string>;
}
