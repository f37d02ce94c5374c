import { fault } from "#src/base/fault.ts";
import { after, type Millis, seconds } from "#src/base/units.ts";
import type { Message } from "#src/contract/topics.ts";
import { decodeMessage, type Packet } from "#src/contract/wire.ts";
import type { Bus, BusEvents, Session } from "#src/ports/bus.ts";
import type { Timer } from "#src/ports/clock.ts";
import { Chance } from "./delay.ts";
import type { SimBroker } from "./sim-broker.ts";
import { type ClientEnd, type Item, SimConnection } from "./sim-connection.ts";
import type { Path } from "./sim-network.ts";
import type { SimProcess } from "./sim-process.ts";

export interface SimBusParts {
  readonly process: SimProcess;
  readonly path: Path;
  readonly broker: SimBroker;
  readonly clientId: string;
  readonly keepalive: Millis;
  readonly seed: number;
  readonly events: BusEvents;
}

const connectTimeout = seconds(5);

/**
 * The Bus port over the model of a broker. Messages go through as they are and are never written
 * out; an `open` while a session lasts replaces it without a `down`.
 */
export class SimBus implements Bus, ClientEnd {
  readonly #parts: SimBusParts;
  readonly #chance: Chance;
  #connection: SimConnection | undefined;
  #isUp = false;
  #patience: Timer | undefined;

  constructor(parts: SimBusParts) {
    this.#parts = parts;
    this.#chance = new Chance(parts.seed);
  }

  open(session: Session): void {
    const { process, path, broker, clientId, keepalive } = this.#parts;
    if (!process.alive) return;
    this.#forget()?.abandon();
    const seed = this.#chance.next();
    this.#connection = new SimConnection({
      path,
      process,
      broker,
      client: this,
      clientId,
      keepalive,
      session,
      seed,
    });
    this.#patience = process.at(after(process.now(), connectTimeout), () => {
      const late = this.#forget();
      late?.abandon();
      this.#tellDown("BUS_REFUSED", "no answer within 5 s");
    });
  }

  publish(message: Message): boolean {
    return this.#taking()?.publish(message) === true;
  }

  /** Sends bytes as they are, for tests of what a stranger could send. */
  publishPacket(packet: Packet): boolean {
    return this.#taking()?.publishPacket(packet) === true;
  }

  close(): Promise<void> {
    this.#forget()?.leave();
    return Promise.resolve();
  }

  /** The connection breaks at this end, and the program goes on. */
  sever(): void {
    const connection = this.#forget();
    if (connection === undefined) return;
    connection.abandon();
    this.#tellDown("BUS_LOST", "the connection broke");
  }

  accepted(): void {
    this.#patience?.cancel();
    this.#patience = undefined;
    this.#isUp = true;
    this.#parts.events.up();
  }

  received(item: Item): void {
    const { events } = this.#parts;
    switch (item.channel) {
      case "packet": {
        const read = decodeMessage(item.packet);
        if ("message" in read) events.message(read.message);
        else events.refused(read.refused);
        return;
      }
      case "connect":
      case "accepted":
      case "refused":
      case "disconnect":
      case "closed":
        return;
      default:
        events.message(item);
    }
  }

  lost(why: string): void {
    const code = this.#isUp ? "BUS_LOST" : "BUS_REFUSED";
    this.#forget();
    this.#tellDown(code, why);
  }

  #taking(): SimConnection | undefined {
    return this.#isUp && this.#parts.process.alive ? this.#connection : undefined;
  }

  #forget(): SimConnection | undefined {
    const connection = this.#connection;
    this.#connection = undefined;
    this.#isUp = false;
    this.#patience?.cancel();
    this.#patience = undefined;
    return connection;
  }

  #tellDown(code: "BUS_LOST" | "BUS_REFUSED", why: string): void {
    const { events, broker } = this.#parts;
    events.down(fault(code, { url: broker.url, why }));
  }
}
