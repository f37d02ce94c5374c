import { type WallTime, wallTime } from "#src/base/units.ts";
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
 */
export interface ScheduleRule {
  /** IANA name. */
  readonly zone: string;
  readonly default: number;
  readonly entries: readonly ScheduleEntry[];
}

export interface ScheduleEntry {
  readonly days: readonly Weekday[];
  /** "06:30" */
  readonly from: string;
  readonly to: string;
  readonly value: number;
}

export function scheduledValue(rule: ScheduleRule, wall: WallTime): number {
  const { day, minute } = localTime(rule.zone, wall);
  const before = weekdays[(weekdays.indexOf(day) + 6) % 7] as Weekday;
  for (const { days, from, to, value } of rule.entries) {
    const [begin, end] = [minutesOf(from), minutesOf(to)];
    const isOver = end <= begin;
    const isToday = days.includes(day) && minute >= begin && (isOver || minute < end);
    const isSinceYesterday = isOver && days.includes(before) && minute < end;
    if (isToday || isSinceYesterday) return value;
  }
  return rule.default;
}

const minutesOf = (text: string): number => Number(text.slice(0, 2)) * 60 + Number(text.slice(3));

interface LocalTime {
  readonly day: Weekday;
  /** Of the day. */
  readonly minute: number;
}

/** Offsets change on a quarter of an hour, and asking for one is slow. */
const quarter = 15 * 60_000;
const zones = new Map<string, Map<number, number>>();
/** Of each zone; more than one where many nodes in one process go by clocks that differ. */
const mostQuarters = 64;

function localTime(zone: string, wall: WallTime): LocalTime {
  const local = wall + knownOffset(zone, Math.floor(wall / quarter));
  // 1970 began on a Thursday.
  const day = weekdays[(Math.floor(local / 86_400_000) + 3) % 7] as Weekday;
  return { day, minute: Math.floor((local % 86_400_000) / 60_000) };
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
