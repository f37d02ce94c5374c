import { fault } from "#src/base/fault.ts";
import { after, type Instant, type WallTime, wallTime } from "#src/base/units.ts";
import type { RegionConfig } from "#src/contract/config.ts";
import { limits } from "#src/contract/limits.ts";
import type { StandingGrant } from "#src/contract/region-records.ts";
import type { MessageFor } from "#src/contract/topics.ts";
import type { RegionEffect, SetRequest } from "#src/core/region-io.ts";
import type { RegionState, RegionStep } from "./region-state.ts";

/** Setpoints from people at the region: asked, answered by the node, renewed until their end. */
const refuse = (state: RegionState, id: string, refused: ReturnType<typeof fault>): RegionStep => ({
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
  const known = state.nodes.get(node);
  if (known === undefined) return refuse(state, id, fault("NODE_UNKNOWN", { node }));
  if (known.record.link !== "up" || !state.held || state.bus !== "up")
    return refuse(state, id, fault("NODE_SILENT", { node }));
  const until = wallTime(wall + request.for);
  const grant: StandingGrant = { id, node, loop, value, owner, reason, until };
  // A newer setpoint for a loop takes the place of the older one.
  const replaced = state.grants.filter((one) => one.node === node && one.loop === loop);
  return {
    state: {
      ...state,
      grants: [...state.grants.filter((one) => !replaced.includes(one)), grant],
      asked: [...state.asked, { id, deadline: after(now, limits.queryTimeout) }],
    },
    effects: [
      ...replaced.map((one): RegionEffect => ({ kind: "dropGrant", id: one.id })),
      { kind: "keepGrant", grant },
      { kind: "publish", message: grantMessage(config, state, grant, wall) },
    ],
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

export function answer(state: RegionState, message: MessageFor<"setpointAnswer">): RegionStep {
  const { id, result, message: said, code } = message.body;
  const grant = state.grants.find((one) => one.id === id);
  const waiting = state.asked.some((one) => one.id === id);
  const asked = state.asked.filter((one) => one.id !== id);
  if (result === "accepted") {
    if (!waiting) return { state, effects: [] };
    return {
      state: { ...state, asked },
      effects: [{ kind: "reply", id, refused: undefined, message: said }],
    };
  }
  // Without a lease at the node yet, the next renewal may find it connected; a bad value never will.
  const final = code !== "SETPOINT_NO_LEASE";
  const grants = final ? state.grants.filter((one) => one.id !== id) : state.grants;
  const effects: RegionEffect[] = [];
  if (final && grant !== undefined) effects.push({ kind: "dropGrant", id });
  if (waiting && final) {
    const known = fault("SETPOINT_UNKNOWN_LOOP", { loop: message.params.loop });
    const refused = {
      ...known,
      message: said,
      ...(code === undefined ? {} : { code: code as typeof known.code }),
    };
    effects.push({ kind: "reply", id, refused, message: said });
  }
  return { state: { ...state, grants, asked: final ? asked : state.asked }, effects };
}

/** RG3: what is not over is said again; what is over is dropped. */
export function renewGrants(config: RegionConfig, state: RegionState, wall: WallTime): RegionStep {
  const over = state.grants.filter((grant) => wall >= grant.until);
  const standing = state.grants.filter((grant) => wall < grant.until);
  const effects: RegionEffect[] = over.map((grant) => ({ kind: "dropGrant", id: grant.id }));
  if (state.bus === "up" && state.held) {
    for (const grant of standing) {
      effects.push({ kind: "publish", message: grantMessage(config, state, grant, wall) });
    }
  }
  return { state: { ...state, grants: standing }, effects };
}

/** A `set` that no node answered: it is not left to surprise somebody later. */
export function forgetOverdue(step: RegionStep, now: Instant): RegionStep {
  const overdue = step.state.asked.filter((one) => now >= one.deadline);
  if (overdue.length === 0) return step;
  const ids = new Set(overdue.map((one) => one.id));
  const grants = step.state.grants.filter((grant) => !ids.has(grant.id));
  const effects: RegionEffect[] = [...step.effects];
  for (const { id } of overdue) {
    const node = step.state.grants.find((grant) => grant.id === id)?.node ?? "?";
    const refused = fault("NODE_SILENT", { node });
    effects.push(
      { kind: "dropGrant", id },
      { kind: "reply", id, refused, message: refused.message },
    );
  }
  return {
    state: { ...step.state, grants, asked: step.state.asked.filter((one) => !ids.has(one.id)) },
    effects,
  };
}
