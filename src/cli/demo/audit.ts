import { type Mode, modes } from "#src/contract/messages.ts";
import type { Audit, Series } from "../powers.ts";

/** What the databases hold of one room. */
export interface RoomRecords {
  readonly node: string;
  readonly audit: Audit;
  readonly outputs: readonly {
    readonly min: number;
    readonly max: number;
    readonly series: Series;
  }[];
  readonly mode: Series;
  /** In milliseconds, of all its loops. */
  readonly lateness: Series;
}

export interface RoomAccount {
  readonly produced: number;
  readonly delivered: number;
  readonly buffered: number;
  readonly tombstoned: number;
  readonly lost: number;
  readonly duplicates: number;
  readonly boundsViolations: number;
  /** In their order, without repeats; of the whole demo: those that occurred. */
  readonly modes: readonly Mode[];
  readonly lateness: Spread;
}

/** Milliseconds; null when nothing was measured. */
export interface Spread {
  readonly p50: number | null;
  readonly p99: number | null;
  readonly max: number | null;
}

export interface Account {
  readonly nodes: readonly ({ readonly node: string } & RoomAccount)[];
  readonly total: RoomAccount;
}

/** Counts out of the records alone; nothing that a process said of itself goes in. */
export function accountOf(records: readonly RoomRecords[]): Account {
  const nodes = records.map((room) => ({ node: room.node, ...accountOfRoom(room) }));
  const sum = (of: (room: RoomAccount) => number): number =>
    nodes.reduce((total, room) => total + of(room), 0);
  return {
    nodes,
    total: {
      produced: sum((room) => room.produced),
      delivered: sum((room) => room.delivered),
      buffered: sum((room) => room.buffered),
      tombstoned: sum((room) => room.tombstoned),
      lost: sum((room) => room.lost),
      duplicates: sum((room) => room.duplicates),
      boundsViolations: sum((room) => room.boundsViolations),
      modes: modes.filter((mode) => nodes.some((room) => room.modes.includes(mode))),
      lateness: spreadOf(records.flatMap((room) => valuesOf(room.lateness))),
    },
  };
}

function accountOfRoom({ audit, outputs, mode, lateness }: RoomRecords): RoomAccount {
  const { produced, delivered, buffered, tombstoned, lost, duplicates } = audit;
  return {
    produced,
    delivered,
    buffered,
    tombstoned,
    lost,
    duplicates,
    boundsViolations: outputs.reduce((count, output) => count + violations(output), 0),
    modes: sequenceOf(mode),
    lateness: spreadOf(valuesOf(lateness)),
  };
}

/** A value that is not there was not written; anything else outside counts. */
const violations = ({ series, min, max }: RoomRecords["outputs"][number]): number =>
  valuesOf(series).filter((value) => !(value >= min && value <= max)).length;

function sequenceOf(series: Series): Mode[] {
  const sequence: Mode[] = [];
  for (const value of valuesOf(series)) {
    const mode = modes[value];
    if (mode !== undefined && mode !== sequence.at(-1)) sequence.push(mode);
  }
  return sequence;
}

const valuesOf = (series: Series): number[] =>
  series.flatMap(({ value }) => (value === null || Number.isNaN(value) ? [] : [value]));

/** Percentiles by nearest rank: each is a value that occurred. */
function spreadOf(values: readonly number[]): Spread {
  const sorted = Float64Array.from(values).sort();
  const rank = (share: number): number | null => {
    const value = sorted[Math.max(0, Math.ceil(share * sorted.length) - 1)];
    return value === undefined ? null : Math.round(value * 1_000) / 1_000;
  };
  return { p50: rank(0.5), p99: rank(0.99), max: rank(1) };
}

/** Why the promise was not kept; empty when it was. An empty record keeps no promise. */
export function breachesOf({ nodes }: Account): string[] {
  return nodes.flatMap((room) => [
    ...(room.produced === 0 ? [`${room.node} produced nothing`] : []),
    ...(room.lost === 0 ? [] : [`${room.node} lost ${room.lost} points`]),
    ...(room.duplicates === 0 ? [] : [`${room.node} counts ${room.duplicates} points twice`]),
    ...(room.boundsViolations === 0
      ? []
      : [`${room.node} wrote ${room.boundsViolations} values outside their bounds`]),
  ]);
}
