import type { WallTime } from "#src/base/units.ts";
import { limits } from "#src/contract/limits.ts";
import type { NodeRecord, StandingGrant } from "#src/contract/region-records.ts";
import type { RegionStore } from "#src/ports/region-store.ts";
import { SqliteDatabase, type StoreOptions } from "./sqlite-database.ts";
import { ingest } from "./sqlite-region-ingest.ts";
import {
  type GrantRow,
  leaseSum,
  type NodeRow,
  prepareRegion,
  type RegionStatements,
  regionMigrations,
  verifyRegion,
} from "./sqlite-region-tables.ts";

/**
 * The region's database in SQLite, and by its one lease row the arbiter between controllers: they
 * may share the file, as one serial writer decides.
 *
 * RS1  An epoch is at least the seconds since 1970 at its claim: a database that was lost or
 *      restored from a backup gives out none that nodes have passed already. A wrong clock costs
 *      this, never G3.
 */
export function openRegionStore(options: StoreOptions): RegionStore {
  const database = new SqliteDatabase(options, {
    migrations: regionMigrations,
    sharing: "shared",
    prepare: prepareRegion,
    verify: verifyRegion,
  });

  return {
    claim: (controller, ttl, now) =>
      database.shrink((s) => {
        const epoch = Math.max((s.lease.get()?.epoch ?? 0) + 1, Math.floor(now / 1_000));
        keepLease(s, controller, epoch, ttl, now);
        return epoch;
      }),

    renew: (controller, epoch, ttl, now) =>
      database.shrink((s) => {
        const held = s.lease.get();
        // A row that is older or gone was lost with its file; nobody holds a higher one then.
        const ours =
          held === undefined ||
          held.epoch < epoch ||
          (held.epoch === epoch && held.controller === controller);
        if (ours) keepLease(s, controller, epoch, ttl, now);
        return ours;
      }),

    ingest(node, batch) {
      const [ingested, learn] = database.grow((s) => ingest(s, node, batch));
      learn();
      return ingested;
    },

    nodes: () => database.read((s) => s.nodes.all().map(nodeRecord)),
    keepNode: (record) => database.shrink((s) => keepNode(s, record)),
    grants: () => database.read((s) => s.grants.all().map(standingGrant)),
    keepGrant: (grant) => database.shrink((s) => keepGrant(s, grant)),

    dropGrant(id) {
      database.shrink((s) => s.dropGrant.run(id));
    },

    deliveries: () =>
      database.read((s) =>
        s.sources.all().map(({ node, delivered, tombstoned, duplicates }) => ({
          node,
          delivered,
          tombstoned,
          duplicates,
        })),
      ),

    close: () => database.close(),
  };
}

function keepLease(
  s: RegionStatements,
  controller: string,
  epoch: number,
  ttl_ms: number,
  renewed_at_ms: number,
): void {
  const sum = leaseSum({ controller, epoch, ttl_ms, renewed_at_ms });
  s.keepLease.run(controller, epoch, ttl_ms, renewed_at_ms, sum);
}

function keepNode(s: RegionStatements, record: NodeRecord): void {
  const { node, link, boot, session, mode, reason, since, lastHeard } = record;
  const before = s.node.get(node);
  s.keepNode.run(node, link, boot, session, mode, reason, since, lastHeard);
  if (mode === "unknown" || (before?.mode === mode && before.since_ms === since)) return;
  s.addModeChange.run(node, since, mode, reason);
  s.dropModeChanges.run(node, node, limits.modeChangesPerNode);
}

function keepGrant(s: RegionStatements, grant: StandingGrant): void {
  const { id, node, loop, value, owner, reason, until } = grant;
  s.keepGrant.run(id, node, loop, value, owner, reason, until);
}

const nodeRecord = (row: NodeRow): NodeRecord => ({
  node: row.node,
  link: row.link as NodeRecord["link"],
  boot: row.boot,
  session: row.session,
  mode: row.mode as NodeRecord["mode"],
  reason: row.reason,
  since: row.since_ms as WallTime,
  lastHeard: row.last_heard_ms as WallTime,
});

const standingGrant = (row: GrantRow): StandingGrant => ({
  id: row.id,
  node: row.node,
  loop: row.loop,
  value: row.value,
  owner: row.owner,
  reason: row.reason,
  until: row.until_ms as WallTime,
});
