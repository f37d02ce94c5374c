import { type Fault, fault, faults, isFaultCode } from "#src/base/fault.ts";
import { lookUp } from "#src/base/persistent-map.ts";
import { after, type Instant, type WallTime, wallTime } from "#src/base/units.ts";
import type { RegionConfig } from "#src/contract/config.ts";
import { limits } from "#src/contract/limits.ts";
import type { StandingGrant } from "#src/contract/region-records.ts";
import type { MessageFor } from "#src/contract/topics.ts";
import type { RegionEffect, SetRequest } from "#src/core/region-io.ts";
import type { Asked, RegionState, RegionStep, Standing } from "./region-state.ts";

/** Setpoints from people at the region: asked, answered by the node, renewed until their end. */
const refuse = (state: RegionState, id: string, refused: Fault): RegionStep => ({
  state,
  effects: [{ kind: "reply", id, refused, message: refused.message }],
});

export function ask(
  config: RegionConfig,
  state: RegionState,
  request: SetRequest,
  wall: WallTime,
  now: Instant,
): RegionStep {
  const { id, node, loop, value, owner, reason } = request;
  const known = lookUp(state.nodes, node);
  if (known === undefined) return refuse(state, id, fault("NODE_UNKNOWN", { node }));
  if (known.record.link !== "up" || !state.held || state.bus !== "up") {
    return refuse(state, id, fault("NODE_SILENT", { node }));
  }
  const until = wallTime(wall + request.for);
  const grant: StandingGrant = { id, node, loop, value, owner, reason, until };
  const deadline = after(now, limits.queryTimeout);
  const asked: Asked = { grant, deadline, notYet: undefined };
  return {
    state: { ...state, asked: [...state.asked, asked] },
    effects: [{ kind: "publish", message: grantMessage(config, state, grant, wall) }],
  };
}

/** What is left of a grant is said as a length, capped by the lease: silence ends it too. */
function grantMessage(
  config: RegionConfig,
  state: RegionState,
  grant: StandingGrant,
  wall: WallTime,
): MessageFor<"setpoint"> {
  const { id, value, owner, reason } = grant;
  return {
    channel: "setpoint",
    params: { region: config.region, node: grant.node, loop: grant.loop },
    body: {
      v: 1,
      id,
      epoch: state.epoch,
      value,
      for: Math.min(config.lease.ttl, Math.max(0, grant.until - wall)),
      owner,
      reason,
    },
  };
}

/** The node's word on a setpoint. An older one stands until the node has taken the newer. */
export function answer(state: RegionState, message: MessageFor<"setpointAnswer">): RegionStep {
  const { id, result, message: said, code } = message.body;
  const { node, loop } = message.params;
  const isMeant = (grant: StandingGrant): boolean =>
    grant.id === id && grant.node === node && grant.loop === loop;
  const waiting = state.asked.find(({ grant }) => isMeant(grant));
  const asked = state.asked.filter((one) => one !== waiting);
  if (result === "accepted" && waiting !== undefined) {
    const { grant } = waiting;
    const rest = state.grants.filter((one) => apart(grant)(one.grant));
    const replaced = state.grants.filter((one) => !rest.includes(one));
    return {
      state: { ...state, asked, grants: [...rest, { grant, isInForce: true }] },
      effects: [
        ...dropped(replaced),
        { kind: "keepGrant", grant },
        { kind: "reply", id, refused: undefined, message: said },
      ],
    };
  }
  if (result === "accepted" || isForNow(code)) {
    const isInForce = result === "accepted";
    const notYet = isInForce ? undefined : refusalOf(node, code, said);
    const grants = withWord(state.grants, isMeant, isInForce);
    const told = state.asked.map((one) => (one === waiting ? { ...one, notYet } : one));
    return { state: { ...state, grants, asked: told }, effects: [] };
  }
  const over = state.grants.filter((one) => isMeant(one.grant));
  const effects: RegionEffect[] = dropped(over);
  if (waiting !== undefined) {
    const refused = refusalOf(node, code, said);
    effects.push({ kind: "reply", id, refused, message: refused.message });
  }
  const grants = state.grants.filter((one) => !isMeant(one.grant));
  return { state: { ...state, grants, asked }, effects };
}

function withWord(
  grants: readonly Standing[],
  isMeant: (grant: StandingGrant) => boolean,
  isInForce: boolean,
): readonly Standing[] {
  const isNews = grants.some((one) => one.isInForce !== isInForce && isMeant(one.grant));
  if (!isNews) return grants;
  return grants.map((one) => (isMeant(one.grant) ? { ...one, isInForce } : one));
}

/** The next renewal may find the node with this region's lease, and its epoch on disk; a bad value never will. */
const isForNow = (code: string | undefined): boolean =>
  code === "SETPOINT_NO_LEASE" || code === "SETPOINT_EPOCH";

/** A node of a newer version may give a reason that is not in this catalogue. */
function refusalOf(node: string, code: string | undefined, message: string): Fault {
  if (!isFaultCode(code)) return fault("SETPOINT_REFUSED", { node, why: message });
  const { remedy, then } = faults[code];
  return { code, message, remedy, then };
}

const apart =
  (of: StandingGrant) =>
  (one: StandingGrant): boolean =>
    one.node !== of.node || one.loop !== of.loop;

const dropped = (grants: readonly Standing[]): RegionEffect[] =>
  grants.map(({ grant: { id } }) => ({ kind: "dropGrant", id }));

export const notInForce = (one: Standing): Standing => ({ ...one, isInForce: false });

export interface Renewed {
  readonly state: RegionState;
  /** What is over. */
  readonly dropped: readonly RegionEffect[];
  /** What is not is said again: what its node follows, and the others (RG4). */
  readonly inForce: readonly RegionEffect[];
  readonly others: readonly RegionEffect[];
}

/** RG3: what is not over is said again; what is over is dropped. */
export function renewGrants(config: RegionConfig, state: RegionState, wall: WallTime): Renewed {
  const over = state.grants.filter(({ grant }) => wall >= grant.until);
  const grants = state.grants.filter(({ grant }) => wall < grant.until);
  const kept = { ...state, grants };
  if (state.bus !== "up" || !state.held) {
    return { state: kept, dropped: dropped(over), inForce: [], others: [] };
  }
  const say = (grant: StandingGrant): RegionEffect => ({
    kind: "publish",
    message: grantMessage(config, state, grant, wall),
  });
  const asked = state.asked.map(({ grant }) => grant).filter(({ until }) => wall < until);
  const standing = grants.filter(({ grant }) => asked.every(apart(grant)));
  return {
    state: kept,
    dropped: dropped(over),
    inForce: standing.filter(({ isInForce }) => isInForce).map(({ grant }) => say(grant)),
    others: [
      ...standing.filter(({ isInForce }) => !isInForce).map(({ grant }) => say(grant)),
      ...asked.map(say),
    ],
  };
}

/** A `set` that its node did not take in time: it is not left to surprise somebody later. */
export function forgetOverdue(state: RegionState, now: Instant): RegionStep {
  const overdue = state.asked.filter((one) => now >= one.deadline);
  if (overdue.length === 0) return { state, effects: [] };
  const effects = overdue.map(({ grant, notYet }): RegionEffect => {
    const refused = notYet ?? fault("NODE_SILENT", { node: grant.node });
    return { kind: "reply", id: grant.id, refused, message: refused.message };
  });
  const asked = state.asked.filter((one) => now < one.deadline);
  return { state: { ...state, asked }, effects };
}
