import type { Instant } from "#src/base/units.ts";
import type { Quality } from "./messages.ts";

/** One value as a device gave it. */
export interface Reading {
  readonly value: number;
  /** "good" or "bad" from the driver; the rest is found by validation. */
  readonly quality: Quality;
  /** When the device answered. */
  readonly at: Instant;
}

/** All signals at one moment, in the order of the configuration; it does not change in a cycle. */
export interface Image {
  readonly inputs: readonly Reading[];
  /** What the outputs read back. */
  readonly outputs: readonly Reading[];
}
