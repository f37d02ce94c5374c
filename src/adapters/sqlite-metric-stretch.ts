import { limits } from "#src/contract/limits.ts";
import type { Tombstone } from "#src/contract/messages.ts";
import { inRows, type Place, type Sample, type Stretch } from "#src/contract/samples.ts";
import { DamagedError } from "./sqlite-faults.ts";
import {
  type MetricStatements,
  type SampleRow,
  sampleOf,
  tombstoneOf,
} from "./sqlite-metric-tables.ts";
import { clip, tombstone } from "./sqlite-tombstones.ts";

/** A stretch of the buffer, and what of it turned out to be unreadable. */
export interface Found {
  readonly stretch: Stretch;
  /** Numbers of rows that are not what was written. */
  readonly spoiled: readonly number[];
  /** Numbers that have neither a sound row nor a tombstone; they are in the stretch already. */
  readonly holes: readonly Tombstone[];
}

/** The next stretch after a place, at most `limit` samples and as many tombstones as one message takes. */
export function findStretch(
  s: MetricStatements,
  after: Place | undefined,
  limit: number,
): Found | undefined {
  const account = s.accountAfter.get(after?.boot ?? -1, after?.boot ?? -1, after?.seq ?? 0);
  if (account === undefined) return undefined;
  const { boot, base, produced } = account;
  const from = after?.boot === boot ? Math.max(base, after.seq + 1) : base;
  const rows = s.samplesFrom.all(boot, from, limit);
  const { sound, spoiled } = sort(s, boot, from, rows);
  const buried = s.tombstonesFrom.all(boot, from, limits.batchTombstones + 1).map(tombstoneOf);
  // A page of rows that is full says nothing about the numbers behind it.
  const last = (sound.at(-1) ?? rows.at(-1))?.seq ?? produced;
  const end = rows.length === limit ? Math.min(produced, last) : produced;
  const { part, holes } = walk(sound, buried, from, end);
  const within = spoiled.filter((seq) => seq <= part.to);
  // Then the number itself was hit: the order of the table is broken, and no search can be trusted.
  if (!within.every((seq) => holes.some((hole) => hole.from <= seq && seq <= hole.to))) {
    throw new DamagedError(`a sample of boot ${boot} has a number that is not its own`);
  }
  return { stretch: { boot, base, from, ...part }, spoiled: within, holes };
}

function sort(
  s: MetricStatements,
  boot: number,
  from: number,
  rows: readonly SampleRow[],
): { readonly sound: readonly Sample[]; readonly spoiled: readonly number[] } {
  const sound: Sample[] = [];
  const spoiled: number[] = [];
  for (const row of rows) {
    const sample = sampleOf(s.seriesNames, boot, row);
    if (sample === undefined || sample.seq <= (sound.at(-1)?.seq ?? from - 1))
      spoiled.push(row.seq);
    else sound.push(sample);
  }
  return { sound, spoiled };
}

/** Goes from number to number; each is a sample, in a tombstone, or a hole. */
function walk(
  samples: readonly Sample[],
  tombstones: readonly Tombstone[],
  from: number,
  end: number,
): { readonly part: Pick<Stretch, "to" | "rows" | "tombstones">; readonly holes: Tombstone[] } {
  const found: Sample[] = [];
  const buried: Tombstone[] = [];
  const holes: Tombstone[] = [];
  let next = from;
  let grave = 0;
  for (const sample of [...samples, undefined]) {
    const until = sample === undefined ? end : sample.seq - 1;
    while (next <= until && buried.length < limits.batchTombstones) {
      const known = tombstones[grave];
      const rest = known === undefined ? undefined : clip(known, next, until);
      const hole = tombstone(next, Math.min(until, (rest?.from ?? until + 1) - 1), "corrupt");
      if (rest?.from === next) {
        buried.push(rest);
        grave += 1;
        next = rest.to + 1;
      } else {
        buried.push(hole);
        holes.push(hole);
        next = hole.to + 1;
      }
    }
    if (next <= until || sample === undefined) break;
    found.push(sample);
    next = sample.seq + 1;
  }
  return { part: { to: next - 1, rows: inRows(found), tombstones: buried }, holes };
}
