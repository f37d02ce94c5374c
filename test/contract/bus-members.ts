import type { Fault } from "#src/base/fault.ts";
import type { Principal } from "#src/contract/client-id.ts";
import { channels, type Message, type MessageFor } from "#src/contract/topics.ts";
import type { BusEvents } from "#src/ports/bus.ts";

export interface Opening {
  readonly will: Message | undefined;
  readonly subscriptions: readonly string[];
}

/** All that a bus told its owner. */
export class Heard implements BusEvents {
  readonly story: string[] = [];
  readonly messages: Message[] = [];
  readonly refusals: Fault[] = [];
  readonly downs: Fault[] = [];
  beforeUp = 0;
  onUp: () => void = () => {};

  get codes(): string[] {
    return this.refusals.map(({ code }) => code);
  }

  of<N extends Message["channel"]>(channel: N): MessageFor<N>[] {
    return this.messages.filter((message) => message.channel === channel) as MessageFor<N>[];
  }

  up(): void {
    this.story.push("up");
    this.onUp();
  }

  down(fault: Fault): void {
    this.story.push(fault.code);
    this.downs.push(fault);
  }

  message(message: Message): void {
    if (this.story.at(-1) !== "up") this.beforeUp += 1;
    this.messages.push(message);
  }

  refused(fault: Fault): void {
    this.refusals.push(fault);
  }
}

export const home = "north";
export const theRegion: Principal = { kind: "region", region: home, controller: "c1" };
export const nodeOf = (node: string): Principal => ({ kind: "node", region: home, node });

/** As the agents open it. */
export function openingOf(who: Principal, given: Partial<Opening> = {}): Opening {
  const direction = who.kind === "region" ? "up" : "down";
  const known = who.kind === "node" ? { region: home, node: who.node } : { region: home };
  const subscriptions = Object.values(channels)
    .filter((channel) => channel.direction === direction)
    .map((channel) => channel.topic.filter(known as never));
  return { will: undefined, subscriptions, ...given };
}

export const linkOf = (node: string, state: "up" | "down"): MessageFor<"link"> => ({
  channel: "link",
  params: { region: home, node },
  body: { v: 1, state, boot: 1, session: 1, version: "0.1.0" },
});

export const modeOf = (node: string): MessageFor<"mode"> => ({
  channel: "mode",
  params: { region: home, node },
  body: { v: 1, boot: 1, mode: "local", reason: "first boot", since: 1 },
});

export const batchOf = (node: string, base: number): MessageFor<"metric"> => ({
  channel: "metric",
  params: { region: home, node },
  body: { v: 1, boot: 1, base, series: [], points: [], tombstones: [] },
});

/** About 100 kB. */
export const largeOf = (node: string): MessageFor<"metric"> => ({
  channel: "metric",
  params: { region: home, node },
  body: { ...batchOf(node, 1).body, series: Array<string>(800).fill("x".repeat(122)) },
});

export const ackOf = (node: string, upTo: number): MessageFor<"ack"> => ({
  channel: "ack",
  params: { region: home, node },
  body: { v: 1, boot: 1, upTo },
});

export const leaseOf = (): MessageFor<"lease"> => ({
  channel: "lease",
  params: { region: home },
  body: { v: 1, controller: "c1", epoch: 1, ttl: 10_000 },
});

export const setpointOf = (node: string): MessageFor<"setpoint"> => ({
  channel: "setpoint",
  params: { region: home, node, loop: "l1" },
  body: { v: 1, id: "s1", epoch: 1, value: 4, for: 60_000, owner: "me", reason: "because" },
});
