import { type Instant, instant } from "#src/base/units.ts";
import type { SafetyMemory } from "#src/contract/safety-memory.ts";

/**
 * What two memories of one node come to, neither of which may be forgotten.
 *
 * UM1  A kill or a trip that either knows stands; of two words about one output the older. What one of
 *      them saw was seen.
 * UM2  No start that either knows is lost, and of run times the longer counts.
 */
export function unite(
  older: SafetyMemory,
  newer: SafetyMemory,
  computer: string,
  now: Instant,
): SafetyMemory {
  const isKnown = (output: string | undefined): boolean =>
    older.kills.some((kill) => kill.output === output);
  const latched = [...new Set([...older.latched, ...newer.latched])];
  return {
    latched,
    blind: latched.filter((name) => !isSeen(older, name) && !isSeen(newer, name)),
    kills: [...older.kills, ...newer.kills.filter(({ output }) => !isKnown(output))],
    starts: joined(older.starts, newer.starts, (one = [], other = []) => {
      const first = onClock(one, older.computer, computer, now);
      const second = onClock(other, newer.computer, computer, now);
      return [...first, ...second.filter((at) => !first.includes(at))];
    }),
    ran: joined(older.ran, newer.ran, (one = 0, other = 0) => Math.max(one, other)),
    computer,
  };
}

const isSeen = ({ latched, blind }: SafetyMemory, name: string): boolean =>
  latched.includes(name) && !blind.includes(name);

/** Starts by this run's clock; where it is another one than theirs, all count as if they were now. */
export function onClock(
  starts: readonly number[],
  theirs: string,
  computer: string,
  now: Instant,
): readonly Instant[] {
  const isSame = computer !== "" && computer === theirs;
  return starts.map((at) => (isSame ? instant(Math.min(at, now)) : now));
}

function joined<V>(
  one: Readonly<Record<string, V>>,
  other: Readonly<Record<string, V>>,
  join: (one: V | undefined, other: V | undefined) => V,
): Record<string, V> {
  const names = [...new Set([...Object.keys(one), ...Object.keys(other)])];
  return Object.fromEntries(names.map((name) => [name, join(one[name], other[name])]));
}
