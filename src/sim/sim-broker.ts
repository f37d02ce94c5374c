import { limits } from "#src/contract/limits.ts";
import { channels, type Message } from "#src/contract/topics.ts";
import { channelOf, decodeMessage, type Packet } from "#src/contract/wire.ts";
import { Chance } from "./delay.ts";
import { RetainedBook, reaches } from "./retained-book.ts";
import { RouteTable } from "./route-table.ts";
import { mayHear, mayPublish } from "./sim-access.ts";
import type { BrokerEnd, Item, SimConnection } from "./sim-connection.ts";
import type { Ending } from "./sim-process.ts";
import type { World } from "./world.ts";

/**
 * The MQTT 3.1.1 broker as far as the product uses it: clean sessions, one Will, QoS 0 and 1,
 * retained messages, subscriptions with wildcards.
 *
 * VB1  A message reaches each session that subscribed before it came, in the order in which it came.
 * VB2  A session that ends without a good-bye publishes its Will, also when the same client takes it
 *      over: then before the new one begins.
 * VB3  A new subscription gets what is retained, after the session was accepted.
 * VB4  Queues are bounded: a subscriber that reads too slowly is dropped.
 * VB5  Nobody says or hears what is not for it; what it says in spite of that goes nowhere.
 * VB6  A crash forgets sessions, queued and retained messages, and publishes no Will; only what is
 *      said again after it is known.
 * VB7  While it repeats itself messages of QoS 1 may come twice, at once or when their client came back
 *      meanwhile; those of QoS 0 never do.
 */
export interface BrokerParts {
  readonly world: World;
  /** Shown in faults. */
  readonly url: string;
  /** Messages that may wait for one subscriber. */
  readonly queue: number;
}

export interface BrokerCounters {
  readonly sessions: number;
  readonly retained: number;
  /** That came in so far, and that somebody had no right to say. */
  readonly messages: number;
  readonly refused: number;
}

const lastKept = 4;

export class SimBroker implements BrokerEnd {
  readonly url: string;
  readonly #parts: BrokerParts;
  readonly #chance: Chance;
  readonly #sessions = new Map<string, SimConnection>();
  readonly #routes = new RouteTable<SimConnection>();
  readonly #retained = new RetainedBook();
  readonly #lastSent = new Map<string, Message[]>();
  readonly #slow: SimConnection[] = [];
  #doubles = 0;
  #state: "running" | Ending = "running";
  #messages = 0;
  #refused = 0;

  constructor(parts: BrokerParts) {
    this.#parts = parts;
    this.url = parts.url;
    this.#chance = new Chance(parts.world.rng.fork(`broker ${parts.url}`).below(2 ** 32));
  }

  get counters(): BrokerCounters {
    return {
      sessions: this.#sessions.size,
      retained: this.#retained.size,
      messages: this.#messages,
      refused: this.#refused,
    };
  }

