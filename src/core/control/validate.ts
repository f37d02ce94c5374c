import { elapsed, type Instant, type Millis } from "#src/base/units.ts";
import type { Reading } from "#src/contract/image.ts";
import type { Quality } from "#src/contract/messages.ts";

export interface Plausible {
  readonly min: number;
  readonly max: number;
  readonly maxAge: Millis;
}

export interface Validated {
  readonly value: number;
  readonly quality: Quality;
  readonly age: Millis;
}

/** What a reading is worth now. A value that is not good is shown to people, never to a loop. */
export function validate(rule: Plausible, reading: Reading, now: Instant): Validated {
  const age = elapsed(reading.at, now);
  return { value: reading.value, quality: qualityOf(rule, reading, age), age };
}

function qualityOf(rule: Plausible, reading: Reading, age: Millis): Quality {
  if (reading.quality === "bad" || !Number.isFinite(reading.value)) return "bad";
  if (age > rule.maxAge) return "stale";
  return reading.value < rule.min || reading.value > rule.max ? "range" : "good";
}
