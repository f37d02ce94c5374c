import { unreachable } from "#src/base/assert.ts";
import { clientIdOf, type Principal, principalOf } from "#src/contract/client-id.ts";
import { limits } from "#src/contract/limits.ts";
import { type ChannelName, channels, filtersOf, probeTopic } from "#src/contract/topics.ts";
import { channelOf } from "#src/contract/wire.ts";

/**
 * Who may say and hear what, out of the table of topics.
 *
 * AC1  A node says its own up-channels; it hears its own down-channels and those of its region.
 * AC2  A region controller says the down-channels of its region and hears its up-channels.
 * AC3  What no rule allows is refused, and so is who is nobody: `$SYS` and other regions included.
 * AC4  Retained is only what the table retains, Wills included.
 * AC5  A session ends with its connection: what waits for an absent client would have no bound.
 */
export interface Introduction {
  readonly clientId: string;
  readonly clean: boolean;
  readonly will: Said | undefined;
}

/** A publication as far as access goes. */
export interface Said {
  readonly topic: string;
  readonly retain: boolean;
  /** Bytes of the payload. */
  readonly bytes: number;
}

/** Why not, in words for a log; undefined when it is allowed. */
export type Refusal = string | undefined;

export type Admission = { readonly principal: Principal } | { readonly refused: string };

export function admit(region: string, { clientId, clean, will }: Introduction): Admission {
  const principal = principalOf(clientId);
  if (principal === undefined) return { refused: "the client id names nobody of this house" };
  if (principal.kind !== "probe" && principal.region !== region) {
    return { refused: `it belongs to region ${principal.region}` };
  }
  if (!clean) return { refused: "it asks for a session that outlives its connection" };
  const unwilling = will === undefined ? undefined : refuseSaying(principal, will);
  return unwilling === undefined ? { principal } : { refused: `its Will: ${unwilling}` };
}

export function refuseSaying(principal: Principal, { topic, retain, bytes }: Said): Refusal {
  if (bytes > limits.payloadBytes) return `${bytes} bytes are more than ${limits.payloadBytes}`;
  if (isOwnProbe(principal, topic)) return retain ? "a probe leaves nothing behind" : undefined;
  const found = channelOf(topic);
  if (found === undefined) return "there is no such topic";
  if (!speaks(principal, found)) return "it is not for this client to say";
  if (retain && !channels[found.name].retain) return "this topic retains nothing";
  return undefined;
}

export function refuseFilter(principal: Principal, filter: string): Refusal {
  const isCovered = widestFilters(principal).some((own) => covers(own, filter));
  return isCovered ? undefined : "it is not for this client to hear";
}

/** At delivery: the second line of defence behind the subscription. */
export function mayHear(principal: Principal, topic: string): boolean {
  if (isOwnProbe(principal, topic)) return true;
  const found = channelOf(topic);
  return found !== undefined && hears(principal, found);
}

/** The widest filters a client may ask for. */
export function widestFilters(principal: Principal): readonly string[] {
  switch (principal.kind) {
    case "node":
      return filtersOf("down", { region: principal.region, node: principal.node });
    case "region":
      return filtersOf("up", { region: principal.region });
    case "probe":
      return [probeTopic.format({ probe: clientIdOf(principal) })];
    default:
      return unreachable(principal, "kind of principal");
  }
}

interface Place {
  readonly name: ChannelName;
  readonly params: Readonly<Record<string, string>>;
}

const speaks = (principal: Principal, place: Place): boolean =>
  channels[place.name].direction === "up"
    ? principal.kind === "node" && isAt(principal, place)
    : principal.kind === "region" && isAt(principal, place);

const hears = (principal: Principal, place: Place): boolean =>
  channels[place.name].direction === "up"
    ? principal.kind === "region" && isAt(principal, place)
    : principal.kind === "node" && isAt(principal, place);

/** A topic without a node is that of the whole region. */
function isAt(principal: Exclude<Principal, { kind: "probe" }>, { params }: Place): boolean {
  if (params["region"] !== principal.region) return false;
  if (principal.kind === "region" || params["node"] === undefined) return true;
  return params["node"] === principal.node;
}

const isOwnProbe = (principal: Principal, topic: string): boolean =>
  principal.kind === "probe" && topic === probeTopic.format({ probe: clientIdOf(principal) });

/** Whether everything that `narrow` matches is matched by `wide` too; `wide` has no `#`. */
function covers(wide: string, narrow: string): boolean {
  const levels = narrow.split("/");
  const own = wide.split("/");
  return (
    levels.length === own.length &&
    levels.every((level, at) => level === own[at] || (own[at] === "+" && level !== "#"))
  );
}
