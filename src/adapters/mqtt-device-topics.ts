import { invariant } from "#src/base/assert.ts";
import type { Millis } from "#src/base/units.ts";
import type { NodeConfig } from "#src/contract/config.ts";
import type { PayloadPlace } from "#src/contract/payloads.ts";

/** What a device says under one topic that a signal listens to. */
export type Listening = Heard | State;

interface Place {
  /** Place of the signal in the configuration. */
  readonly index: number;
  readonly place: PayloadPlace;
  /** For people: "reading air (topic home/air)". */
  readonly what: string;
}

export interface Heard extends Place {
  readonly kind: "input";
  readonly maxAge: Millis;
}

/** What an output's actuator says of itself. */
interface State extends Place {
  readonly kind: "state";
}

/** Where an output's value is said. */
export interface Order {
  readonly device: string;
  readonly topic: string;
  readonly qos: 0 | 1;
  readonly place: PayloadPlace;
}

/** The signals of one device by the topic they listen to. */
export function listeners(
  config: NodeConfig,
  device: string,
): ReadonlyMap<string, readonly Listening[]> {
  const byTopic = new Map<string, Listening[]>();
  const listen = (topic: string, one: Listening): void => {
    byTopic.set(topic, [...(byTopic.get(topic) ?? []), one]);
  };
  for (const [index, [name, input]] of Object.entries(config.inputs).entries()) {
    if (input.device !== device || input.topic === undefined) continue;
    const { name: topic, ...place } = input.topic;
    const { maxAge } = input;
    listen(topic, { kind: "input", index, maxAge, place, what: sayReading(name, topic) });
  }
  for (const [index, [name, output]] of Object.entries(config.outputs).entries()) {
    if (output.device !== device || output.topic?.state === undefined) continue;
    const { state, scale, offset, words } = output.topic;
    const place = { path: state.path, scale, offset, words };
    listen(state.name, { kind: "state", index, place, what: sayReading(name, state.name) });
  }
  return byTopic;
}

/** For each output of the node; undefined where it is not behind MQTT. */
export const orders = (config: NodeConfig): readonly (Order | undefined)[] =>
  Object.values(config.outputs).map(({ device, topic }) => {
    if (topic === undefined) return undefined;
    const { name, qos, path, scale, offset, words } = topic;
    invariant(qos === 0 || qos === 1, "the schema knows no other QoS");
    return { device, topic: name, qos, place: { path, scale, offset, words } };
  });

const sayReading = (name: string, topic: string): string => `reading ${name} (topic ${topic})`;
