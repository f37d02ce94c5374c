import { invariant, unreachable } from "#src/base/assert.ts";
import { fault } from "#src/base/fault.ts";
import { after, type Instant, millis } from "#src/base/units.ts";
import { limits } from "#src/contract/limits.ts";
import type { Agent, Step } from "#src/core/agent.ts";
import { hearEpoch } from "#src/core/authority/epoch.ts";
import type { ControlInput } from "#src/core/control-io.ts";
import {
  acked,
  loading,
  mayLoad,
  nextDeadline,
  overdue,
  refilled,
  rewind,
  sent,
} from "#src/core/data/outbox.ts";
import type { LinkEffect, LinkInput, LinkMemory } from "#src/core/link-io.ts";
import { lostConnection } from "#src/core/protect/reconnect.ts";
import * as inbox from "./inbox.ts";
import {
  answerMessage,
  batchMessage,
  type LinkPlan,
  linkMessage,
  modeMessage,
} from "./link-messages.ts";
import { emptyLink, type LinkState } from "./link-state.ts";

/**
 * The link agent of a node: it owns the buffer and the way to the region, and never decides about
 * an output.
 *
 * L1  Numbers are dense in a boot, and given out in the transaction that stores them (law 4).
 * L2  What waits for its transaction is bounded; beyond it the oldest becomes a tombstone.
 * L3  An epoch is on disk before anything of it is obeyed (law 6, Fenced).
 * L4  The region's acks alone let samples go.
 */
export const link: Agent<LinkPlan, LinkMemory, LinkState, LinkInput, LinkEffect> = {
  kind: "link",

  start(plan, memory, now) {
    const state = emptyLink(memory, now);
    return settle(plan, { state, effects: [{ kind: "openStore" }] }, now);
  },

  step(plan, state, input, now) {
    return settle(plan, take(plan, wakeLeft(state, input), input, now), now);
  },
};

type LinkStep = Step<LinkState, LinkEffect>;

const none: readonly LinkEffect[] = [];

const stay = (state: LinkState, effect?: LinkEffect): LinkStep => ({
  state,
  effects: effect === undefined ? none : [effect],
});
/** The wake that came is not asked for any more. */
const wakeLeft = (state: LinkState, input: LinkInput): LinkState =>
  input.kind === "wake" ? { ...state, askedWake: undefined } : state;

function take(plan: LinkPlan, state: LinkState, input: LinkInput, now: Instant): LinkStep {
  switch (input.kind) {
    case "wake":
      return stay(state);
    case "stop":
      return stop(plan, state);
    case "storeUp":
      return storeUp(state, input, now);
    case "storeDown":
      return storeDown(state, input, now);
    case "rows":
      return stay({ ...state, inbox: inbox.receive(state.inbox, input.rows, input.shed) });
    case "appended":
      return stay({
        ...state,
        inbox: inbox.appended(state.inbox, input.upTo, input.buffered),
        outbox: refilled(state.outbox, dueAt(plan, input.buffered, now)),
      });
    case "evicted":
      return stay(
        { ...state, inbox: { ...state.inbox, buffered: input.buffered, evicting: false } },
        {
          kind: "report",
          fault: fault("POINTS_SHED", { count: input.count, why: "the buffer is full" }),
        },
      );
    case "loaded":
      return loaded(plan, state, input, now);
    case "busUp":
      return born(plan, state, now);
    case "busDown":
      return lost(state, input, now);
    case "message":
      return hear(plan, state, input);
    case "epochKept":
      return keptEpoch(state, input);
    case "mode":
      return tell({ ...state, mode: input }, modeMessage(plan, state.boot, input));
    case "answer":
      return tell(state, answerMessage(plan, input));
    default:
      return unreachable(input, "link input");
  }
}

/** Company is worth waiting for until a message is full. */
const dueAt = (plan: LinkPlan, buffered: number, now: Instant): Instant =>
  buffered < limits.batchPoints ? after(now, plan.sendEvery) : now;

const tell = (
  state: LinkState,
  message: Extract<LinkEffect, { kind: "publish" }>["message"],
): LinkStep =>
  state.uplink.bus === "up" ? stay(state, { kind: "publish", message }) : stay(state);

