import { region } from "#agents/region/region.ts";
import type { RegionState } from "#agents/region/region-state.ts";
import { instant, minutes, type WallTime, wallTime } from "#src/base/units.ts";
import { RegionConfig } from "#src/contract/config.ts";
import type { NodeRecord, StandingGrant } from "#src/contract/region-records.ts";
import type { Message } from "#src/contract/topics.ts";
import type { RegionEffect, RegionInput } from "#src/core/region-io.ts";

export const config = RegionConfig.parse({
  role: "region",
  region: "north",
  broker: { listen: {} },
});
export const params = { region: "north", node: "room-1" };

export class Bench {
  now = instant(1_000);
  wall: WallTime = wallTime(1_700_000_000_000);
  state: RegionState;
  effects: RegionEffect[] = [];
  arbiterAnswers = true;

  constructor(grants: readonly StandingGrant[] = [], nodes: readonly NodeRecord[] = []) {
    const step = region.start(config, { seed: 1, nodes, grants }, this.now);
    this.state = step.state;
    this.effects.push(...step.effects);
  }

  give(input: RegionInput): readonly RegionEffect[] {
    const step = region.step(config, this.state, input, this.now);
    this.state = step.state;
    this.effects.push(...step.effects);
    return step.effects;
  }

  hear(message: Message): readonly RegionEffect[] {
    return this.give({ kind: "message", message, wall: this.wall });
  }

  pass(length: number): readonly RegionEffect[] {
    this.now = instant(this.now + length);
    this.wall = wallTime(this.wall + length);
    const woken = this.give({ kind: "wake", wall: this.wall });
    if (!woken.some(({ kind }) => kind === "holdLease") || !this.arbiterAnswers) return woken;
    return [...woken, ...this.give({ kind: "leaseHeld", epoch: 4, wall: this.wall })];
  }

  /** A region that holds its lease, with one node connected. */
  open(): this {
    this.give({ kind: "busUp" });
    this.give({ kind: "leaseHeld", epoch: 4, wall: this.wall });
    this.hear(link("up", 1, 1));
    this.hear(mode("connected", 1));
    this.effects = [];
    return this;
  }

  set(value: number, length = minutes(10)): readonly RegionEffect[] {
    const request = {
      id: `s${value}`,
      node: "room-1",
      loop: "cooling",
      value,
      for: length,
      owner: "ops",
      reason: "delivery",
    };
    return this.give({ kind: "set", request, wall: this.wall });
  }

  answer(id: string, code?: string): readonly RegionEffect[] {
    const result = code === undefined ? "accepted" : "refused";
    const body = {
      v: 1,
      id,
      result,
      message: "as said",
      ...(code === undefined ? {} : { code }),
    } as const;
    return this.hear({ channel: "setpointAnswer", params: { ...params, loop: "cooling" }, body });
  }
}

export const link = (state: "up" | "down", boot: number, session: number): Message => ({
  channel: "link",
  params,
  body: { v: 1, state, boot, session, version: "1" },
});
export const mode = (now: "connected" | "autonomous", boot: number): Message => ({
  channel: "mode",
  params,
  body: { v: 1, boot, mode: now, reason: "because", since: 1 },
});
export const batch: Extract<Message, { channel: "metric" }> = {
  channel: "metric",
  params,
  body: { v: 1, boot: 1, base: 1, series: ["in/air"], points: [[1, 5, 0, 4.2, 0]], tombstones: [] },
};
export const published = (effects: readonly RegionEffect[], channel: Message["channel"]) =>
  effects.flatMap((effect) =>
    effect.kind === "publish" && effect.message.channel === channel ? [effect.message] : [],
  );
