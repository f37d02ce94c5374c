import { expect, test } from "vitest";
import { dateOf, monthLength } from "#src/base/calendar.ts";

test("each day of 430 years has the date that the calendar gives it", () => {
  for (let days = 0; days < 157_000; days += 1) {
    const { year, month, day } = dateOf(days);
    const date = new Date(days * 86_400_000);
    const real = [date.getUTCFullYear(), date.getUTCMonth() + 1, date.getUTCDate()];
    if (year !== real[0] || month !== real[1] || day !== real[2]) {
      expect([year, month, day], `day ${days}`).toEqual(real);
    }
  }
});

test.each([
  [2027, 2, 28],
  [2028, 2, 29],
  [2100, 2, 28],
  [2000, 2, 29],
  [2027, 4, 30],
  [2027, 12, 31],
  [2027, 13, 0],
  [2027, 0, 0],
])("%i-%i has %i days", (year, month, days) => expect(monthLength(year, month)).toBe(days));
