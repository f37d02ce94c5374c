import { z } from "zod";
import { hours, type Millis, millis, minutes, seconds } from "#src/base/units.ts";
import { because, quote } from "./config-problem.ts";

const lengths: Readonly<Record<string, (count: number) => Millis>> = {
  ms: millis,
  s: seconds,
  m: minutes,
  h: hours,
  d: (count) => hours(count * 24),
};

/**
 * Reads "250ms", "5s", "10m", "1h 30m", "2d" as whole milliseconds; undefined when it is none of
 * these, or when a part is as long as the one before it or longer ("5s 1h", "5s 5s").
 */
export function parseDuration(text: string): Millis | undefined {
  const parts = text.trim().matchAll(/(\d+(?:\.\d+)?)\s*(ms|s|m|h|d)\s*/gy);
  let total = 0;
  let read = 0;
  let last: Millis | undefined;
  for (const [whole, count, unit] of parts) {
    const length = lengths[unit ?? ""];
    if (length === undefined || (last !== undefined && length(1) >= last)) return undefined;
    last = length(1);
    total += length(Number(count));
    read += whole.length;
  }
  // Decimal parts do not add up exactly in binary: 1.001 s is 1001 ms.
  return read > 0 && read === text.trim().length ? millis(Math.round(total)) : undefined;
}

/** Writes the shortest exact form that `parseDuration` reads back: 90000 becomes "1m 30s". */
export function formatDuration(length: Millis): string {
  if (length < 1_000) return `${Math.round(length)}ms`;
  let rest = Math.round(length);
  const parts: string[] = [];
  for (const [unit, size] of [
    ["d", 86_400_000],
    ["h", 3_600_000],
    ["m", 60_000],
  ] as const) {
    const count = Math.floor(rest / size);
    if (count > 0) parts.push(`${count}${unit}`);
    rest -= count * size;
  }
  if (rest > 0) parts.push(`${rest / 1_000}s`);
  return parts.join(" ");
}

export interface DurationRule {
  readonly min: Millis;
  readonly max: Millis;
  readonly reason: string;
}

/** A length of time in a config file, always written with its unit. */
export function duration({ min, max, reason }: DurationRule) {
  const range = `${formatDuration(min)} … ${formatDuration(max)}`;
  return z
    .string()
    .transform((text, context) => {
      const length = parseDuration(text);
      if (length === undefined) {
        context.addIssue({
          code: "custom",
          message: `${quote(text)} is not a length of time`,
          params: badDuration(text),
        });
        return z.NEVER;
      }
      if (length < min || length > max) {
        context.addIssue({
          code: "custom",
          message: `${quote(text)} is outside ${range}`,
          params: because("CONFIG_BOUNDS", "choose a length inside"),
        });
        return z.NEVER;
      }
      return length;
    })
    .meta({ description: reason, holdfast: { kind: "duration", range } });
}

/** A bare number most likely lacks its unit, and seconds are what people think in. */
function badDuration(text: string) {
  const bare = /^\s*(\d+(?:\.\d+)?)\s*$/.exec(text)?.[1];
  const remedy = "write a number and ms, s, m, h or d, such as 250ms or 1h 30m";
  return bare === undefined
    ? because("CONFIG_TYPE", remedy)
    : because("CONFIG_TYPE", `give it a unit: ms, s, m, h or d, such as ${bare}s`, {
        suggestion: `${bare}s`,
      });
}

/** The same, for a key that may be left out. */
export function durationOr(fallback: Millis, rule: DurationRule) {
  return duration(rule).prefault(formatDuration(fallback));
}

/** A number with an optional unit behind it: 4.5, "4.5", "4.5 degC". */
export interface Quantity {
  readonly value: number;
  readonly unit: string | undefined;
}

/** A unit begins with a letter or one of % ° µ Ω: "4,5" is no number in the unit ",5". */
const quantityForm =
  /^\s*([-+]?(?:\d+\.?\d*|\.\d+)(?:e[-+]?\d+)?)\s*([\p{L}%°µΩ][^\s]{0,15})?\s*$/iu;

export function parseQuantity(said: string | number): Quantity | undefined {
  if (typeof said === "number")
    return Number.isFinite(said) ? { value: said, unit: undefined } : undefined;
  const match = quantityForm.exec(said);
  if (match === null) return undefined;
  const value = Number(match[1]);
  return Number.isFinite(value) ? { value, unit: match[2] } : undefined;
}

/**
 * A quantity in a config file. The unit, where it is written, must be the unit of the signal it
 * is compared with; that is checked where both are known.
 */
export function quantity(reason: string) {
  return z
    .union([z.number(), z.string()])
    .transform((said, context): Quantity => {
      const read = parseQuantity(said);
      if (read === undefined) {
        context.addIssue({
          code: "custom",
          message: `${quote(String(said))} is not a number with or without its unit`,
          params: badQuantity(said),
        });
        return z.NEVER;
      }
      return read;
    })
    .meta({ description: reason, holdfast: { kind: "quantity" } });
}

function badQuantity(said: string | number) {
  const comma = /^\s*([-+]?\d+),(\d+)(.*)$/.exec(String(said));
  if (comma === null) return because("CONFIG_TYPE", "write it like 4.5 or 4.5 degC");
  const suggestion = `${comma[1]}.${comma[2]}${comma[3]}`;
  return because("CONFIG_TYPE", `write ${suggestion}, with a point`, { suggestion });
}
