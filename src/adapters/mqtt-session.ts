import { MqttClient } from "mqtt";
import { after, type Millis } from "#src/base/units.ts";
import type { BrokerPlace } from "#src/contract/broker-url.ts";
import { limits } from "#src/contract/limits.ts";
import type { Packet } from "#src/contract/wire.ts";
import type { Clock, Timer } from "#src/ports/clock.ts";
import { publishPacket } from "./mqtt-publish-packet.ts";
import { openSocket } from "./mqtt-socket.ts";
import { MqttWire } from "./mqtt-wire.ts";
import { sayMqttError } from "./mqtt-words.ts";

/**
 * One session with a broker, in packets: MQTT 3.1.1, clean, never resumed.
 *
 * MQ1  It ends in exactly one `ended`, at the latest `limits.mqttOpen` after its beginning if it never
 *      came up; `close` and `abandon` end it without.
 * MQ2  `up` comes once every subscription was granted; what arrives earlier waits for it.
 * MQ3  What is under way is bounded in number and bytes; beyond that `publish` takes nothing.
 * MQ4  A peer that answers no ping is given up after one and a half `keepalive`.
 */
export interface SessionParts {
  readonly place: BrokerPlace;
  readonly clientId: string;
  readonly keepalive: Millis;
  readonly will: Packet | undefined;
  readonly subscriptions: readonly string[];
  readonly clock: Clock;
  readonly events: SessionEvents;
}

export interface SessionEvents {
  up(): void;
  ended(why: string, wasUp: boolean): void;
  packet(packet: Omit<Packet, "qos">): void;
}

export class MqttSession {
  readonly #parts: SessionParts;
  readonly #client: MqttClient;
  readonly #wire: MqttWire;
  readonly #deadline: Timer;
  #phase: "opening" | "up" | "closing" | "ended" = "opening";
  #early: Omit<Packet, "qos">[] = [];
  #underWay = 0;
  #bytesUnderWay = 0;
  #drained: (() => void) | undefined;

  constructor(parts: SessionParts) {
    this.#parts = parts;
    const { place, clientId, keepalive, will, subscriptions, clock } = parts;
    const { username, password } = place;
    const wire = new MqttWire(openSocket(place), (packet) => this.#hear(packet));
    this.#wire = wire;
    const client = new MqttClient(() => wire, {
      protocolVersion: 4,
      clean: true,
      clientId,
      keepalive: Math.max(1, Math.ceil(keepalive / 1_000)),
      connectTimeout: limits.mqttOpen,
      reconnectPeriod: 0,
      queueQoSZero: false,
      resubscribe: false,
      ...(username === undefined ? {} : { username }),
      ...(password === undefined ? {} : { password }),
      ...(will === undefined ? {} : { will: { ...will, payload: buffer(will.payload) } }),
    });
    this.#client = client;
    // It stays for good: an "error" without a listener would end the process.
    client.on("error", (error) => this.#giveUp(sayMqttError(error)));
    client.on("connect", () => this.#subscribe(subscriptions));
    client.on("message", (topic, payload, { retain }) => this.#hear({ topic, payload, retain }));
    client.on("close", () => this.#end("it closed the connection"));
    this.#deadline = clock.at(after(clock.now(), limits.mqttOpen), () =>
      this.#giveUp(`it did not answer within ${limits.mqttOpen / 1_000} s`),
    );
  }

  publish({ topic, payload, qos, retain }: Packet): boolean {
    if (this.#phase !== "up" || !this.#client.connected) return false;
    const bytes = payload.length;
    if (this.#underWay >= limits.publishesInFlight) return false;
    if (this.#bytesUnderWay + bytes > limits.publishBytesInFlight) return false;
    this.#underWay += 1;
    this.#bytesUnderWay += bytes;
    // QoS 1: acked by the broker, or the session ended. QoS 0: the socket has taken it.
    const done = (): void => {
      this.#underWay -= 1;
      this.#bytesUnderWay -= bytes;
      if (this.#underWay === 0) this.#drained?.();
    };
    if (qos === 0) this.#wire.send(publishPacket(topic, payload, retain), done);
    else this.#client.publish(topic, buffer(payload), { qos, retain }, done);
    return true;
  }

  /** Says goodbye, so that no Will is published; within two seconds whatever the peer does. */
  async close(): Promise<void> {
    if (this.#phase === "closing" || this.#phase === "ended") return;
    const wasUp = this.#phase === "up";
    this.#phase = "closing";
    this.#deadline.cancel();
    const client = this.#client;
    const closed = new Promise<void>((resolve) => void client.once("close", () => resolve()));
    if (!wasUp) {
      client.end(true);
      await this.#within(limits.mqttGoodbye, closed);
      return;
    }
    if (this.#underWay > 0) {
      const drained = new Promise<void>((resolve) => {
        this.#drained = resolve;
      });
      await this.#within(limits.mqttAcks, Promise.race([drained, closed]));
    }
    // The driver would wait without end for acks before it says goodbye.
    for (const id of Object.keys(client.outgoing)) client.removeOutgoingMessage(Number(id));
    client.end();
    await this.#within(limits.mqttGoodbye, closed);
    client.stream.destroy();
  }

  /** Ends it at once and without a goodbye: the broker publishes the Will. */
  abandon(): void {
    this.#phase = "ended";
    this.#deadline.cancel();
    this.#client.end(true);
  }

  #subscribe(filters: readonly string[]): void {
    if (filters.length === 0) {
      this.#up();
      return;
    }
    this.#client.subscribe([...filters], { qos: 1 }, (error, _subscriptions, answer) => {
      if (this.#phase !== "opening") return;
      if (error === null) this.#up();
      else this.#giveUp(`it grants no subscription to ${refused(filters, answer?.granted)}`);
    });
  }

  #up(): void {
    if (this.#phase !== "opening") return;
    this.#phase = "up";
    this.#deadline.cancel();
    const early = this.#early;
    this.#early = [];
    this.#parts.events.up();
    for (const packet of early) this.#hear(packet);
  }

  #hear(packet: Omit<Packet, "qos">): void {
    if (this.#phase === "up") this.#parts.events.packet(packet);
    if (this.#phase !== "opening") return;
    this.#early.push(packet);
    if (this.#early.length > limits.mailbox) {
      this.#giveUp(`it sent ${limits.mailbox} messages before it granted the subscriptions`);
    }
  }

  #giveUp(why: string): void {
    if (this.#phase !== "opening" && this.#phase !== "up") return;
    this.#client.end(true);
    this.#end(why);
  }

  #end(why: string): void {
    const was = this.#phase;
    this.#phase = "ended";
    this.#deadline.cancel();
    this.#early = [];
    if (was === "opening" || was === "up") this.#parts.events.ended(why, was === "up");
  }

  /** Waits for the promise, but no longer than this. */
  async #within(length: Millis, awaited: Promise<void>): Promise<void> {
    const { clock } = this.#parts;
    let timer: Timer | undefined;
    const over = new Promise<void>((resolve) => {
      timer = clock.at(after(clock.now(), length), resolve);
    });
    await Promise.race([awaited, over]);
    timer?.cancel();
  }
}

/** Which of the filters the answer refuses, by the codes of SUBACK in the same order. */
function refused(filters: readonly string[], granted: readonly unknown[] = []): string {
  const named = filters.filter((_, at) => Number(granted[at]) >= 0x80);
  return (named.length === 0 ? filters : named).join(", ");
}

/** The same bytes under the driver's type. */
const buffer = ({ buffer: memory, byteOffset, byteLength }: Uint8Array): Buffer =>
  Buffer.from(memory, byteOffset, byteLength);
