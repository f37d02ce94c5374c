import { after, elapsed, type Instant } from "#src/base/units.ts";
import { afterSession, type Backoff, nextPause } from "./backoff.ts";

/** An agent's connection to its broker: up since when, or when it is tried again. */
export interface Connecting {
  readonly bus: "down" | "connecting" | "up";
  readonly upSince: Instant | undefined;
  readonly reconnectAt: Instant;
  readonly backoff: Backoff;
}

/** A session or an attempt has ended: the pause before the next grows unless the session lasted. */
export function lostConnection(state: Connecting, now: Instant): Connecting {
  const { upSince } = state;
  const lasted =
    upSince === undefined ? state.backoff : afterSession(state.backoff, elapsed(upSince, now));
  const { pause, state: backoff } = nextPause(lasted);
  return { bus: "down", upSince: undefined, reconnectAt: after(now, pause), backoff };
}
