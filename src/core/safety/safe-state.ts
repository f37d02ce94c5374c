import { elapsed, type Instant, type Millis } from "#src/base/units.ts";

/**
 * What an output does while it may not follow its loop.
 *
 * SS1  Every safe state ends in a value that needs nobody: its own, or one of the minimal loop's.
 * SS2  `hold` and `ramp` get there within their time, from wherever the output was.
 * SS3  The minimal loop needs no sensor and no message, the clock is enough. It begins with its pause,
 *      for nobody knows how long the machine has run.
 */
export type SafeState =
  | { readonly kind: "value"; readonly value: number }
  | { readonly kind: "hold"; readonly for: Millis; readonly value: number }
  | { readonly kind: "ramp"; readonly over: Millis; readonly value: number }
  | {
      readonly kind: "minimal";
      readonly on: Millis;
      readonly off: Millis;
      readonly high: number;
      readonly low: number;
    };

/** When an output left its loop, and from which value. */
export interface Entered {
  readonly at: Instant;
  readonly from: number;
}

export function safeValueAt(rule: SafeState, { at, from }: Entered, now: Instant): number {
  const gone = elapsed(at, now);
  switch (rule.kind) {
    case "value":
      return rule.value;
    case "hold":
      return gone < rule.for ? from : rule.value;
    case "ramp":
      return gone >= rule.over ? rule.value : from + ((rule.value - from) * gone) / rule.over;
    case "minimal":
      return gone % (rule.off + rule.on) < rule.off ? rule.low : rule.high;
  }
}
