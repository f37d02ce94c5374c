import { expect, test } from "vitest";
import { type WallTime, wallTime } from "#src/base/units.ts";
import { type DateSpan, parseDates } from "#src/contract/dates.ts";
import { isZone } from "#src/contract/zone.ts";
import { type ScheduleRule, scheduledValue } from "#src/core/control/schedule.ts";

const everyDay = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"] as const;
const at = (text: string): WallTime => wallTime(Date.parse(text));
const rule = (from: string, to: string, over: Partial<ScheduleRule> = {}): ScheduleRule => ({
  zone: "Europe/Berlin",
  default: 16,
  entries: [{ days: everyDay, dates: undefined, from, to, value: 21 }],
  ...over,
});

test("SH1: the first entry that covers the moment gives the value, else the default", () => {
  const entries = [
    { days: ["fri"], dates: undefined, from: "08:00", to: "10:00", value: 22 },
    { days: everyDay, dates: undefined, from: "06:00", to: "18:00", value: 21 },
  ] as const;
  const both = rule("", "", { zone: "UTC", entries });
  expect(scheduledValue(both, at("2026-11-27T09:00Z"))).toBe(22);
  expect(scheduledValue(both, at("2026-11-28T09:00Z"))).toBe(21);
  expect(scheduledValue(both, at("2026-11-28T19:00Z"))).toBe(16);
});

test("SH2: an entry covers its beginning and not its end, by the clock of its zone", () => {
  const day = rule("06:00", "22:00");
  expect(scheduledValue(day, at("2026-01-15T04:59:59Z"))).toBe(16);
  expect(scheduledValue(day, at("2026-01-15T05:00Z"))).toBe(21);
  expect(scheduledValue(day, at("2026-07-15T04:00Z"))).toBe(21);
  expect(scheduledValue(day, at("2026-07-15T19:59:59Z"))).toBe(21);
  expect(scheduledValue(day, at("2026-07-15T20:00Z"))).toBe(16);
});

test("SH2: an entry over midnight belongs to the day on which it begins", () => {
  const entries = [
    { days: ["fri"], dates: undefined, from: "22:00", to: "06:00", value: 21 },
  ] as const;
  const night = rule("", "", { zone: "UTC", entries });
  expect(scheduledValue(night, at("2026-11-27T05:00Z"))).toBe(16);
  expect(scheduledValue(night, at("2026-11-27T22:00Z"))).toBe(21);
  expect(scheduledValue(night, at("2026-11-28T05:59Z"))).toBe(21);
  expect(scheduledValue(night, at("2026-11-28T22:00Z"))).toBe(16);
});

test("SH3: what begins in the hour that is left out begins when that hour is over", () => {
  const early = rule("02:30", "04:00");
  expect(scheduledValue(early, at("2026-03-29T00:59:59Z"))).toBe(16);
  expect(scheduledValue(early, at("2026-03-29T01:00Z"))).toBe(21);
  expect(scheduledValue(early, at("2026-03-29T02:00Z"))).toBe(16);
});

test("SH3: what lies wholly in the hour that is left out is left out that day, and that day alone", () => {
  const covered = (from: string, to: string, day: string): number => {
    const short = rule(from, to);
    const midnight = at(`${day}T00:00+01:00`);
    const all = Array.from({ length: 24 * 60 }, (_, minute) =>
      wallTime(midnight + minute * 60_000),
    );
    return all.filter((wall) => scheduledValue(short, wall) === 21).length;
  };
  expect(covered("02:10", "02:40", "2026-03-28")).toBe(30);
  expect(covered("02:10", "02:40", "2026-03-29")).toBe(0);
  expect(covered("02:00", "03:00", "2026-03-29")).toBe(0);
  expect(covered("02:10", "03:10", "2026-03-29")).toBe(10);
  expect(covered("02:10", "02:40", "2026-03-30")).toBe(30);
});

test("SH3: an hour that comes twice is covered twice", () => {
  const early = rule("02:00", "02:30");
  for (const [text, value] of [
    ["2026-10-25T00:10Z", 21],
    ["2026-10-25T00:40Z", 16],
    ["2026-10-25T01:10Z", 21],
    ["2026-10-25T01:40Z", 16],
  ] as const) {
    expect(scheduledValue(early, at(text)), text).toBe(value);
  }
});

