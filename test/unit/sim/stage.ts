import { expect } from "vitest";
import type { Fault } from "#src/base/fault.ts";
import { millis, seconds, wallTime } from "#src/base/units.ts";
import { nodeClientId, regionClientId } from "#src/contract/client-id.ts";
import { channels, type Message, type MessageFor } from "#src/contract/topics.ts";
import { later } from "#src/sim/moment.ts";
import { brokerParts, SimBroker } from "#src/sim/sim-broker.ts";
import { SimBus } from "#src/sim/sim-bus.ts";
import { SimMachine } from "#src/sim/sim-machine.ts";
import { type LaneQuality, SimNetwork } from "#src/sim/sim-network.ts";
import type { SimProcess } from "#src/sim/sim-process.ts";
import { World } from "#src/sim/world.ts";

export const region = "north";
const keepalive = seconds(10);
export const url = "mqtt://broker";

export const batch = (node: string, base: number): MessageFor<"metric"> => ({
  channel: "metric",
  params: { region, node },
  body: { v: 1, boot: 1, base, series: [], points: [], tombstones: [] },
});
export const link = (node: string, state: "up" | "down"): MessageFor<"link"> => ({
  channel: "link",
  params: { region, node },
  body: { v: 1, state, boot: 1, session: 1, version: "0" },
});
export const lease: MessageFor<"lease"> = {
  channel: "lease",
  params: { region },
  body: { v: 1, controller: "c1", epoch: 1, ttl: 10_000 },
};

export class Member {
  readonly story: string[] = [];
  readonly messages: Message[] = [];
  readonly refusals: Fault[] = [];
  readonly process: SimProcess;
  readonly bus: SimBus;
  readonly #subscriptions: readonly string[];
  readonly #will: Message | undefined;

  constructor(
    stage: Stage,
    clientId: string,
    known: { region: string; node?: string },
    seed: number,
  ) {
    this.process = new SimMachine(stage.world, wallTime(0)).spawn();
    const direction = known.node === undefined ? "up" : "down";
    this.#subscriptions = Object.values(channels)
      .filter((channel) => channel.direction === direction)
      .map((channel) => channel.topic.filter(known as never));
    this.#will = known.node === undefined ? undefined : link(known.node, "down");
    this.bus = new SimBus({
      process: this.process,
      path: stage.network.path(clientId, url),
      broker: stage.broker,
      clientId,
      keepalive,
      seed,
      events: {
        up: () => this.story.push("up"),
        down: ({ code }) => this.story.push(code),
        message: (message) => this.messages.push(message),
        refused: (fault) => this.refusals.push(fault),
      },
    });
  }

  open(): void {
    this.bus.open({ will: this.#will, subscriptions: this.#subscriptions });
  }

  get bases(): number[] {
    return this.messages.flatMap((one) => (one.channel === "metric" ? [one.body.base] : []));
  }

  get links(): string[] {
    return this.messages.flatMap((one) => (one.channel === "link" ? [one.body.state] : []));
  }
}

export class Stage {
  readonly world: World;
  readonly network: SimNetwork;
  readonly broker: SimBroker;
  readonly region: Member;
  readonly node: Member;

  constructor({
    seed = 1,
    doubles = 0,
    queue = 4_096,
    quality,
  }: {
    seed?: number;
    doubles?: number;
    queue?: number;
    quality?: LaneQuality;
  } = {}) {
    this.world = new World(seed);
    this.network = new SimNetwork(this.world, quality);
    this.broker = new SimBroker({ ...brokerParts(this.world, url), queue });
    this.broker.repeat(doubles);
    this.region = new Member(this, regionClientId(region, "c1"), { region }, 1);
    this.node = this.add("n1");
  }

  add(node: string): Member {
    return new Member(this, nodeClientId(region, node), { region, node }, 2);
  }

  pass(length: number): void {
    this.world.run(later(this.world.now, millis(length)));
  }

  join(): this {
    this.region.open();
    this.node.open();
    this.pass(1_000);
    expect([...this.region.story, ...this.node.story]).toEqual(["up", "up"]);
    return this;
  }

  cut(way: "up" | "down" | "both"): void {
    this.network.cut(nodeClientId(region, "n1"), url, way);
  }

  heal(way: "up" | "down" | "both" = "both"): void {
    this.network.heal(nodeClientId(region, "n1"), url, way);
  }
}
