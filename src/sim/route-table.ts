import { type ChannelName, channels, type Message } from "#src/contract/topics.ts";

/**
 * Who gets which message: by channel, then region, then node, so that no topic is ever put together
 * or taken apart while messages flow. A topic filter is looked at once, when somebody subscribes.
 */
export class RouteTable<S> {
  readonly #byChannel = new Map<ChannelName, Regions<S>>();
  /** Where each subscriber stands, to find it when it leaves. */
  readonly #placed = new Map<S, Placed<S>[]>();

  subscribe(subscriber: S, filter: string): void {
    const placed = this.#placed.get(subscriber) ?? [];
    this.#placed.set(subscriber, placed);
    for (const { channel, known } of constraintsOf(filter)) {
      const list = listIn(this.#regionsOf(channel), known);
      const entry: Entry<S> = { subscriber, node: known["node"], loop: known["loop"] };
      list.push(entry);
      placed.push({ list, entry });
    }
  }

  unsubscribe(subscriber: S): void {
    for (const { list, entry } of this.#placed.get(subscriber) ?? []) {
      list.splice(list.indexOf(entry), 1);
    }
    this.#placed.delete(subscriber);
  }

  /** Visits who subscribed to the message; `visit` must not change who is subscribed. */
  visit(message: Message, visit: (subscriber: S, message: Message) => void): void {
    const regions = this.#byChannel.get(message.channel);
    if (regions === undefined) return;
    const { region, node, loop } = message.params as Params;
    tell(regions.any, node, loop, message, visit);
    const nodes = regions.named.get(region);
    if (nodes === undefined) return;
    tell(nodes.any, node, loop, message, visit);
    const own = node === undefined ? undefined : nodes.named.get(node);
    if (own !== undefined) tell(own, node, loop, message, visit);
  }

  #regionsOf(channel: ChannelName): Regions<S> {
    let regions = this.#byChannel.get(channel);
    if (regions === undefined) {
      regions = { any: [], named: new Map() };
      this.#byChannel.set(channel, regions);
    }
    return regions;
  }
}

/** One subscription; what is undefined may be anything. */
interface Entry<S> {
  readonly subscriber: S;
  readonly node: string | undefined;
  readonly loop: string | undefined;
}

interface Placed<S> {
  readonly list: Entry<S>[];
  readonly entry: Entry<S>;
}

interface Regions<S> {
  readonly any: Entry<S>[];
  readonly named: Map<string, Nodes<S>>;
}

interface Nodes<S> {
  readonly any: Entry<S>[];
  readonly named: Map<string, Entry<S>[]>;
}

interface Params {
  readonly region: string;
  readonly node?: string;
  readonly loop?: string;
}

export interface Constraint {
  readonly channel: ChannelName;
  readonly known: Readonly<Record<string, string>>;
}

/** A level of a topic: a word, or a param of this name. */
interface Level {
  readonly word: string;
  readonly param: string | undefined;
}

const patterns = Object.entries(channels).map(([name, { topic }]) => ({
  channel: name as ChannelName,
  levels: topic.pattern
    .split("/")
    .map((word): Level => ({ word, param: /^\{(.+)\}$/.exec(word)?.[1] })),
}));

/** The channels that a filter reaches, and the params that it ties down. */
export function constraintsOf(filter: string): readonly Constraint[] {
  const asked = filter.split("/");
  return patterns.flatMap(({ channel, levels }) => {
    const known = constraint(asked, levels);
    return known === undefined ? [] : [{ channel, known }];
  });
}

function constraint(
  asked: readonly string[],
  levels: readonly Level[],
): Record<string, string> | undefined {
  const known: Record<string, string> = {};
  for (const [index, { word, param }] of levels.entries()) {
    const said = asked[index];
    if (said === "#") return known;
    if (said === undefined) return undefined;
    if (said === "+") continue;
    if (param !== undefined) known[param] = said;
    else if (said !== word) return undefined;
  }
  const rest = asked.length - levels.length;
  return rest === 0 || (rest === 1 && asked.at(-1) === "#") ? known : undefined;
}

function listIn<S>(regions: Regions<S>, known: Readonly<Record<string, string>>): Entry<S>[] {
  const { region, node } = known;
  if (region === undefined) return regions.any;
  let nodes = regions.named.get(region);
  if (nodes === undefined) {
    nodes = { any: [], named: new Map() };
    regions.named.set(region, nodes);
  }
  if (node === undefined) return nodes.any;
  let entries = nodes.named.get(node);
  if (entries === undefined) {
    entries = [];
    nodes.named.set(node, entries);
  }
  return entries;
}

function tell<S>(
  entries: readonly Entry<S>[],
  node: string | undefined,
  loop: string | undefined,
  message: Message,
  visit: (subscriber: S, message: Message) => void,
): void {
  for (let index = 0; index < entries.length; index += 1) {
    const entry = entries[index] as Entry<S>;
    if (entry.node !== undefined && entry.node !== node) continue;
    if (entry.loop !== undefined && entry.loop !== loop) continue;
    visit(entry.subscriber, message);
  }
}
