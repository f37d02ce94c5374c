import { fault } from "#src/base/fault.ts";
import type { WallTime } from "#src/base/units.ts";
import { limits } from "#src/contract/limits.ts";
import type { NodeRecord } from "#src/contract/region-records.ts";
import type { MessageFor } from "#src/contract/topics.ts";
import type { RegionState, RegionStep } from "./region-state.ts";

/**
 * What the region knows of its nodes, by id.
 *
 * NT1  A death counts only for the session that was born last: a Will that comes late is an old one.
 * NT2  What a node says of its link and mode is on disk at once; when it was heard, at most every
 *      ten seconds.
 */
const refreshEvery = 1_000;
const keepEvery = 10_000;

export const tableOf = (records: readonly NodeRecord[]): RegionState["nodes"] =>
  new Map(
    records.map((record) => [
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
  const known = state.nodes.get(node);
  if (known === undefined && state.nodes.size >= limits.nodesPerRegion) {
    const why = `the region has ${limits.nodesPerRegion} nodes already`;
    return {
      state,
      effects: [{ kind: "report", fault: fault("MESSAGE_MALFORMED", { topic: node, why }) }],
    };
  }
  const before = known?.record ?? unknownNode(node, wall);
  const record = change(before, message, wall);
  const told = record !== before && message.channel !== "metric";
  const keep = told || known === undefined || wall - known.keptAt >= keepEvery;
  if (!keep && wall - before.lastHeard < refreshEvery) return { state, effects: [] };
  const nodes = new Map(state.nodes).set(node, {
    record,
    keptAt: keep ? wall : (known?.keptAt ?? wall),
  });
  return { state: { ...state, nodes }, effects: keep ? [{ kind: "keepNode", record }] : [] };
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
      const older = boot < before.boot || (boot === before.boot && session < before.session);
      if (older) return before;
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
