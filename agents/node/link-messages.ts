import { type Millis, millis } from "#src/base/units.ts";
import type { NodeConfig } from "#src/contract/config.ts";
import { qualities } from "#src/contract/messages.ts";
import type { Stretch } from "#src/contract/samples.ts";
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

export function batchMessage(plan: LinkPlan, stretch: Stretch): MessageFor<"metric"> {
  const series = new Map<string, number>();
  const points: MessageFor<"metric">["body"]["points"] = [];
  for (const { from, row } of stretch.rows) {
    for (let at = 0; at < row.values.length; at += 1) {
      const name = row.series[at] ?? "?";
      let index = series.get(name);
      if (index === undefined) {
        index = series.size;
        series.set(name, index);
      }
      const value = row.values[at] as number;
      const known = Number.isFinite(value) ? value : null;
      points.push([from + at, row.at, index, known, qualities.indexOf(row.qualities[at] ?? "bad")]);
    }
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
