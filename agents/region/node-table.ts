import { fault } from "#src/base/fault.ts";
import { lookUp, mapOf, put, remove, valuesOf } from "#src/base/persistent-map.ts";
import type { WallTime } from "#src/base/units.ts";
import { limits } from "#src/contract/limits.ts";
import type { NodeRecord } from "#src/contract/region-records.ts";
import type { MessageFor } from "#src/contract/topics.ts";
import type { RegionState, RegionStep } from "./region-state.ts";

/**
 * What the region knows of its nodes, by id.
 *
 * NT1  A death counts only for the session that was born last: a Will that comes late is an old one.
 *      A birth always counts, for a node that lost its disk counts its boots anew.
 * NT2  What a node says of its link and mode is on disk at once; when it was heard, at most once in
 *      `limits.nodeKeptEvery`.
 * NT3  It is bounded: the node that has been away longest makes room for a new one, and where all are
 *      connected the new one is refused.
 */

export const tableOf = (records: readonly NodeRecord[]): RegionState["nodes"] =>
  mapOf(
    [...records]
      .sort((a, b) => b.lastHeard - a.lastHeard)
      .slice(0, limits.nodesPerRegion)
      .map((record) => [
        record.node,
        { record: { ...record, link: "unknown" as const }, keptAt: record.lastHeard },
      ]),
  );

const unknownNode = (node: string, wall: WallTime): NodeRecord => ({
  node,
  link: "unknown",
  boot: 0,
  session: 0,
  mode: "unknown",
  reason: "",
  since: wall,
  lastHeard: wall,
});

type FromNode = MessageFor<"link"> | MessageFor<"mode"> | MessageFor<"metric">;

export function hearNode(state: RegionState, message: FromNode, wall: WallTime): RegionStep {
  const { node } = message.params;
  const known = lookUp(state.nodes, node);
  const full = known === undefined && state.nodes.size >= limits.nodesPerRegion;
  const leaving = full ? longestAway(state.nodes) : undefined;
  if (full && leaving === undefined) {
    const refused = fault("REGION_FULL", { node, most: limits.nodesPerRegion });
    return { state, effects: [{ kind: "report", fault: refused }] };
  }
  const before = known?.record ?? unknownNode(node, wall);
  const record = change(before, message, wall);
  const told = record !== before && message.channel !== "metric";
  // The clock on the wall may have been set back.
  const keep = told || known === undefined || Math.abs(wall - known.keptAt) >= limits.nodeKeptEvery;
  if (!keep && Math.abs(wall - before.lastHeard) < limits.nodeHeardEvery)
    return { state, effects: [] };
  const room = leaving === undefined ? state.nodes : remove(state.nodes, leaving);
  const nodes = put(room, node, { record, keptAt: keep ? wall : (known?.keptAt ?? wall) });
  return { state: { ...state, nodes }, effects: keep ? [{ kind: "keepNode", record }] : [] };
}

function longestAway(nodes: RegionState["nodes"]): string | undefined {
  let found: NodeRecord | undefined;
  for (const { record } of valuesOf(nodes)) {
    if (record.link === "up") continue;
    if (found === undefined || record.lastHeard < found.lastHeard) found = record;
  }
  return found?.node;
}

function change(before: NodeRecord, message: FromNode, wall: WallTime): NodeRecord {
  switch (message.channel) {
    case "metric":
      return { ...before, lastHeard: wall };
    case "mode": {
      const { boot, mode, reason, since } = message.body;
      if (boot !== 0 && boot < before.boot) return before;
      return { ...before, mode, reason, since: since as WallTime, lastHeard: wall };
    }
    default: {
      const { boot, session, state } = message.body;
      const born = boot === before.boot && session === before.session;
      if (state === "down" && before.link === "up" && !born) return before;
      return {
        ...before,
        link: state,
        boot,
        session,
        lastHeard: state === "up" ? wall : before.lastHeard,
      };
    }
  }
}
