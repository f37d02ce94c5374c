import { invariant } from "#src/base/assert.ts";
import type { MetricBatch, Tombstone } from "#src/contract/messages.ts";
import type { Ingested } from "#src/ports/region-store.ts";
import {
  nameSum,
  type RegionStatements,
  type TombstoneRange,
  watermarkSum,
} from "./sqlite-region-tables.ts";

/**
 * One batch into the region's tables; runs inside a transaction.
 *
 * I1  A number is accounted once: what of it came first, sample or tombstone, stays.
 * I2  The watermark stands at the first number of which nothing is known. What lies beyond it is
 *     kept, and the watermark passes over it once the gap is filled.
 * I3  A batch whose `base` is beyond the watermark says that an earlier database of this region
 *     acked what is below: the watermark starts there, and what this one lacks is counted.
 *
 * What it returns second makes the names of series known, once they are committed.
 */
export function ingest(
  s: RegionStatements,
  node: string,
  batch: MetricBatch,
): readonly [Ingested, () => void] {
  const source = s.sourceId.get(node) ?? addSource(s, node);
  const place: Place = { source, boot: batch.boot };
  const mark = startAt(s, place, batch.base);

  const { ids, learn } = seriesOf(s, batch.series);
  const points = addPoints(s, place, batch, ids, mark);
  const tombstoned = addTombstones(s, place, batch.tombstones, mark.upTo);
  const upTo = passOver(s, place, mark.upTo);

  const row = {
    source,
    boot: batch.boot,
    base: mark.base,
    up_to: upTo,
    missing_before: mark.missing - points.found,
  };
  s.keepWatermark.run(
    row.source,
    row.boot,
    row.base,
    row.up_to,
    row.missing_before,
    watermarkSum(row),
  );
  s.count.run(points.fresh, tombstoned, points.duplicates, source);
  return [{ upTo, fresh: points.fresh, duplicates: points.duplicates }, learn];
}

function addSource(s: RegionStatements, node: string): number {
  const id = Number(s.addSource.run(node).lastInsertRowid);
  s.signSource.run(nameSum(id, node), id);
  return id;
}

function addSeries(s: RegionStatements, name: string): number {
  const id = Number(s.addSeries.run(name).lastInsertRowid);
  s.signSeries.run(nameSum(id, name), id);
  return id;
}

interface Place {
  readonly source: number;
  readonly boot: number;
}

interface Mark {
  readonly base: number;
  readonly upTo: number;
  readonly missing: number;
}

/** Where the watermark stands before this batch (I3). */
function startAt(s: RegionStatements, { source, boot }: Place, base: number): Mark {
  const row = s.watermark.get(source, boot);
  if (row === undefined) return { base, upTo: base - 1, missing: base - 1 };
  const mark = { base: row.base, upTo: row.up_to, missing: row.missing_before };
  if (base <= mark.upTo + 1) return mark;
  const known = islands(s, { source, boot }, mark.upTo + 1, base - 1);
  const span = base - 1 - mark.upTo;
  return { ...mark, upTo: base - 1, missing: mark.missing + span - lengthOf(known) };
}

function seriesOf(
  s: RegionStatements,
  names: readonly string[],
): { readonly ids: readonly number[]; readonly learn: () => void } {
  const fresh = new Map<string, number>();
  const ids = names.map((name) => {
    const known = s.seriesIds.get(name) ?? fresh.get(name);
    if (known !== undefined) return known;
    const id = s.seriesId.get(name) ?? addSeries(s, name);
    fresh.set(name, id);
    return id;
  });
  return {
    ids,
    learn: () => {
      for (const [name, id] of fresh) s.seriesIds.set(name, id);
    },
  };
}

/** `found`: how many of the fresh ones had been counted as missing. */
function addPoints(
  s: RegionStatements,
  { source, boot }: Place,
  batch: MetricBatch,
  ids: readonly number[],
  mark: Mark,
): { readonly fresh: number; readonly duplicates: number; readonly found: number } {
  const first = Math.min(...batch.points.map(([seq]) => seq));
  const last = Math.max(...batch.points.map(([seq]) => seq));
  const buried = batch.points.length === 0 ? [] : s.tombstonesIn.all(source, boot, first, last);
  let fresh = 0;
  let found = 0;
  for (const [seq, at, index, value, quality] of batch.points) {
    const series = ids[index];
    invariant(series !== undefined, "a point names a series of its batch");
    if (buried.some((one) => one.from_seq <= seq && seq <= one.to_seq)) continue;
    if (s.addPoint.run(source, boot, seq, at, series, value, quality).changes === 0) continue;
    fresh += 1;
    if (seq <= mark.upTo) found += 1;
  }
  return { fresh, duplicates: batch.points.length - fresh, found };
}

/** Buries what nothing is known of yet; returns how many numbers that was. */
function addTombstones(
  s: RegionStatements,
  { source, boot }: Place,
  tombstones: readonly Tombstone[],
  upTo: number,
): number {
  let buried = 0;
  for (const { from, to, reason } of tombstones) {
    let next = Math.max(from, upTo + 1);
    for (const island of [...islands(s, { source, boot }, next, to), undefined]) {
      const end = island === undefined ? to : island.from_seq - 1;
      if (next <= end) {
        s.addTombstone.run(source, boot, next, end, reason, end - next + 1);
        buried += end - next + 1;
      }
      next = island === undefined ? next : island.to_seq + 1;
    }
  }
  return buried;
}

/** Ranges within `from … to` of which something is known, in order. */
function islands(
  s: RegionStatements,
  { source, boot }: Place,
  from: number,
  to: number,
): TombstoneRange[] {
  if (from > to) return [];
  const points = s.pointsFrom.all(source, boot, from, to);
  const known = [
    ...points.map((seq) => ({ from_seq: seq, to_seq: seq })),
    ...s.tombstonesIn.all(source, boot, from, to).map((one) => ({
      from_seq: Math.max(from, one.from_seq),
      to_seq: Math.min(to, one.to_seq),
    })),
  ].sort((a, b) => a.from_seq - b.from_seq);
  const joined: TombstoneRange[] = [];
  for (const one of known) {
    const last = joined.at(-1);
    if (last !== undefined && last.to_seq + 1 === one.from_seq) {
      joined[joined.length - 1] = { from_seq: last.from_seq, to_seq: one.to_seq };
    } else {
      joined.push(one);
    }
  }
  return joined;
}

const lengthOf = (ranges: readonly TombstoneRange[]): number =>
  ranges.reduce((sum, one) => sum + one.to_seq - one.from_seq + 1, 0);

/** The last number before the first gap (I2). */
function passOver(s: RegionStatements, { source, boot }: Place, from: number): number {
  let upTo = from;
  for (;;) {
    const before = upTo;
    for (const seq of s.pointsFrom.iterate(source, boot, upTo + 1, Number.MAX_SAFE_INTEGER)) {
      if (seq !== upTo + 1) break;
      upTo = seq;
    }
    const buried = s.tombstoneBefore.get(source, boot, upTo + 1);
    if (buried !== undefined && buried.to_seq > upTo) upTo = buried.to_seq;
    if (upTo === before) return upTo;
  }
}
