import type { z } from "zod";
import {
  Lease,
  LinkStatus,
  MetricAck,
  MetricBatch,
  ModeStatus,
  SetpointAnswer,
  SetpointGrant,
} from "./messages.ts";
import { type Topic, type TopicParams, topic } from "./topic.ts";

/**
 * Every topic there is. Access rules, subscriptions, bridge plans and docs/topics.md come from
 * this table; a topic string stands nowhere else.
 *
 * T1  Up-channels and down-channels are disjoint, so that a bridge cannot loop.
 * T2  Only state with an owner is retained; a retained message on any other topic is refused.
 */
interface Channel<P extends string, B extends z.ZodType> {
  readonly topic: Topic<P>;
  readonly body: B;
  /** up: node to region. down: region to node. */
  readonly direction: "up" | "down";
  readonly qos: 0 | 1;
  readonly retain: boolean;
  readonly purpose: string;
}

const channel = <P extends string, B extends z.ZodType>(of: Channel<P, B>): Channel<P, B> => of;

export const channels = {
  link: channel({
    topic: topic("hf/v1/{region}/{node}/status/link"),
    body: LinkStatus,
    direction: "up",
    qos: 1,
    retain: true,
    purpose: "The node's birth and, as its Will, its death.",
  }),
  mode: channel({
    topic: topic("hf/v1/{region}/{node}/status/mode"),
    body: ModeStatus,
    direction: "up",
    qos: 1,
    retain: true,
    purpose: "The node's mode, since when and why.",
  }),
  metric: channel({
    topic: topic("hf/v1/{region}/{node}/data/metric"),
    body: MetricBatch,
    direction: "up",
    qos: 1,
    retain: false,
    purpose: "Measured points, numbered by boot and seq.",
  }),
  ack: channel({
    topic: topic("hf/v1/{region}/{node}/ack/metric"),
    body: MetricAck,
    direction: "down",
    qos: 1,
    retain: false,
    purpose: "What the region has committed; only this lets the node forget.",
  }),
  lease: channel({
    topic: topic("hf/v1/{region}/_region/lease"),
    body: Lease,
    direction: "down",
    qos: 0,
    retain: false,
    purpose: "The region's authority, renewed; its silence ends it.",
  }),
  setpoint: channel({
    topic: topic("hf/v1/{region}/{node}/setpoint/{loop}"),
    body: SetpointGrant,
    direction: "down",
    qos: 1,
    retain: false,
    purpose: "A setpoint with an end, renewed while it lasts.",
  }),
  setpointAnswer: channel({
    topic: topic("hf/v1/{region}/{node}/reply/setpoint/{loop}"),
    body: SetpointAnswer,
    direction: "up",
    qos: 1,
    retain: false,
    purpose: "Whether the node took the setpoint, and why not.",
  }),
} as const;

/** Filters of all that goes one way, as narrow as what is known of the place makes them. */
export const filtersOf = (
  direction: "up" | "down",
  known: { readonly region: string; readonly node?: string },
): readonly string[] =>
  Object.values(channels)
    .filter((channel) => channel.direction === direction)
    .map((channel) => channel.topic.filter(known as never));

/** A message that a person's probe sends to itself through the broker; no agent hears it. */
export const probeTopic = topic("hf/v1/_probe/{probe}");

export type ChannelName = keyof typeof channels;

type MessageOn<N extends ChannelName> = {
  readonly channel: N;
  readonly params: TopicParams<(typeof channels)[N]["topic"]>;
  readonly body: z.infer<(typeof channels)[N]["body"]>;
};

/** A message as agents see it: parsed, typed, never bytes. */
export type Message = { [N in ChannelName]: MessageOn<N> }[ChannelName];
export type MessageFor<N extends ChannelName> = Extract<Message, { channel: N }>;
