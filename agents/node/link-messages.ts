import { type Millis, millis } from "#src/base/units.ts";
import type { NodeConfig } from "#src/contract/config.ts";
import { qualities } from "#src/contract/messages.ts";
import { qualityAt, type Row, type Stretch } from "#src/contract/samples.ts";
import type { MessageFor } from "#src/contract/topics.ts";
import type { LinkInput } from "#src/core/link-io.ts";
import type { LinkState } from "./link-state.ts";

/** What a node says to its region. */
export interface LinkPlan {
  readonly region: string;
  readonly node: string;
  readonly version: string;
  readonly hasUplink: boolean;
  readonly maxPoints: number;
  /** How long new points may wait for more, so that fewer messages carry them. */
  readonly sendEvery: Millis;
}

export const planLink = (config: NodeConfig, version: string): LinkPlan => ({
  region: config.region,
  node: config.node,
  version,
  hasUplink: config.uplink !== undefined,
  maxPoints: config.buffer.maxPoints,
  sendEvery: config.uplink?.sendEvery ?? millis(0),
});

const paramsOf = ({ region, node }: LinkPlan) => ({ region, node });

export const linkMessage = (
  plan: LinkPlan,
  { boot, session }: Pick<LinkState, "boot" | "session">,
  state: "up" | "down",
): MessageFor<"link"> => ({
  channel: "link",
  params: paramsOf(plan),
  body: { v: 1, state, boot, session, version: plan.version },
});

export const modeMessage = (
  plan: LinkPlan,
  boot: number,
  { mode, reason, since }: Extract<LinkInput, { kind: "mode" }>,
): MessageFor<"mode"> => ({
  channel: "mode",
  params: paramsOf(plan),
  body: { v: 1, boot, mode, reason, since },
});

export const answerMessage = (
  plan: LinkPlan,
  { id, loop, refused }: Extract<LinkInput, { kind: "answer" }>,
): MessageFor<"setpointAnswer"> => ({
  channel: "setpointAnswer",
  params: { ...paramsOf(plan), loop },
  body:
    refused === undefined
      ? { v: 1, id, result: "accepted", message: "in force" }
      : { v: 1, id, result: "refused", code: refused.code, message: refused.message },
});

type Points = MessageFor<"metric">["body"]["points"];

export function batchMessage(plan: LinkPlan, stretch: Stretch): MessageFor<"metric"> {
  const series = new Map<string, number>();
  const points: Points = [];
  let places: readonly number[] = [];
  let placed: Row["series"] | undefined;
  for (const { from, row } of stretch.rows) {
    // Rows of one node share the names of their series.
    if (row.series !== placed) {
      placed = row.series;
      places = placed.map((name) => placeOf(series, name));
    }
    addPoints(points, from, row, places);
  }
  return {
    channel: "metric",
    params: paramsOf(plan),
    body: {
      v: 1,
      boot: stretch.boot,
      base: stretch.base,
      series: [...series.keys()],
      points,
      tombstones: [...stretch.tombstones],
    },
  };
}

function placeOf(series: Map<string, number>, name: string): number {
  const known = series.get(name);
  if (known !== undefined) return known;
  series.set(name, series.size);
  return series.size - 1;
}

function addPoints(points: Points, from: number, row: Row, places: readonly number[]): void {
  const { at, values } = row;
  for (let place = 0; place < values.length; place += 1) {
    const value = values[place] as number;
    points.push([
      from + place,
      at,
      places[place] as number,
      Number.isFinite(value) ? value : null,
      qualities.indexOf(qualityAt(row, place)),
    ]);
  }
}
