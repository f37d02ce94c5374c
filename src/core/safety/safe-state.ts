import { elapsed, type Instant, type Millis } from "#src/base/units.ts";

/**
 * What an output does while it may not follow its loop.
 *
 * SS1  Every safe state ends in a value that needs nobody: its own, or one of the minimal loop's.
 * SS2  `hold` and `ramp` get there within their time, from wherever the output was. Where that is not
 *      known yet they ask for nothing, and begin when it is; if it never is, they end as soon.
 * SS3  The minimal loop needs no sensor and no message, the clock is enough. It begins with its pause,
 *      for nobody knows how long the machine has run.
 * SS4  One that takes the place of another, or has its output back from somebody stronger, begins anew.
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

/** What an output wants for. */
export type Want = "loop" | "region" | "sensor";

/** Why and when an output left its loop, and from which value, where that is known. */
export interface Entered {
  readonly want: Want;
  readonly at: Instant;
  readonly from: number | undefined;
}

/** The entry that counts now: the last one, unless another begins (SS4), or the value is first known (SS2). */
export function enter(
  last: Entered | undefined,
  want: Want,
  value: number | undefined,
  now: Instant,
): Entered {
  const isSame = last?.want === want && (last.from !== undefined || value === undefined);
  return isSame ? last : { want, at: now, from: value };
}

/** Undefined: what stands is left as it is. */
export function safeValueAt(
  rule: SafeState,
  { at, from }: Entered,
  now: Instant,
): number | undefined {
  const gone = elapsed(at, now);
  switch (rule.kind) {
    case "value":
      return rule.value;
    case "hold":
      return gone < rule.for ? from : rule.value;
    case "ramp":
      if (gone >= rule.over) return rule.value;
      return from === undefined ? undefined : from + ((rule.value - from) * gone) / rule.over;
    case "minimal":
      return gone % (rule.off + rule.on) < rule.off ? rule.low : rule.high;
  }
}
