import { dateOf } from "#src/base/calendar.ts";
import { type WallTime, wallTime } from "#src/base/units.ts";
import type { DateSpan } from "#src/contract/dates.ts";
import { type Weekday, weekdays } from "#src/contract/weekdays.ts";

/**
 * A value by the local time of day.
 *
 * SH1  The first entry that covers the moment gives the value, else the default does.
 * SH2  An entry covers `from` up to but without `to`, on its days; one that ends at or before its
 *      beginning ends on the next day.
 * SH3  Summer time: the clock on the wall decides. What begins in an hour that is left out begins when
 *      that hour is over, and is left out with it if it ends by then; an hour that comes twice is
 *      covered twice.
 * SH4  An entry with dates covers its days only where they are among them: a holiday is said first.
 */
export interface ScheduleRule {
  /** IANA name. */
  readonly zone: string;
  readonly default: number;
  readonly entries: readonly ScheduleEntry[];
}

export interface ScheduleEntry {
  readonly days: readonly Weekday[];
  /** Undefined: on any. */
  readonly dates: readonly DateSpan[] | undefined;
  /** "06:30" */
  readonly from: string;
  readonly to: string;
  readonly value: number;
}

export function scheduledValue(rule: ScheduleRule, wall: WallTime): number {
  const { day, minute } = localTime(rule.zone, wall);
  for (const entry of rule.entries) {
    const [begin, end] = [minutesOf(entry.from), minutesOf(entry.to)];
    const isOver = end <= begin;
    const isToday = minute >= begin && (isOver || minute < end) && beginsOn(entry, day);
    if (isToday || (isOver && minute < end && beginsOn(entry, day - 1))) return entry.value;
  }
  return rule.default;
}

function beginsOn({ days, dates }: ScheduleEntry, day: number): boolean {
  // 1970 began on a Thursday.
  if (!days.includes(weekdays[(day + 3) % 7] as Weekday)) return false;
  if (dates === undefined) return true;
  const date = dateOf(day);
  const ofYear = date.month * 100 + date.day;
  const full = date.year * 10_000 + ofYear;
  return dates.some(({ isYearly, first, last }) => {
    if (!isYearly) return full >= first && full <= last;
    return first <= last ? ofYear >= first && ofYear <= last : ofYear >= first || ofYear <= last;
  });
}

const minutesOf = (text: string): number => Number(text.slice(0, 2)) * 60 + Number(text.slice(3));

interface LocalTime {
  /** Since 1970. */
  readonly day: number;
  /** Of the day. */
  readonly minute: number;
}

const dayLength = 24 * 60 * 60_000;
/** Offsets change on a quarter of an hour, and asking for one is slow. */
const quarter = 15 * 60_000;
const zones = new Map<string, Map<number, number>>();
/** Of each zone; more than one where many nodes in one process go by clocks that differ. */
const mostQuarters = 64;

function localTime(zone: string, wall: WallTime): LocalTime {
  const local = wall + knownOffset(zone, Math.floor(wall / quarter));
  return { day: Math.floor(local / dayLength), minute: Math.floor((local % dayLength) / 60_000) };
}

function knownOffset(zone: string, now: number): number {
  let known = zones.get(zone);
  if (known === undefined) {
    known = new Map();
    zones.set(zone, known);
  }
  let offset = known.get(now);
  if (offset === undefined) {
    if (known.size >= mostQuarters) known.clear();
    offset = offsetOf(zone, wallTime(now * quarter));
    known.set(now, offset);
  }
  return offset;
}

const formats = new Map<string, Intl.DateTimeFormat>();

/** What is added to UTC there and then, in milliseconds. */
function offsetOf(zone: string, wall: WallTime): number {
  let format = formats.get(zone);
  if (format === undefined) {
    format = new Intl.DateTimeFormat("en-GB", { timeZone: zone, timeZoneName: "longOffset" });
    formats.set(zone, format);
  }
  const name = format.formatToParts(wall).find(({ type }) => type === "timeZoneName")?.value ?? "";
  const match = /^GMT(?:([+-])(\d\d):(\d\d))?/.exec(name);
  const [, sign, hours = "0", minutes = "0"] = match ?? [];
  const length = (Number(hours) * 60 + Number(minutes)) * 60_000;
  return sign === "-" ? -length : length;
}