  crash(how: Ending): void {
    if (this.#state !== "running") return;
    this.#state = how;
    const open = [...this.#sessions.values()];
    this.#sessions.clear();
    this.#retained.clear();
    this.#lastSent.clear();
    for (const connection of open) {
      this.#routes.unsubscribe(connection);
      if (how === "power") connection.vanish();
      else connection.drop("queued");
    }
  }

  start(): void {
    this.#state = "running";
  }

  /**
   * Of 1,024 messages of QoS 1 so many go out twice from now on, and of as many clients that come back
   * so many get their last ones again.
   */
  repeat(share: number): void {
    this.#doubles = share;
    this.#lastSent.clear();
  }

  /** Publishes bytes past all rules: what an older broker, or a stranger's, left behind. */
  plant(packet: Packet): void {
    if (this.#state === "running") this.#forwardPacket(packet);
  }

  received(connection: SimConnection, item: Item): void {
    if (this.#state !== "running") {
      if (item.channel !== "connect") connection.drop("nothing");
      else if (this.#state === "killed") connection.refuse("connection refused");
      return;
    }
    switch (item.channel) {
      case "connect":
        this.#connect(connection);
        return;
      case "disconnect":
        this.#end(connection, false);
        return;
      case "closed":
        this.#end(connection, true);
        return;
      case "packet":
        this.#judgePacket(connection, item.packet);
        return;
      case "accepted":
      case "refused":
        return;
      default:
        if (connection.principal !== undefined && mayPublish(connection.principal, item)) {
          this.#forward(item);
        } else this.#refused += 1;
    }
  }

  expired(connection: SimConnection): void {
    this.#end(connection, true);
  }

  #connect(connection: SimConnection): void {
    const { clientId, session, principal } = connection;
    const isAllowed =
      principal !== undefined && session.subscriptions.every((one) => mayHear(principal, one));
    if (!isAllowed) {
      this.#refused += 1;
      connection.refuse("it may not hear what it asks for");
      return;
    }
    const former = this.#sessions.get(clientId);
    if (former !== undefined) this.#end(former, true);
    this.#sessions.set(clientId, connection);
    connection.accept();
    for (const filter of session.subscriptions) {
      this.#routes.subscribe(connection, filter);
      this.#retained.visit(
        filter,
        (message) => connection.deliver(message),
        (packet) => connection.deliverPacket(packet),
      );
    }
    this.#double(connection);
  }

  #forward(message: Message): void {
    this.#messages += 1;
    if (channels[message.channel].retain) this.#retained.keep(message);
    this.#routes.visit(message, this.#send);
  }

  readonly #send = (to: SimConnection, message: Message): void => {
    to.deliver(message);
    if (to.unread > this.#parts.queue) this.#putOff(to);
    if (this.#doubles === 0 || channels[message.channel].qos === 0) return;
    if (this.#repeats()) to.deliver(message);
    this.#remember(to, message);
  };

  /** Dropped in an event of its own: who is subscribed must not change while a message goes out. */
  #putOff(slow: SimConnection): void {
    if (this.#slow.push(slow) > 1) return;
    const { world } = this.#parts;
    world.schedule(world.now, () => {
      for (const connection of this.#slow.splice(0)) this.#end(connection, true);
    });
  }

  #judgePacket({ principal }: SimConnection, packet: Packet): void {
    const { topic, payload, retain } = packet;
    const found = channelOf(topic);
    const isAllowed =
      principal !== undefined &&
      found !== undefined &&
      mayPublish(principal, { channel: found.name, params: found.params as Message["params"] }) &&
      (!retain || channels[found.name].retain) &&
      payload.length <= limits.payloadBytes;
    if (isAllowed) this.#forwardPacket(packet);
    else this.#refused += 1;
  }

  /** Bytes that are a message of ours and fit their topic are one; all else goes as it is. */
  #forwardPacket(packet: Packet): void {
    const { topic, payload, retain } = packet;
    const read = decodeMessage({ topic, payload, retain });
    const isOurs = "message" in read && channels[read.message.channel].retain === retain;
    if (isOurs) {
      this.#forward(read.message);
      return;
    }
    this.#messages += 1;
    if (retain) this.#retained.plant(packet);
    // Those who are there already get it as any other message.
    const live: Packet = { ...packet, retain: false };
    for (const connection of this.#sessions.values()) {
      if (connection.session.subscriptions.some((filter) => reaches(filter, topic))) {
        connection.deliverPacket(live);
      }
    }
  }

  #end(connection: SimConnection, publishWill: boolean): void {
    const known = this.#sessions.get(connection.clientId) === connection;
    if (known) {
      this.#sessions.delete(connection.clientId);
      this.#routes.unsubscribe(connection);
    }
    connection.drop("nothing");
    const { will } = connection.session;
    if (known && publishWill && will !== undefined) this.#forward(will);
  }

  #remember(to: SimConnection, message: Message): void {
    const last = this.#lastSent.get(to.clientId) ?? [];
    this.#lastSent.set(to.clientId, last);
    last.push(message);
    if (last.length > lastKept) last.shift();
  }

  #double(connection: SimConnection): void {
    const last = this.#lastSent.get(connection.clientId);
    if (last === undefined || !this.#repeats()) return;
    for (const message of last) connection.deliver(message);
  }

  #repeats(): boolean {
    return this.#chance.below(1_024) < this.#doubles;
  }
}

export const brokerParts = (world: World, url: string): BrokerParts => ({
  world,
  url,
  queue: limits.publishesInFlight,
});
