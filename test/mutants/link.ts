import type { Mutant } from "./mutant.ts";

/** Mistakes between the control thread, the disk and the region. */
const link = "agents/node/link.ts";
const inbox = "agents/node/inbox.ts";
const messages = "agents/node/link-messages.ts";
const region = "agents/region/region.ts";
const grants = "agents/region/grants.ts";
const outbox = "src/core/data/outbox.ts";
const epoch = "src/core/authority/epoch.ts";
const reconnect = "src/core/protect/reconnect.ts";
const backoff = "src/core/protect/backoff.ts";

export const linkMutants: readonly Mutant[] = [
  {
    name: "an epoch is obeyed before it is on disk",
    file: link,
    find: 'return stay({ ...state, waiting: lease }, { kind: "keepEpoch"',
    replace:
      'return stay({ ...state, waiting: lease }, { kind: "control", input: lease }, { kind: "keepEpoch"',
    law: "fenced",
  },
  {
    name: "a setpoint of another epoch is obeyed",
    file: link,
    find: "if (epoch !== state.epoch.epoch) {",
    replace: "if (epoch < 0) {",
    law: "fenced",
  },
  {
    name: "a setpoint of a higher epoch is obeyed before that is on disk",
    file: link,
    find: "if (epoch !== state.epoch.epoch) {",
    replace: "if (epoch < state.epoch.epoch) {",
    law: "fenced",
  },
  {
    name: "a lease that waits for the disk is not given up with it",
    file: link,
    find: 'store: "down", waiting: undefined, retryStoreAt',
    replace: 'store: "down", retryStoreAt',
    law: "live",
  },
  {
    name: "points that wait are dropped when the store goes down",
    file: link,
    find: 'store: "down", waiting: undefined, retryStoreAt',
    replace:
      'store: "down", inbox: { ...state.inbox, pending: [] }, waiting: undefined, retryStoreAt',
    law: "accounted",
  },
  {
    name: "a store that went down is never tried again",
    file: link,
    find: 'state = { ...state, retryStoreAt: undefined };\n    effects = also(effects, { kind: "openStore" });',
    replace: "state = { ...state, retryStoreAt: undefined };",
    law: "live",
  },
  {
    name: "new points do not wake a drained outbox",
    file: link,
    find: "outbox: refilled(state.outbox, dueAt(plan, input.buffered, now)),",
    replace: "outbox: state.outbox,",
    law: "live",
  },
  {
    name: "new points wait for company for ever",
    file: link,
    find: "buffered < limits.batchPoints ? after(now, plan.sendEvery) : now;",
    replace: "after(now, millis(buffered + 1e9));",
    law: "live",
  },
  {
    name: "a new session is not announced",
    file: link,
    find: 'const effects: LinkEffect[] = [{ kind: "publish", message: linkMessage(plan, next, "up") }];',
    replace: "const effects: LinkEffect[] = [];",
    law: "live",
  },
  {
    name: "nothing is sent",
    file: outbox,
    find: "inFlight.length < limits.batchesInFlight;",
    replace: "inFlight.length < 0;",
    law: "live",
  },
  {
    name: "numbers overlap by one from transaction to transaction",
    file: inbox,
    find: "nextSeq: upTo + 1,",
    replace: "nextSeq: upTo,",
    law: "once",
  },
  {
    name: "what was shed is counted again in the next transaction",
    file: inbox,
    find: "shed: inbox.shed - appending.shed,",
    replace: "shed: inbox.shed,",
    law: "once",
  },
  {
    name: "points of a transaction wait for the next one too",
    file: inbox,
    find: "inbox.pending.slice(appending.rows.length),",
    replace: "inbox.pending.slice(appending.rows.length - 1),",
    law: "once",
  },
  {
    name: "what is beyond one transaction is dropped",
    file: inbox,
    find: "inbox.pending.slice(appending.rows.length),",
    replace: "[],",
    law: "accounted",
  },
  {
    name: "points are sent without their fraction",
    file: messages,
    find: "Number.isFinite(value) ? value : null",
    replace: "Number.isFinite(value) ? Math.round(value) : null",
    law: "accounted",
  },
  {
    name: "tombstones stay at home",
    file: messages,
    find: "tombstones: [...stretch.tombstones],",
    replace: "tombstones: [],",
    law: "live",
  },
  {
    name: "any ack lets everything go that was sent",
    file: outbox,
    find: "Math.min(ack.upTo, ofBoot.at(-1)?.to ?? 0)",
    replace: "Math.max(ack.upTo, ofBoot.at(-1)?.to ?? 0)",
    law: "accounted",
  },
  {
    name: "an ack that stays away is not missed",
    file: outbox,
    find: "first !== undefined && now >= first.deadline;",
    replace: "first !== undefined && now < 0;",
    law: "live",
  },
  {
    name: "what was not acked is not sent again",
    file: outbox,
    find: "({ ...emptyOutbox, round: outbox.round + 1 });",
    replace: "({ ...emptyOutbox, cursor: outbox.cursor, round: outbox.round + 1 });",
    law: "live",
  },
  {
    name: "a lower epoch is obeyed",
    file: epoch,
    find: "if (said.epoch < known.epoch) {",
    replace: "if (said.epoch < 0) {",
    law: "fenced",
  },
  {
    name: "a rival of the same epoch is obeyed",
    file: epoch,
    find: "if (said.controller !== known.controller) {",
    replace: 'if (said.controller === "") {',
    law: "fenced",
  },
  {
    name: "a lost connection is not tried again for an hour",
    file: reconnect,
    find: "reconnectAt: after(now, pause),",
    replace: "reconnectAt: after(now, ((pause as number) + 3_600_000) as typeof pause),",
    law: "live",
  },
  {
    name: "the pause before a reconnect has no cap",
    file: backoff,
    find: "limits.backoffCap,\n    limits.backoffBase",
    replace: "1e12,\n    limits.backoffBase",
    law: "live",
  },
  {
    name: "the region acks one point more than it has",
    file: region,
    find: "body: { v: 1, boot: input.boot, upTo: input.upTo },",
    replace: "body: { v: 1, boot: input.boot, upTo: input.upTo + 1 },",
    law: "accounted",
  },
  {
    name: "the region does not ack",
    file: region,
    find: 'case "ingested":\n      return stay(state, {',
    replace:
      'case "ingested":\n      if (input.upTo > 0) return stay(state);\n      return stay(state, {',
    law: "live",
  },
  {
    name: "the region renews its lease less often than it ends",
    file: region,
    find: "renewAt: after(now, config.lease.renew) };",
    replace: "renewAt: after(now, (5 * config.lease.renew) as Millis) };",
    law: "live",
  },
  {
    name: "the region does not come back to its broker",
    file: region,
    find: 'effects.push({ kind: "connect" });',
    replace: 'if (state.backoff.attempt === 0) effects.push({ kind: "connect" });',
    law: "live",
  },
  {
    name: "a granted setpoint is not renewed",
    file: grants,
    find: 'if (state.bus !== "up" || !state.held) {',
    replace: 'if (state.bus !== "up" || state.held) {',
    law: "live",
  },
  {
    name: "a granted setpoint is renewed for longer than it has left",
    file: grants,
    find: "for: Math.min(config.lease.ttl, Math.max(0, grant.until - wall)),",
    replace: "for: config.lease.ttl,",
    law: "leased",
  },
  {
    name: "the region asks beyond the end of a setpoint",
    file: grants,
    find: "const grants = state.grants.filter(({ grant }) => wall < grant.until);",
    replace: "const grants = state.grants;",
    law: "leased",
  },
];
