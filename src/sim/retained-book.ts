import { channels, type Message } from "#src/contract/topics.ts";
import { encodeMessage, type Packet } from "#src/contract/wire.ts";
import { constraintsOf } from "./route-table.ts";

/**
 * What a broker retains: the newest message of each topic. Messages stand by channel, region and
 * node; bytes that somebody planted stand by topic.
 */
export class RetainedBook {
  readonly #messages = new Map<string, Map<string, Map<string, Message>>>();
  readonly #planted = new Map<string, Packet>();

  keep(message: Message): void {
    const { region, node = "" } = message.params as { region: string; node?: string };
    inner(inner(this.#messages, message.channel), region).set(node, message);
    if (this.#planted.size > 0) this.#planted.delete(encodeMessage(message).topic);
  }

  /** An empty payload clears the topic. */
  plant(packet: Packet): void {
    for (const regions of this.#messages.values()) {
      for (const nodes of regions.values()) {
        for (const [node, message] of nodes) {
          if (encodeMessage(message).topic === packet.topic) nodes.delete(node);
        }
      }
    }
    if (packet.payload.length === 0) this.#planted.delete(packet.topic);
    else this.#planted.set(packet.topic, packet);
  }

  clear(): void {
    this.#messages.clear();
    this.#planted.clear();
  }

  get size(): number {
    let size = this.#planted.size;
    for (const regions of this.#messages.values()) {
      for (const nodes of regions.values()) size += nodes.size;
    }
    return size;
  }

  /** All that a filter reaches. */
  visit(filter: string, message: (one: Message) => void, packet: (one: Packet) => void): void {
    for (const { channel, known } of constraintsOf(filter)) {
      if (!channels[channel].retain) continue;
      for (const [region, nodes] of this.#messages.get(channel) ?? []) {
        if (known["region"] !== undefined && known["region"] !== region) continue;
        const own = known["node"];
        if (own === undefined) for (const one of nodes.values()) message(one);
        else if (nodes.has(own)) message(nodes.get(own) as Message);
      }
    }
    for (const one of this.#planted.values()) if (reaches(filter, one.topic)) packet(one);
  }
}

/** Whether a topic filter of MQTT takes a topic; the slow way, for what is no message of ours. */
export function reaches(filter: string, topic: string): boolean {
  const asked = filter.split("/");
  const levels = topic.split("/");
  for (const [index, said] of asked.entries()) {
    if (said === "#") return !topic.startsWith("$") || index > 0;
    if (levels[index] === undefined) return false;
    if (said === "+" && !(index === 0 && topic.startsWith("$"))) continue;
    if (said !== levels[index]) return false;
  }
  return asked.length === levels.length;
}

function inner<K, L, V>(outer: Map<K, Map<L, V>>, key: K): Map<L, V> {
  let found = outer.get(key);
  if (found === undefined) {
    found = new Map();
    outer.set(key, found);
  }
  return found;
}