const heldOn = (...dates: readonly string[]): ScheduleRule => ({
  zone: "Europe/Berlin",
  default: 21,
  entries: [
    { days: everyDay, dates: dates.map(spanOf), from: "22:00", to: "06:00", value: 16 },
    { days: everyDay, dates: undefined, from: "22:00", to: "06:00", value: 18 },
  ],
});
const spanOf = (text: string): DateSpan => parseDates(text) as DateSpan;

test.each([
  ["2026-12-24", "the date itself", "2026-12-24T22:30+01:00", 16],
  ["2026-12-24", "the night that begins on it", "2026-12-25T05:59+01:00", 16],
  ["2026-12-24", "the night that ends on it", "2026-12-24T05:59+01:00", 18],
  ["2026-12-24", "another year", "2027-12-24T22:30+01:00", 18],
  ["12-24", "each year", "2031-12-24T22:30+01:00", 16],
  ["12-24..01-02", "its first day", "2026-12-24T22:30+01:00", 16],
  ["12-24..01-02", "the other year", "2027-01-02T22:30+01:00", 16],
  ["12-24..01-02", "the day after it", "2027-01-03T22:30+01:00", 18],
  ["12-24..01-02", "the middle of the year", "2027-06-03T22:30+02:00", 18],
  ["2026-12-24..2027-01-02", "between its ends", "2026-12-31T22:30+01:00", 16],
  ["2026-12-24..2027-01-02", "a year later", "2027-12-31T22:30+01:00", 18],
  ["2026-12-24..12-26", "in the year of its beginning", "2026-12-26T22:30+01:00", 16],
  ["02-29", "the day that few years have", "2028-02-29T22:30+01:00", 16],
  // In Berlin it is the first of May already.
  ["05-01", "by the date of its zone", "2026-04-30T22:30Z", 18],
  ["05-01", "by the date of its zone", "2026-05-01T20:30Z", 16],
])("SH4: on %s it holds for %s: %s", (dates, _, wall, value) => {
  expect(scheduledValue(heldOn(dates), at(wall))).toBe(value);
});

test("SH4: an entry with days and dates begins where both say so", () => {
  const rule: ScheduleRule = {
    zone: "UTC",
    default: 0,
    entries: [
      { days: ["sat"], dates: [spanOf("07-01..08-31")], from: "00:00", to: "24:00", value: 1 },
    ],
  };
  expect(scheduledValue(rule, at("2026-07-04T12:00Z"))).toBe(1);
  expect(scheduledValue(rule, at("2026-07-05T12:00Z"))).toBe(0);
  expect(scheduledValue(rule, at("2026-09-05T12:00Z"))).toBe(0);
});

test.each([
  "2026-02-29",
  "02-30",
  "2026-13-01",
  "2026-12-24..2026-12-23",
  "2026-12-24..01-02",
  "12-24..2026-12-26",
  "24.12.2026",
  "",
])("%s is no date", (text) => expect(parseDates(text)).toBeUndefined());

test("zones west of Greenwich and of half an hour keep their own time", () => {
  const noon = rule("12:00", "12:15", { zone: "America/St_Johns" });
  expect(scheduledValue(noon, at("2026-01-15T15:30Z"))).toBe(21);
  expect(scheduledValue(noon, at("2026-01-15T15:29:59Z"))).toBe(16);
  const india = rule("12:00", "12:15", { zone: "Asia/Kolkata" });
  expect(scheduledValue(india, at("2026-01-15T06:30Z"))).toBe(21);
});

test("south of the equator summer time comes in October, on an island by half an hour", () => {
  const noon = rule("12:00", "12:15", { zone: "Australia/Sydney" });
  expect(scheduledValue(noon, at("2026-07-15T02:00Z"))).toBe(21);
  expect(scheduledValue(noon, at("2026-01-15T01:00Z"))).toBe(21);
  expect(scheduledValue(noon, at("2026-01-15T02:00Z"))).toBe(16);
  // At two o'clock on the fourth of October 2026 Lord Howe's clocks go on to half past two.
  const early = rule("02:10", "02:40", { zone: "Australia/Lord_Howe" });
  expect(scheduledValue(early, at("2026-10-03T15:29Z"))).toBe(16);
  expect(scheduledValue(early, at("2026-10-03T15:30Z"))).toBe(21);
  expect(scheduledValue(early, at("2026-10-03T15:40Z"))).toBe(16);
});

test("a name that is no zone is told from one that is", () => {
  expect(isZone("Europe/Berlin")).toBe(true);
  expect(isZone("Europe/Atlantis")).toBe(false);
});
