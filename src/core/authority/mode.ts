import { after, elapsed, type Instant, type Millis, millis } from "#src/base/units.ts";
import { limits } from "#src/contract/limits.ts";
import type { Mode } from "#src/contract/messages.ts";
import { formatDuration } from "#src/contract/quantity.ts";

/**
 * What a node may do, out of what it heard from its region.
 *
 *   local ── lease ──► connected ── lease lapsed ──► autonomous ── budget spent ──► safe
 *                          ▲                             │                          │
 *                          └──────── two leases in a row ┴──────────────────────────┘
 *
 * MM1  Silence alone leads from connected to autonomous to safe; no message is needed for it.
 * MM2  The time without a lease goes on over a restart. What of it may have passed unwritten counts as
 *      passed, so that no row of restarts makes a budget last.
 * MM3  A node that was by itself obeys again after two leases in a row, so that a flapping link
 *      does not flap the setpoints.
 * MM4  A node that never had a region is local, for ever if need be.
 */
export interface ModeMachine {
  readonly mode: Mode;
  readonly since: Instant;
  readonly reason: string;
  readonly controller: string;
  readonly epoch: number;
  /** End of the last lease heard; undefined before the first of this run. */
  readonly leaseUntil: Instant | undefined;
  /** Leases heard in a row, each while the one before ran. */
  readonly confirmations: number;
  /** Since when there has been no lease, and how long it had been so before this run. */
  readonly aloneSince: Instant;
  readonly aloneBefore: Millis;
}

/** It has had a region, and does not hear it. */
export const isAlone = (mode: Mode): boolean => mode === "autonomous" || mode === "safe";

export function modeAtStart(epoch: number, isolatedFor: Millis, now: Instant): ModeMachine {
  const known = epoch > 0;
  return {
    mode: known ? "autonomous" : "local",
    since: now,
    reason: known ? "started; the region was not heard yet" : "no region was ever heard",
    controller: "",
    epoch,
    leaseUntil: undefined,
    confirmations: 0,
    aloneSince: now,
    aloneBefore: known ? millis(isolatedFor + limits.rememberEvery) : isolatedFor,
  };
}

/** What was known of the region before this run is heard only now: as if it had been at the start (MM2). */
export function recallRegion(
  state: ModeMachine,
  epoch: number,
  isolatedFor: Millis,
  now: Instant,
): ModeMachine {
  if (state.mode === "connected" || epoch === 0) return state;
  const { aloneSince } = state;
  const told = { ...modeAtStart(epoch, isolatedFor, now), aloneSince };
  if (state.mode === "local") return told;
  return { ...state, aloneBefore: millis(Math.max(state.aloneBefore, told.aloneBefore)) };
}

/** How long the node has been without a lease; 0 while it has one. */
export function aloneFor(state: ModeMachine, now: Instant): Millis {
  if (!isAlone(state.mode)) return millis(0);
  return millis(state.aloneBefore + elapsed(state.aloneSince, now));
}

export function hearLease(
  state: ModeMachine,
  lease: { readonly controller: string; readonly epoch: number; readonly ttl: Millis },
  now: Instant,
): ModeMachine {
  const unbroken = state.leaseUntil !== undefined && now < state.leaseUntil;
  const heard = {
    ...state,
    controller: lease.controller,
    epoch: lease.epoch,
    leaseUntil: after(now, lease.ttl),
    confirmations: unbroken ? state.confirmations + 1 : 1,
  };
  const needed = state.mode === "local" ? 1 : limits.leaseConfirmations;
  if (state.mode === "connected" || heard.confirmations < needed) return heard;
  return {
    ...heard,
    mode: "connected",
    since: now,
    reason: `lease of ${lease.controller}, epoch ${lease.epoch}`,
  };
}

export function modeAt(state: ModeMachine, budget: Millis, now: Instant): ModeMachine {
  if (state.mode === "connected" && state.leaseUntil !== undefined && now >= state.leaseUntil) {
    const lapsed: ModeMachine = {
      ...state,
      mode: "autonomous",
      since: now,
      reason: `lease of ${state.controller} lapsed; the region is silent`,
      // Who was paused meanwhile has been alone all the same.
      aloneSince: state.leaseUntil,
      aloneBefore: millis(0),
    };
    return modeAt(lapsed, budget, now);
  }
  if (state.mode === "autonomous" && aloneFor(state, now) >= budget) {
    return {
      ...state,
      mode: "safe",
      since: now,
      reason: `the autonomy budget of ${formatDuration(budget)} is spent`,
    };
  }
  return state;
}
