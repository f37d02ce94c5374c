import { type Millis, millis } from "#src/base/units.ts";
import { type Principal, principalOf } from "#src/contract/client-id.ts";
import { limits } from "#src/contract/limits.ts";
import type { Message } from "#src/contract/topics.ts";
import type { Packet } from "#src/contract/wire.ts";
import type { Session } from "#src/ports/bus.ts";
import { Chance } from "./delay.ts";
import type { Ticket } from "./event-queue.ts";
import { messageBytes } from "./message-bytes.ts";
import { Pipe, type Sink } from "./pipe.ts";
import type { Path } from "./sim-network.ts";
import type { Companion, Ending, SimProcess } from "./sim-process.ts";

/** What travels: a message, bytes that are none of ours, or a packet of the protocol itself. */
export type Item =
  | Message
  | { readonly channel: "packet"; readonly packet: Packet }
  | { readonly channel: "refused"; readonly why: string }
  | { readonly channel: "connect" | "accepted" | "disconnect" | "closed" };

const connect: Item = { channel: "connect" };
const accepted: Item = { channel: "accepted" };
const disconnect: Item = { channel: "disconnect" };
const closed: Item = { channel: "closed" };

/** Bytes of a small packet. */
const small = 40;

/** The two ends, as the connection knows them. */
export interface ClientEnd {
  accepted(): void;
  received(item: Item): void;
  lost(why: string): void;
}

export interface BrokerEnd {
  received(connection: SimConnection, item: Item): void;
  /** Nothing was heard for one and a half keepalives. */
  expired(connection: SimConnection): void;
}

export interface ConnectionParts {
  readonly path: Path;
  readonly process: SimProcess;
  readonly broker: BrokerEnd;
  readonly client: ClientEnd;
  readonly clientId: string;
  readonly keepalive: Millis;
  readonly session: Session;
  readonly seed: number;
}

/**
 * One TCP connection with MQTT on it, both ends.
 *
 * CN1  While all is well no keepalive is simulated, as nobody could tell. Silence begins with a cut,
 *      a pause or a loss of power, and each end takes it for the end of the connection when MQTT
 *      would: the broker after 1.5 keepalives without a packet, the client when a ping is not
 *      answered within one more.
 * CN2  A process that is killed closes its connections behind what it sent; a machine without power
 *      says nothing.
 */
export class SimConnection implements Companion, Sink<Item> {
  readonly clientId: string;
  readonly session: Session;
  /** Undefined: nobody whom a broker of ours would admit. */
  readonly principal: Principal | undefined;
  readonly #parts: ConnectionParts;
  readonly #up: Pipe<Item>;
  readonly #down: Pipe<Item>;
  readonly #chance: Chance;
  #clientOpen = true;
  #brokerOpen = false;
  /** The broker has heard of it at all. */
  #reached = false;
  /** The machine at one end is dead without a word. */
  #clientGone = false;
  #brokerGone = false;
  #brokerWatch: Ticket | undefined;
  #clientWatch: Ticket | undefined;

  constructor(parts: ConnectionParts) {
    this.#parts = parts;
    this.clientId = parts.clientId;
    this.session = parts.session;
    this.principal = principalOf(parts.clientId);
    this.#chance = new Chance(parts.seed);
    this.#up = new Pipe(parts.path.up, this);
    this.#down = new Pipe(parts.path.down, this);
    parts.process.join(this);
    this.#up.send(connect, 200);
    this.#watch();
  }

  /** Messages that the broker sent and the client has not taken. */
  get unread(): number {
    return this.#down.queued;
  }

  // The client's end.

  publish(message: Message): boolean {
    return this.#send(message, messageBytes(message));
  }

  publishPacket(packet: Packet): boolean {
    return this.#send({ channel: "packet", packet }, packet.payload.length + packet.topic.length);
  }

