import { z } from "zod";
import { type Millis, millis, minutes } from "#src/base/units.ts";
import { id } from "./config-ids.ts";
import { because, quote } from "./config-problem.ts";
import { durationOr, parseDuration, parseQuantity, type Quantity, quantity } from "./quantity.ts";

/** What a site file says of the safe side of its outputs. */

/** The catalogue of safe states, as it is said. */
export type SafeStateSaid =
  | { readonly kind: "deenergize" | "safe" }
  | { readonly kind: "value"; readonly value: Quantity }
  | { readonly kind: "hold" | "ramp"; readonly for: Millis }
  | { readonly kind: "cycle"; readonly on: Millis; readonly off: Millis };

const words = {
  deenergize: "deenergize (0)",
  safe: "safe (its safe value)",
  value: "value 20 %",
  hold: "hold 10m (then its safe value)",
  ramp: "ramp 30s (to its safe value)",
  cycle: "cycle 6m on 12m off (by the clock, without any sensor)",
};
const forms = Object.values(words).join(", ");
const forgotten = ["hold", "value", "cycle"];

function parseSafeState(text: string): SafeStateSaid | undefined {
  const [word = "", ...rest] = text.trim().split(/\s+/);
  const behind = rest.join(" ");
  if ((word === "deenergize" || word === "safe") && behind === "") return { kind: word };
  if (word === "value") {
    const value = parseQuantity(behind);
    return value === undefined ? undefined : { kind: word, value };
  }
  if (word === "hold" || word === "ramp") {
    const length = lengthOf(behind);
    return length === undefined ? undefined : { kind: word, for: length };
  }
  const cycle = /^(.+) on (.+) off$/.exec(behind);
  const [on, off] = [lengthOf(cycle?.[1] ?? ""), lengthOf(cycle?.[2] ?? "")];
  return word === "cycle" && on !== undefined && off !== undefined
    ? { kind: word, on, off }
    : undefined;
}

/** Longer than a day is no state to be safe in. */
function lengthOf(text: string): Millis | undefined {
  const length = parseDuration(text);
  return length !== undefined && length >= 100 && length <= minutes(24 * 60) ? length : undefined;
}

/**
 * The form of a value that is one of several words with something behind them. `words` are those that people
 * forget: 3m in place of after 3m.
 */
function said<T>(
  reason: string,
  parse: (text: string) => T | undefined,
  remedy: string,
  words: readonly string[],
) {
  return z
    .string()
    .transform((text, context): T => {
      const read = parse(text);
      if (read !== undefined) return read;
      const meant = words
        .map((word) => `${word} ${text.trim()}`)
        .find((whole) => parse(whole) !== undefined);
      const wanted = meant === undefined ? `write one of: ${remedy}` : `write ${meant}`;
      context.addIssue({
        code: "custom",
        message: `${quote(text)} is none of them`,
        params: because("CONFIG_TYPE", wanted, { suggestion: meant }),
      });
      return z.NEVER;
    })
    .meta({
      description: `${reason} One of: ${remedy}.`,
      holdfast: { kind: "words", reason, forms: remedy },
    });
}

export const safeState = (reason: string) => said(reason, parseSafeState, forms, forgotten);

/** The same, or `keep`: it stays with its loop. */
export const safeStateOrKeep = (reason: string) =>
  said(
    reason,
    (text): SafeStateSaid | "keep" | undefined =>
      text.trim() === "keep" ? "keep" : parseSafeState(text),
    `keep (with its loop), ${forms}`,
    forgotten,
  );

type ResetSaid = "manual" | { readonly after: Millis };

const reset = said(
  "How it lets go again: by a person (holdfast reset), and not by a restart; or by itself, when its rule has been false for as long.",
  (text): ResetSaid | undefined => {
    if (text.trim() === "manual") return "manual";
    const length = lengthOf(/^\s*after (.+)$/.exec(text)?.[1] ?? "");
    return length === undefined ? undefined : { after: length };
  },
  "manual, after 5m",
  ["after"],
);

export const Interlock = z.strictObject({
  trip: z.string().min(1).max(400).meta({
    description:
      "A rule that is true when it must trip, over inputs, signals and outputs: discharge_pressure > 24.5. See docs/rules.md.",
  }),
  delay: durationOr(millis(0), {
    min: millis(0),
    max: minutes(60),
    reason: "It trips when the rule has been true for as long.",
  }),
  onBad: z.enum(["trip", "ignore"]).default("trip").meta({
    description: "What it does while a value that its rule needs is not good.",
  }),
  force: z
    .record(id, quantity("Value of the output while it is tripped."))
    .refine((all) => Object.keys(all).length > 0, {
      message: "forces no output",
      params: because("CONFIG_MISSING", "name the outputs that it takes: { compressor: 0 }"),
    })
    .meta({ description: "Which outputs it takes, and to what. Nothing is stronger." }),
  reset: reset.prefault("manual"),
  tell: z.boolean().default(true).meta({
    description: "Whether a trip is told as a fault; no for what belongs to every day.",
  }),
});

export type InterlockSaid = z.infer<typeof Interlock>;
