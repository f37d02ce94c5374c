import { valuesOf } from "#src/base/persistent-map.ts";
import type { RegionConfig } from "#src/contract/config.ts";
import type { GrantStatus, RegionNodeStatus, RegionStatus } from "#src/contract/query.ts";
import type { RegionState } from "./region-state.ts";

interface Delivered {
  readonly node: string;
  readonly delivered: number;
  readonly tombstoned: number;
  readonly duplicates: number;
}

/** What of a region's status comes out of its agent. */
export function describeRegion(
  config: RegionConfig,
  state: RegionState,
  deliveries: readonly Delivered[],
): Pick<RegionStatus, "region" | "controller" | "epoch" | "lease" | "nodes" | "grants"> {
  const byNode = new Map(deliveries.map((one) => [one.node, one]));
  const nodes = [...valuesOf(state.nodes)].map(({ record }): RegionNodeStatus => {
    const { delivered = 0, tombstoned = 0, duplicates = 0 } = byNode.get(record.node) ?? {};
    const { node, link, mode, reason, since, lastHeard } = record;
    return { node, link, mode, reason, since, lastHeard, delivered, tombstoned, duplicates };
  });
  return {
    region: config.region,
    controller: config.controller,
    epoch: state.epoch,
    lease: { held: state.held, ttl: config.lease.ttl, why: state.leaseWhy },
    nodes: nodes.sort((a, b) => (a.node < b.node ? -1 : 1)),
    grants: state.grants.map(
      ({ grant: { node, loop, value, owner, reason, until } }): GrantStatus => ({
        node,
        loop,
        value,
        owner,
        reason,
        until,
      }),
    ),
  };
}