  /** Good-bye, in order. */
  leave(): void {
    if (!this.#clientOpen) return;
    this.#up.send(disconnect, small);
    this.#closeClient();
  }

  /** Closed without a good-bye; what was sent before still arrives first, if anything ever did. */
  abandon(): void {
    if (!this.#clientOpen) return;
    if (this.#reached) this.#up.send(closed, small);
    else this.#up.close();
    this.#closeClient();
  }

  ended(how: Ending): void {
    if (how === "killed") {
      this.abandon();
      return;
    }
    this.#clientGone = true;
    this.#closeClient();
    this.#watch();
  }

  paused(): void {
    this.#watch();
  }

  resumed(): void {
    this.#watch();
    this.#down.read();
  }

  // The broker's end.

  accept(): void {
    this.#brokerOpen = true;
    this.#down.send(accepted, small);
    this.#watch();
  }

  refuse(why: string): void {
    this.#up.close();
    this.#down.send({ channel: "refused", why }, small);
  }

  deliver(message: Message): void {
    this.#down.send(message, messageBytes(message));
  }

  deliverPacket(packet: Packet): void {
    this.#down.send({ channel: "packet", packet }, packet.payload.length + packet.topic.length);
  }

  /** The broker closes it; undelivered messages go first, unless they went with the broker. */
  drop(loses: "nothing" | "queued"): void {
    this.#closeBroker();
    if (!this.#clientOpen) return;
    if (loses === "queued") this.#down.clear();
    this.#down.send(closed, small);
  }

  /** The broker's machine is dead without a word. */
  vanish(): void {
    this.#brokerGone = true;
    this.#closeBroker();
    this.#down.clear();
    this.#watch();
  }

  /** False when too much is under way already. */
  #send(item: Item, bytes: number): boolean {
    const up = this.#up;
    const isTaken =
      up.queued < limits.publishesInFlight && up.bytes + bytes <= limits.publishBytesInFlight;
    if (isTaken) up.send(item, bytes);
    return isTaken;
  }

  #closeClient(): void {
    this.#clientOpen = false;
    this.#parts.process.leave(this);
    this.#down.close();
    this.#stopClientWatch();
  }

  #closeBroker(): void {
    this.#brokerOpen = false;
    this.#up.close();
    this.#stopBrokerWatch();
  }

  // What comes out of the two pipes.

  reads(pipe: Pipe<Item>): boolean {
    return pipe === this.#up || this.#parts.process.reading;
  }

  arrived(pipe: Pipe<Item>, item: Item): void {
    if (pipe === this.#up) {
      this.#reached = true;
      this.#parts.broker.received(this, item);
    } else this.#parts.process.take(this.#toClient, item);
  }

  laneChanged(): void {
    this.#watch();
  }

  readonly #toClient = (item: Item): void => {
    if (!this.#clientOpen) return;
    const { client } = this.#parts;
    switch (item.channel) {
      case "accepted":
        client.accepted();
        return;
      case "refused":
        this.#closeClient();
        client.lost(item.why);
        return;
      case "closed":
        this.#closeClient();
        client.lost("the broker closed the connection");
        return;
      default:
        client.received(item);
    }
  };

  /** Begins or ends the two watches, by what each end can hear now (CN1). */
  #watch(): void {
    const { process, keepalive } = this.#parts;
    const isSilent = this.#clientGone || this.#up.isCut || (process.alive && !process.reading);
    if (!this.#brokerOpen || !isSilent) this.#stopBrokerWatch();
    else if (this.#brokerWatch === undefined) {
      const length = millis(1.5 * keepalive - this.#chance.below(keepalive));
      this.#brokerWatch = this.#in(length, () => {
        this.#brokerWatch = undefined;
        this.#parts.broker.expired(this);
      });
    }
    const isDeaf = this.#brokerGone || this.#up.isCut || this.#down.isCut;
    if (!this.#clientOpen || !isDeaf) this.#stopClientWatch();
    else if (this.#clientWatch === undefined) {
      const length = millis(2 * keepalive - this.#chance.below(keepalive));
      this.#clientWatch = this.#in(length, () => {
        this.#clientWatch = undefined;
        process.take(this.#giveUp, undefined);
      });
    }
  }

  readonly #giveUp = (): void => {
    if (!this.#clientOpen) return;
    this.abandon();
    this.#parts.client.lost("no answer within the keepalive");
  };

  #in(length: Millis, task: () => void): Ticket {
    return this.#parts.process.machine.world.scheduleIn(length, task);
  }

  #stopBrokerWatch(): void {
    if (this.#brokerWatch === undefined) return;
    this.#parts.process.machine.world.cancel(this.#brokerWatch);
    this.#brokerWatch = undefined;
  }

  #stopClientWatch(): void {
    if (this.#clientWatch === undefined) return;
    this.#parts.process.machine.world.cancel(this.#clientWatch);
    this.#clientWatch = undefined;
  }
}