function storeUp(
  state: LinkState,
  input: Extract<LinkInput, { kind: "storeUp" }>,
  now: Instant,
): LinkStep {
  if (state.store === "up") return stay(state);
  const { boot, buffered, epoch, controller } = input;
  const known = epoch > state.epoch.epoch ? { epoch, controller } : state.epoch;
  invariant(state.boot === 0 || state.boot === boot, "one run has one boot number");
  const next: LinkState = {
    ...state,
    store: "up",
    retryStoreAt: undefined,
    boot,
    inbox: inbox.storeUp(state.inbox, buffered),
    epoch: known,
    outbox: rewind(state.outbox),
  };
  if (state.boot === boot || state.uplink.bus === "down") return stay(next);
  // Birth and Will of this session name no boot: another session takes its place.
  const uplink = { ...state.uplink, bus: "down", upSince: undefined, reconnectAt: now } as const;
  return stay({ ...next, uplink });
}

/** What is under way still gets its answer; all of it is asked for again once the store is up. */
function storeDown(
  state: LinkState,
  input: Extract<LinkInput, { kind: "storeDown" }>,
  now: Instant,
): LinkStep {
  const retryStoreAt = state.retryStoreAt ?? after(now, limits.storeRetry);
  return stay(
    { ...state, store: "down", waiting: undefined, retryStoreAt },
    { kind: "report", fault: input.fault },
  );
}

function stop(plan: LinkPlan, state: LinkState): LinkStep {
  const hurried = { ...state, inbox: { ...state.inbox, stopping: true } };
  return tell(hurried, linkMessage(plan, state, "down"));
}

/** A session begins: say that we live, what we are, and send again all that was never acked. */
function born(plan: LinkPlan, state: LinkState, now: Instant): LinkStep {
  const uplink = { ...state.uplink, bus: "up", upSince: now } as const;
  const next: LinkState = { ...state, uplink, outbox: rewind(state.outbox) };
  const effects: LinkEffect[] = [{ kind: "publish", message: linkMessage(plan, next, "up") }];
  if (state.mode !== undefined) {
    effects.push({ kind: "publish", message: modeMessage(plan, state.boot, state.mode) });
  }
  return { state: next, effects };
}

function lost(
  state: LinkState,
  input: Extract<LinkInput, { kind: "busDown" }>,
  now: Instant,
): LinkStep {
  return stay(
    { ...state, uplink: lostConnection(state.uplink, now), outbox: rewind(state.outbox) },
    { kind: "report", fault: input.fault },
  );
}

function loaded(
  plan: LinkPlan,
  state: LinkState,
  input: Extract<LinkInput, { kind: "loaded" }>,
  now: Instant,
): LinkStep {
  if (input.round !== state.outbox.round || !state.outbox.loading) return stay(state);
  const next = { ...state, outbox: sent(state.outbox, input.stretch, now) };
  if (input.stretch === undefined || state.uplink.bus !== "up") return stay(next);
  return stay(next, { kind: "publish", message: batchMessage(plan, input.stretch) });
}

function hear(
  plan: LinkPlan,
  state: LinkState,
  input: Extract<LinkInput, { kind: "message" }>,
): LinkStep {
  const { message } = input;
  switch (message.channel) {
    case "ack": {
      const { outbox, forget } = acked(state.outbox, message.body);
      if (forget === undefined) return stay(state);
      return stay({ ...state, outbox }, { kind: "forget", boot: message.body.boot, upTo: forget });
    }
    case "lease": {
      const { controller, epoch } = message.body;
      const lease: ControlInput = {
        kind: "lease",
        controller,
        epoch,
        ttl: millis(message.body.ttl),
      };
      const verdict = hearEpoch(state.waiting ?? state.epoch, { controller, epoch });
      if (verdict.kind === "refused") return stay(state, { kind: "report", fault: verdict.fault });
      if (verdict.kind === "known") {
        if (state.waiting !== undefined) return stay({ ...state, waiting: lease });
        return stay(state, { kind: "control", input: lease });
      }
      return stay({ ...state, waiting: lease }, { kind: "keepEpoch", epoch, controller });
    }
    case "setpoint": {
      const { epoch, id, value, for: length, owner, reason } = message.body;
      const { loop } = message.params;
      if (epoch !== state.epoch.epoch) {
        const obeyed = state.epoch.epoch;
        const refused = fault("SETPOINT_EPOCH", { loop, owner, epoch, obeyed });
        const told = tell(state, answerMessage(plan, { kind: "answer", id, loop, refused }));
        return { state, effects: [{ kind: "report", fault: refused }, ...told.effects] };
      }
      const grant = { id, loop, value, for: millis(length), owner, reason };
      return stay(state, { kind: "control", input: { kind: "grant", grant } });
    }
    default:
      // A channel that goes up: the broker's access rules let nobody send it to us.
      return stay(state, {
        kind: "report",
        fault: fault("MESSAGE_MALFORMED", { topic: message.channel, why: "it is not for a node" }),
      });
  }
}

