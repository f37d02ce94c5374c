import { InvalidArgumentError } from "commander";
import { isId } from "#src/base/id.ts";
import { type Millis, seconds } from "#src/base/units.ts";
import { limits } from "#src/contract/limits.ts";
import { formatDuration, parseDuration } from "#src/contract/quantity.ts";

/** What stands behind options and arguments, checked before a verb sees it. */
export function durationIn(min: Millis, max: Millis): (said: string) => Millis {
  return (said) => {
    const length = parseDuration(said);
    if (length === undefined) {
      throw new InvalidArgumentError(
        "write a number and its unit: ms, s, m, h or d, such as 90s or 10m.",
      );
    }
    if (length < min || length > max) {
      throw new InvalidArgumentError(`choose ${formatDuration(min)} … ${formatDuration(max)}.`);
    }
    return length;
  };
}

export const grantLength = durationIn(seconds(1), limits.grantLength);

export function wholeIn(min: number, max: number): (said: string) => number {
  return (said) => {
    const count = Number(said);
    if (!/^\d+$/.test(said) || count < min || count > max) {
      throw new InvalidArgumentError(`choose a whole number, ${min} … ${max}.`);
    }
    return count;
  };
}

function number(said: string): number {
  const value = Number(said);
  if (said.trim() !== "" && Number.isFinite(value)) return value;
  throw new InvalidArgumentError("write a number.");
}

export function notZero(said: string): number {
  const value = number(said);
  if (value !== 0) return value;
  throw new InvalidArgumentError("it must not be 0.");
}

export function notNegative(said: string): number {
  const value = number(said);
  if (value >= 0) return value;
  throw new InvalidArgumentError("it must not be below 0.");
}

export function id(said: string): string {
  if (isId(said)) return said;
  throw new InvalidArgumentError("an id is 1 to 32 of a-z, 0-9, _ and -, first a letter or digit.");
}

export function reason(said: string): string {
  const text = said.trim();
  if (text.length > 0 && text.length <= limits.reasonCharacters) return text;
  throw new InvalidArgumentError(`say it in 1 … ${limits.reasonCharacters} characters.`);
}

/** For an option that may be given more than once. */
export const collect = (said: string, before: readonly string[] | undefined): string[] => [
  ...(before ?? []),
  said,
];
