import { z } from "zod";
import { monthLength } from "#src/base/calendar.ts";
import { because, quote } from "./config-problem.ts";

/** Days of the calendar, both ends included. */
export interface DateSpan {
  /** Comes each year, and may reach over its end. */
  readonly isYearly: boolean;
  /** 20261224; of each year 1224. */
  readonly first: number;
  readonly last: number;
}

const form = /^(?:(\d{4})-)?(\d\d)-(\d\d)(?:\.\.(?:(\d{4})-)?(\d\d)-(\d\d))?$/;

/**
 * Reads "2026-12-24", "2026-12-24..12-26", "2026-12-24..2027-01-02", and of each year "12-24",
 * "12-24..01-02"; undefined where it is none of these, ends before it begins, or names a day that no
 * calendar has.
 */
export function parseDates(text: string): DateSpan | undefined {
  const match = form.exec(text.trim());
  if (match === null) return undefined;
  const [, year, month, day, lastYear = year, lastMonth = month, lastDay = day] = match;
  if ((year === undefined) !== (lastYear === undefined)) return undefined;
  const isYearly = year === undefined;
  const first = dayOf(year, month, day);
  const last = dayOf(lastYear, lastMonth, lastDay);
  if (first === undefined || last === undefined) return undefined;
  return isYearly || first <= last ? { isYearly, first, last } : undefined;
}

/** Each year may have the day that only some have. */
const someLeapYear = 2000;

function dayOf(year: string | undefined, month = "", day = ""): number | undefined {
  const length = monthLength(Number(year ?? someLeapYear), Number(month));
  const isReal = Number(day) >= 1 && Number(day) <= length;
  return isReal ? Number(`${year ?? ""}${month}${day}`) : undefined;
}

/** Days of the calendar in a config file. */
export const dates = z.string().transform((text, context): DateSpan => {
  const read = parseDates(text);
  if (read !== undefined) return read;
  context.addIssue({
    code: "custom",
    message: `${quote(text)} names no days of the calendar`,
    params: because(
      "CONFIG_TYPE",
      "write 2026-12-24 or 2026-12-24..2027-01-02, and without the year what comes each year: 12-24..01-02",
    ),
  });
  return z.NEVER;
});