/**
 * L3: what is on disk is known, and the lease that brought it may be obeyed. It is the disk's word that
 * counts: while it could not be read, a controller of the past may have been taken for a new one.
 */
function keptEpoch(state: LinkState, input: Extract<LinkInput, { kind: "epochKept" }>): LinkStep {
  const { epoch, controller } = input;
  if (epoch < state.epoch.epoch) return stay(state);
  const next: LinkState = { ...state, epoch: { epoch, controller } };
  const { waiting } = state;
  if (waiting === undefined) return stay(next);
  const verdict = hearEpoch(next.epoch, waiting);
  switch (verdict.kind) {
    case "new":
      return stay(next);
    case "known":
      return stay({ ...next, waiting: undefined }, { kind: "control", input: waiting });
    case "refused":
      return stay({ ...next, waiting: undefined }, { kind: "report", fault: verdict.fault });
    default:
      return unreachable(verdict, "verdict");
  }
}

/** What follows from the state alone: flush, evict, load, connect, and when to look again. */
function settle(plan: LinkPlan, step: LinkStep, now: Instant): LinkStep {
  let { state, effects } = step;
  if (state.retryStoreAt !== undefined && now >= state.retryStoreAt) {
    state = { ...state, retryStoreAt: undefined };
    effects = also(effects, { kind: "openStore" });
  }
  if (state.store === "up") {
    const flush = inbox.flush(state.inbox, state.boot, now);
    if (flush !== undefined) {
      state = { ...state, inbox: flush };
      effects = also(effects, { kind: "append", intake: flush.appending });
    }
    const { buffered, evicting } = state.inbox;
    if (!evicting && buffered > plan.maxPoints) {
      const count = buffered - plan.maxPoints + Math.ceil(plan.maxPoints * limits.evictShare);
      state = { ...state, inbox: { ...state.inbox, evicting: true } };
      effects = also(effects, { kind: "evict", count });
    }
  }
  if (mayConnect(plan, state) && now >= state.uplink.reconnectAt) {
    const uplink = { ...state.uplink, bus: "connecting" } as const;
    state = { ...state, uplink, session: state.session + 1 };
    effects = also(effects, { kind: "connect", will: linkMessage(plan, state, "down") });
  }
  if (state.uplink.bus === "up" && state.store === "up") {
    if (overdue(state.outbox, now)) state = { ...state, outbox: rewind(state.outbox) };
    if (mayLoad(state.outbox, now)) {
      const { round, cursor } = state.outbox;
      state = { ...state, outbox: loading(state.outbox) };
      effects = also(effects, { kind: "load", round, after: cursor, limit: limits.batchPoints });
    }
  }
  const wake = nextWake(plan, state);
  if (wake !== undefined && wake !== state.askedWake) {
    state = { ...state, askedWake: wake };
    effects = also(effects, { kind: "wake", at: wake });
  }
  return state === step.state && effects === step.effects ? step : { state, effects };
}

const also = (effects: readonly LinkEffect[], effect: LinkEffect): readonly LinkEffect[] =>
  effects.length === 0 ? [effect] : [...effects, effect];

/** Not before the disk has said which boot this is, or that it cannot: the Will names it. */
const mayConnect = (plan: LinkPlan, state: LinkState): boolean =>
  plan.hasUplink && state.uplink.bus === "down" && state.store !== "opening";

function nextWake(plan: LinkPlan, state: LinkState): Instant | undefined {
  const { store, retryStoreAt, uplink } = state;
  const flushAt = store === "up" ? inbox.flushAt(state.inbox) : undefined;
  const wake = sooner(retryStoreAt, flushAt);
  if (mayConnect(plan, state)) return sooner(wake, uplink.reconnectAt);
  return uplink.bus === "up" && store === "up" ? sooner(wake, nextDeadline(state.outbox)) : wake;
}

function sooner(one: Instant | undefined, other: Instant | undefined): Instant | undefined {
  if (one === undefined || other === undefined) return one ?? other;
  return one < other ? one : other;
}
