import { type Fault, fault } from "#src/base/fault.ts";
import { limits } from "./limits.ts";
import { type ChannelName, channels, type Message } from "./topics.ts";

/** Messages to bytes and back. The only place where the process border is crossed. */
export interface Packet {
  readonly topic: string;
  readonly payload: Uint8Array;
  readonly qos: 0 | 1;
  readonly retain: boolean;
}

const names = Object.keys(channels) as ChannelName[];
const toBytes = new TextEncoder();
const toText = new TextDecoder("utf-8", { fatal: true });

export function encodeMessage(message: Message): Packet {
  const { topic, qos, retain } = channels[message.channel];
  return {
    topic: topic.format(message.params as never),
    payload: toBytes.encode(JSON.stringify(message.body)),
    qos,
    retain,
  };
}

export type Decoded = { readonly message: Message } | { readonly refused: Fault };

export function decodeMessage(packet: Omit<Packet, "qos">): Decoded {
  const { topic, payload, retain } = packet;
  const refuse = (why: string): Decoded => ({
    refused: fault("MESSAGE_MALFORMED", { topic, why }),
  });
  const found = channelOf(topic);
  if (found === undefined) return refuse("no such topic");
  const { name, params } = found;
  const channel = channels[name];
  if (retain && !channel.retain) return { refused: fault("MESSAGE_RETAINED", { topic }) };
  if (payload.length > limits.payloadBytes) {
    return {
      refused: fault("MESSAGE_OVERSIZE", {
        topic,
        bytes: payload.length,
        most: limits.payloadBytes,
      }),
    };
  }
  let said: unknown;
  try {
    said = JSON.parse(toText.decode(payload));
  } catch (error) {
    return refuse(error instanceof SyntaxError ? "it is not JSON" : "it is not UTF-8");
  }
  const read = channel.body.safeParse(said);
  if (!read.success) {
    const issue = read.error.issues[0];
    const at = issue === undefined || issue.path.length === 0 ? "" : `${issue.path.join(".")}: `;
    return refuse(`${at}${issue?.message ?? "it does not fit"}`.slice(0, 200));
  }
  return { message: { channel: name, params, body: read.data } as Message };
}

/** Which channel a topic belongs to, and the ids in it. */
export function channelOf(
  topic: string,
): { name: ChannelName; params: Readonly<Record<string, string>> } | undefined {
  for (const name of names) {
    const params = channels[name].topic.parse(topic);
    if (params !== undefined) return { name, params: params as Record<string, string> };
  }
  return undefined;
}
