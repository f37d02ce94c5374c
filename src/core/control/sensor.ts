import { elapsed, type Instant, type Millis, millis } from "#src/base/units.ts";
import type { Reading } from "#src/contract/image.ts";
import type { Quality } from "#src/contract/messages.ts";

/**
 * What a reading is worth now. A value that is not good is shown to people, never to a loop.
 *
 * SV1  Not good is: what the device called bad or is no number, what is older than `maxAge`, what lies
 *      outside min … max, what moved faster than `maxRate` since the last number read, and what has not
 *      changed at all over `frozenAfter` though it was read. An answer that fails changes nothing; of
 *      the time between two numbers no more counts than the `maxAge` for which the first was fresh.
 * SV2  After a jump it is good again when three readings in a row have kept to the rate: a real step is
 *      taken, a spike is not.
 * SV3  A substitute stands in for a value that is not good, from the moment it is not for at most
 *      `for`; its quality says so. What was never good has none but a declared one.
 * SV4  The offset is added before anything is judged.
 * SV5  A substitute is for loops alone: it was not measured, nor was what is computed from one, whose
 *      quality is substitute too.
 */
export interface SensorRule {
  readonly min: number;
  readonly max: number;
  readonly maxAge: Millis;
  /** Units per second. */
  readonly maxRate: number | undefined;
  readonly frozenAfter: Millis | undefined;
  /** Calibration. */
  readonly offset: number;
  readonly substitute: { readonly for: Millis; readonly value: number | undefined } | undefined;
}

/** A value as loops see it, with what the next reading is judged by. */
export interface Sensed {
  /** The sensor's or its substitute's; NaN when there is none. */
  readonly value: number;
  readonly quality: Quality;
  /** Whether a loop may act on it. */
  readonly usable: boolean;
  readonly memory: SensorMemory | undefined;
}

interface SensorMemory {
  readonly raw: number;
  readonly at: Instant;
  /** The last reading that was a number; NaN before the first. Rate and change are counted from here. */
  readonly level: number;
  readonly levelAt: Instant;
  /** For how long it has been read as the same. */
  readonly still: Millis;
  /** Readings that still have to keep to the rate. */
  readonly unsteady: number;
  /** Undefined while it is good. */
  readonly badSince: Instant | undefined;
  /** The last good one before that; undefined where none was. */
  readonly goodBefore: number | undefined;
}

/** Readings in a row that make a jump a step. */
const steady = 3;

const never: Sensed = { value: Number.NaN, quality: "bad", usable: false, memory: undefined };

export function sense(
  rule: SensorRule,
  last: Sensed | undefined,
  reading: Reading | undefined,
  now: Instant,
): Sensed {
  if (reading === undefined) return never;
  const before = last?.memory;
  const seen =
    before !== undefined && before.at === reading.at ? before : learn(rule, before, reading);
  const quality = qualityOf(rule, seen, reading, now);
  if (quality === "good") {
    if (last?.quality === "good" && seen === before) return last;
    const memory = seen.badSince === undefined ? seen : { ...seen, badSince: undefined };
    return { value: seen.raw, quality, usable: true, memory };
  }
  if (seen.badSince !== undefined) return standIn(rule, seen, quality, now);
  // The same reading was good until now: it grew old.
  const goodBefore = seen === before ? seen.raw : seen.goodBefore;
  const memory = { ...seen, badSince: now, goodBefore };
  return standIn(rule, memory, quality, now);
}

function learn(rule: SensorRule, before: SensorMemory | undefined, reading: Reading): SensorMemory {
  const { at } = reading;
  const raw = reading.value + rule.offset;
  const isNumber = reading.quality !== "bad" && Number.isFinite(raw);
  if (before === undefined) {
    const level = isNumber ? raw : Number.NaN;
    const still = millis(0);
    const badSince = undefined;
    return { raw, at, level, levelAt: at, still, unsteady: 0, badSince, goodBefore: undefined };
  }
  const { badSince } = before;
  const goodBefore = badSince === undefined ? before.raw : before.goodBefore;
  if (!isNumber) return { ...before, raw, at, goodBefore };
  const sinceLast = elapsed(before.levelAt, at);
  const seconds = sinceLast / 1_000;
  const isJump =
    rule.maxRate !== undefined && Math.abs(raw - before.level) > rule.maxRate * seconds;
  const counted = Math.min(sinceLast, rule.maxAge);
  const still = millis(raw === before.level ? before.still + counted : 0);
  const unsteady = isJump ? steady : Math.max(0, before.unsteady - 1);
  return { raw, at, level: raw, levelAt: at, still, unsteady, badSince, goodBefore };
}

function qualityOf(
  { min, max, maxAge, frozenAfter }: SensorRule,
  { raw, at, still, unsteady }: SensorMemory,
  reading: Reading,
  now: Instant,
): Quality {
  if (reading.quality === "bad" || !Number.isFinite(raw)) return "bad";
  if (elapsed(at, now) > maxAge) return "stale";
  if (raw < min || raw > max) return "range";
  if (unsteady > 0) return "rate";
  return frozenAfter !== undefined && still >= frozenAfter ? "frozen" : "good";
}

function standIn(
  { substitute }: SensorRule,
  memory: SensorMemory,
  quality: Quality,
  now: Instant,
): Sensed {
  const value = substitute?.value ?? memory.goodBefore;
  const isOver = substitute === undefined || elapsed(memory.badSince ?? now, now) >= substitute.for;
  if (value === undefined || isOver) return { value: memory.raw, quality, usable: false, memory };
  return { value, quality: "substitute", usable: true, memory };
}

export const isMeasured = ({ quality }: Sensed): boolean => quality === "good";

/** A value that was computed, not read, from members that a loop may act on. */
export function computed(value: number, members: readonly Sensed[] = []): Sensed {
  if (!Number.isFinite(value)) return never;
  const quality = members.every(isMeasured) ? "good" : "substitute";
  return { value, quality, usable: true, memory: undefined };
}
