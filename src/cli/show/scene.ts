import type { Paint } from "../paint.ts";

/** Where and when a report is drawn. */
export interface Scene {
  /** Milliseconds since 1970 UTC. */
  readonly now: number;
  /** Minutes east of UTC at a moment. */
  readonly offset: (at: number) => number;
  /** Columns of the screen; undefined where nothing is folded or cut. */
  readonly width: number | undefined;
  readonly paint: Paint;
}
