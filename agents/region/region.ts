import { unreachable } from "#src/base/assert.ts";
import { fault } from "#src/base/fault.ts";
import { after, type Instant, type Millis, type WallTime } from "#src/base/units.ts";
import type { RegionConfig } from "#src/contract/config.ts";
import type { Agent } from "#src/core/agent.ts";
import { lostConnection } from "#src/core/protect/reconnect.ts";
import type { RegionEffect, RegionInput, RegionMemory } from "#src/core/region-io.ts";
import { answer, ask, forgetOverdue, notInForce, renewGrants } from "./grants.ts";
import { hearNode, tableOf } from "./node-table.ts";
import type { RegionState, RegionStep } from "./region-state.ts";

/**
 * The region controller: ingest and acks, the region's lease, setpoints with an end, the table of
 * nodes.
 *
 * RG1  A batch is acked only after it is committed, and as far as it is without a gap.
 * RG2  A lease goes out only while the arbiter says that it is ours: a region that cannot write its
 *      own database falls silent, and its nodes go on by themselves.
 * RG3  A setpoint is renewed until its end and no longer; a node that refuses it is not asked again.
 * RG4  A setpoint that its node follows is said before the lease that keeps it: who hears that lease has
 *      heard it, so that no setpoint lapses while the leases of its region arrive. One that the node does
 *      not follow yet is said after it, as it would be refused before.
 */
export const region: Agent<RegionConfig, RegionMemory, RegionState, RegionInput, RegionEffect> = {
  kind: "region",

  start(config, memory, now) {
    const state: RegionState = {
      bus: "down",
      upSince: undefined,
      reconnectAt: now,
      backoff: { attempt: 0, seed: memory.seed },
      epoch: 0,
      held: false,
      leaseWhy: "just started",
      renewAt: now,
      nodes: tableOf(memory.nodes),
      grants: memory.grants.map((grant) => ({ grant, isInForce: false })),
      asked: [],
      askedWake: undefined,
    };
    return settle(config, { state, effects: [] }, now);
  },

  step(config, state, input, now) {
    const left = input.kind === "wake" ? { ...state, askedWake: undefined } : state;
    return settle(config, take(config, left, input, now), now);
  },
};

const stay = (state: RegionState, ...effects: RegionEffect[]): RegionStep => ({ state, effects });

function take(
  config: RegionConfig,
  state: RegionState,
  input: RegionInput,
  now: Instant,
): RegionStep {
  switch (input.kind) {
    case "wake":
      return wake(config, state, input.wall, now);
    case "busUp":
      return stay({ ...state, bus: "up", upSince: now, renewAt: now });
    case "busDown":
      return lost(state, input, now);
    case "message":
      return hear(state, input);
    case "leaseHeld":
      return renewAll(config, holding(state, input.epoch), input.wall);
    case "leaseLost":
      return stay(
        { ...state, held: false, leaseWhy: input.fault.message },
        { kind: "report", fault: input.fault },
      );
    case "ingested":
      return stay(state, {
        kind: "publish",
        message: {
          channel: "ack",
          params: { region: config.region, node: input.node },
          body: { v: 1, boot: input.boot, upTo: input.upTo },
        },
      });
    case "ingestFailed":
      // No ack: the node keeps its samples and sends them again.
      return stay(state, { kind: "report", fault: input.fault });
    case "set":
      return ask(config, state, input.request, input.wall, now);
    default:
      return unreachable(input, "region input");
  }
}

/** A node hears of a new epoch with the first lease of it. */
function holding(state: RegionState, epoch: number): RegionState {
  const grants = epoch === state.epoch ? state.grants : state.grants.map(notInForce);
  return { ...state, epoch, grants, held: true, leaseWhy: "held" };
}

/** With each lease go the setpoints that hang on it (RG4). */
function renewAll(config: RegionConfig, state: RegionState, wall: WallTime): RegionStep {
  const lease = grantLease(config, state, config.lease.ttl);
  const { state: kept, dropped, inForce, others } = renewGrants(config, lease.state, wall);
  return { state: kept, effects: [...dropped, ...inForce, ...lease.effects, ...others] };
}

/** What nobody answered is given up; what it stood in the way of is said again then, or with the lease. */
function wake(config: RegionConfig, state: RegionState, wall: WallTime, now: Instant): RegionStep {
  const kept = forgetOverdue(state, now);
  if (kept.state === state || now >= state.renewAt) return kept;
  const { state: renewed, dropped, inForce, others } = renewGrants(config, kept.state, wall);
  return { state: renewed, effects: [...kept.effects, ...dropped, ...inForce, ...others] };
}

function grantLease(config: RegionConfig, state: RegionState, ttl: Millis): RegionStep {
  if (state.bus !== "up") return stay(state);
  return stay(state, {
    kind: "publish",
    message: {
      channel: "lease",
      params: { region: config.region },
      body: { v: 1, controller: config.controller, epoch: state.epoch, ttl },
    },
  });
}

function lost(
  state: RegionState,
  input: Extract<RegionInput, { kind: "busDown" }>,
  now: Instant,
): RegionStep {
  return stay({ ...state, ...lostConnection(state, now) }, { kind: "report", fault: input.fault });
}

function hear(state: RegionState, input: Extract<RegionInput, { kind: "message" }>): RegionStep {
  const { message, wall } = input;
  switch (message.channel) {
    case "metric": {
      const heard = hearNode(state, message, wall);
      return stay(heard.state, ...heard.effects, {
        kind: "ingest",
        node: message.params.node,
        batch: message.body,
      });
    }
    case "link":
    case "mode":
      return hearNode(state, message, wall);
    case "setpointAnswer":
      return answer(state, message);
    default:
      return stay(state, {
        kind: "report",
        fault: fault("MESSAGE_MALFORMED", {
          topic: message.channel,
          why: "it is not for a region",
        }),
      });
  }
}

/** What follows from the state alone: renew the lease, connect, and when to look again. */
function settle(config: RegionConfig, step: RegionStep, now: Instant): RegionStep {
  const effects = [...step.effects];
  let state = step.state;
  if (now >= state.renewAt) {
    state = { ...state, renewAt: after(now, config.lease.renew) };
    effects.push({ kind: "holdLease" });
  }
  if (state.bus === "down" && now >= state.reconnectAt) {
    state = { ...state, bus: "connecting" };
    effects.push({ kind: "connect" });
  }
  let wake = state.renewAt;
  if (state.bus === "down" && state.reconnectAt < wake) wake = state.reconnectAt;
  for (const { deadline } of state.asked) if (deadline < wake) wake = deadline;
  if (wake !== state.askedWake) {
    state = { ...state, askedWake: wake };
    effects.push({ kind: "wake", at: wake });
  }
  return { state, effects };
}
