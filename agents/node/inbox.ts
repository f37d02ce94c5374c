import { invariant } from "#src/base/assert.ts";
import { type Instant, instant } from "#src/base/units.ts";
import { limits } from "#src/contract/limits.ts";
import type { Sample } from "#src/contract/samples.ts";
import type { LinkEffect } from "#src/core/link-io.ts";
import type { LinkState } from "./link-state.ts";

/** From the control thread to the disk: numbering, grouping into transactions, and what is shed. */

export function storeUp(state: LinkState, boot: number, buffered: number): LinkState {
  invariant(state.boot === 0 || state.boot === boot, "one run has one boot number");
  return {
    ...state,
    store: "up",
    boot,
    buffered,
    appending: 0,
    evicting: false,
    retryStoreAt: undefined,
  };
}

/** L2: beyond the bound the oldest that no transaction holds is dropped, and counted. */
export function receive(state: LinkState, samples: readonly Sample[], shed: number): LinkState {
  const all = state.pending.length === 0 ? samples : [...state.pending, ...samples];
  const excess = Math.max(0, all.length - limits.pendingPoints);
  const held = Math.min(state.appending, limits.pendingPoints);
  return {
    ...state,
    pending: excess === 0 ? all : [...all.slice(0, held), ...all.slice(held + excess)],
    shed: state.shed + shed + excess,
  };
}

/** When the samples that wait may go to the disk: at once, but no sooner after the last ones than that. */
export function flushAt(state: LinkState): Instant | undefined {
  const { store, appending, pending, shed, stopping, flushFrom } = state;
  if (store !== "up" || appending > 0 || pending.length + shed === 0) return undefined;
  return stopping ? instant(0) : flushFrom;
}

export function flush(
  state: LinkState,
  now: Instant,
):
  | { readonly taken: number; readonly effect: Extract<LinkEffect, { kind: "append" }> }
  | undefined {
  const at = flushAt(state);
  if (at === undefined || (now < at && state.pending.length < limits.flushPoints)) return undefined;
  const taken = state.pending.slice(0, limits.flushPoints);
  const { shed } = state;
  const first = state.nextSeq + shed;
  return {
    taken: taken.length,
    effect: {
      kind: "append",
      boot: state.boot,
      samples: taken.map((sample, index) => ({ ...sample, seq: first + index })),
      tombstones:
        shed === 0 ? [] : [{ from: state.nextSeq, to: first - 1, reason: "shed", count: shed }],
    },
  };
}

/** The transaction is on disk up to `upTo`; what came while it ran waits for the next. */
export function appended(state: LinkState, upTo: number, buffered: number): LinkState {
  // What an agent before this one had asked for: its numbers are known already.
  if (upTo < state.nextSeq) return { ...state, buffered };
  const pending = state.pending.slice(state.appending);
  const buried = upTo - (state.nextSeq - 1) - state.appending;
  return {
    ...state,
    pending,
    appending: 0,
    shed: state.shed - buried,
    nextSeq: upTo + 1,
    buffered,
  };
}
