import { z } from "zod";
import { hours, type Millis, millis, minutes, seconds } from "#src/base/units.ts";

const lengths: Readonly<Record<string, (count: number) => Millis>> = {
  ms: millis,
  s: seconds,
  m: minutes,
  h: hours,
  d: (count) => hours(count * 24),
};

/** Reads "250ms", "5s", "10m", "1h 30m", "2d"; undefined when it is none of these. */
export function parseDuration(text: string): Millis | undefined {
  const parts = text.trim().matchAll(/(\d+(?:\.\d+)?)\s*(ms|s|m|h|d)\s*/gy);
  let total = 0;
  let read = 0;
  for (const [whole, count, unit] of parts) {
    const length = lengths[unit ?? ""];
    if (length === undefined) return undefined;
    total += length(Number(count));
    read += whole.length;
  }
  return read > 0 && read === text.trim().length ? millis(total) : undefined;
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
    .string({ error: () => "expected a length of time with its unit, such as 250ms, 5s or 10m" })
    .transform((text, context) => {
      const length = parseDuration(text);
      if (length === undefined) {
        context.addIssue({
          code: "custom",
          message: `"${text}" is not a length of time: write a number and ms, s, m, h or d, such as 250ms or 1h 30m`,
        });
        return z.NEVER;
      }
      if (length < min || length > max) {
        context.addIssue({ code: "custom", message: `${text} is outside ${range}` });
        return z.NEVER;
      }
      return length;
    })
    .meta({ description: reason, holdfast: { kind: "duration", range } });
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

export function parseQuantity(said: string | number): Quantity | undefined {
  if (typeof said === "number")
    return Number.isFinite(said) ? { value: said, unit: undefined } : undefined;
  const match = /^\s*([-+]?(?:\d+\.?\d*|\.\d+)(?:e[-+]?\d+)?)\s*([^\d\s].*?)?\s*$/i.exec(said);
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
    .union([z.number(), z.string()], {
      error: () => 'expected a number or a quantity, such as 4.5 or "4.5 degC"',
    })
    .transform((said, context): Quantity => {
      const read = parseQuantity(said);
      if (read === undefined) {
        context.addIssue({
          code: "custom",
          message: `"${said}" is not a number with an optional unit, such as "4.5 degC"`,
        });
        return z.NEVER;
      }
      return read;
    })
    .meta({ description: reason, holdfast: { kind: "quantity" } });
}
