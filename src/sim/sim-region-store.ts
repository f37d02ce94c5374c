import type { MetricBatch } from "#src/contract/messages.ts";
import type { NodeRecord, StandingGrant } from "#src/contract/region-records.ts";
import type { Delivery, Ingested, RegionStore } from "#src/ports/region-store.ts";
import { IntervalSet } from "./interval-set.ts";
import { type Holder, OpenFile, type SimDisk } from "./sim-disk.ts";

/**
 * The contents of a region.db: of points only their numbers, as nobody in the simulation asks a
 * region for a value again.
 */
export class RegionFile {
  controller = "";
  epoch = 0;
  nodes = new Map<string, NodeRecord>();
  grants = new Map<string, StandingGrant>();
  sources = new Map<string, Source>();
}

/** What is known of one node's numbers. */
interface Source {
  delivered: number;
  tombstoned: number;
  duplicates: number;
  readonly boots: Map<number, Mark>;
}

interface Mark {
  upTo: number;
  /** What of it is here, as samples or tombstones: numbers the watermark skipped are not. */
  readonly known: IntervalSet;
}

/** The RegionStore port over a file that lives in memory; two may share one, as two controllers do. */
export function openSimRegionStore(file: RegionFile, disk: SimDisk, holder: Holder): RegionStore {
  const open = new OpenFile(file, disk, "region.db", holder);
  const change = (how: (file: RegionFile) => void): void => {
    how(open.begin("shrink"));
    open.commit();
  };
  return {
    claim(controller, _ttl, now) {
      change((contents) => {
        contents.epoch = Math.max(contents.epoch + 1, Math.floor(now / 1_000));
        contents.controller = controller;
      });
      return file.epoch;
    },
    renew(controller, epoch) {
      const contents = open.begin("shrink");
      const held = contents.epoch;
      // A lower epoch was lost with its file; nobody holds a higher one then.
      const ours = held < epoch || (held === epoch && contents.controller === controller);
      if (ours) {
        contents.epoch = epoch;
        contents.controller = controller;
      }
      open.commit();
      return ours;
    },
    ingest(node, batch) {
      const contents = open.begin("grow");
      const ingested = ingest(contents, node, batch);
      open.commit();
      return ingested;
    },
    nodes: () => byName(open.contents.nodes),
    keepNode: (record) => change(({ nodes }) => nodes.set(record.node, record)),
    grants: () => byName(open.contents.grants),
    keepGrant: (grant) => change(({ grants }) => grants.set(grant.id, grant)),
    dropGrant: (id) => change(({ grants }) => grants.delete(id)),
    deliveries: () =>
      byName(open.contents.sources, (node, { delivered, tombstoned, duplicates }) => ({
        node,
        delivered,
        tombstoned,
        duplicates,
      })) satisfies readonly Delivery[],
    close: () => open.close(),
  };
}

function ingest(file: RegionFile, node: string, batch: MetricBatch): Ingested {
  let source = file.sources.get(node);
  if (source === undefined) {
    source = { delivered: 0, tombstoned: 0, duplicates: 0, boots: new Map() };
    file.sources.set(node, source);
  }
  const mark = markOf(source, batch);
  const fresh = addPoints(mark.known, batch.points);
  let buried = 0;
  for (const { from, to } of batch.tombstones) {
    const first = Math.max(from, mark.upTo + 1);
    if (first > to) continue;
    buried += to - first + 1 - mark.known.count(first, to);
    mark.known.add(first, to);
  }
  mark.upTo = Math.max(mark.upTo, mark.known.endOf(mark.upTo + 1));
  const duplicates = batch.points.length - fresh;
  source.delivered += fresh;
  source.tombstoned += buried;
  source.duplicates += duplicates;
  return { upTo: mark.upTo, fresh, duplicates };
}

/** A batch that begins beyond the watermark says that an earlier database had what is below. */
function markOf(source: Source, { boot, base }: MetricBatch): Mark {
  let mark = source.boots.get(boot);
  if (mark === undefined) {
    mark = { upTo: base - 1, known: new IntervalSet() };
    source.boots.set(boot, mark);
  } else if (base - 1 > mark.upTo) {
    mark.upTo = base - 1;
  }
  return mark;
}

/** Returns how many were not known before. */
function addPoints(known: IntervalSet, points: MetricBatch["points"]): number {
  let fresh = 0;
  let at = 0;
  while (at < points.length) {
    const first = (points[at] as (typeof points)[number])[0];
    let last = first;
    at += 1;
    while (at < points.length && (points[at] as (typeof points)[number])[0] === last + 1) {
      last += 1;
      at += 1;
    }
    fresh += last - first + 1;
    if (known.extend(first, last)) continue;
    fresh -= known.count(first, last);
    known.add(first, last);
  }
  return fresh;
}

function byName<T, R = T>(
  map: ReadonlyMap<string, T>,
  view: (name: string, item: T) => R = (_, item) => item as unknown as R,
): R[] {
  return [...map]
    .sort(([one], [other]) => (one < other ? -1 : 1))
    .map(([name, item]) => view(name, item));
}
