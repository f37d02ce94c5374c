import { draw } from "#src/base/rng.ts";
import { type Millis, millis } from "#src/base/units.ts";
import { limits } from "#src/contract/limits.ts";

/**
 * The pause before the next attempt: full jitter under a doubling cap (Brooker, "Exponential
 * backoff and jitter", AWS 2015), so that a thousand nodes that lost one broker do not come back
 * as one.
 *
 * BO1  Every pause is within 0.1 s … cap, whatever the attempt.
 * BO2  The count starts anew only after a session that lasted.
 */
export interface Backoff {
  readonly attempt: number;
  readonly seed: number;
}

const least = 100;

export function nextPause(state: Backoff): { readonly pause: Millis; readonly state: Backoff } {
  const ceiling = Math.min(
    limits.backoffCap,
    limits.backoffBase * 2 ** Math.min(state.attempt, 16),
  );
  const drawn = draw(state.seed);
  const share = drawn.value / 0x1_0000_0000;
  return {
    pause: millis(Math.max(least, share * ceiling)),
    state: { attempt: state.attempt + 1, seed: drawn.seed },
  };
}

/** After a session that lasted `length`. */
export function afterSession(state: Backoff, length: Millis): Backoff {
  return length >= limits.backoffReset ? { ...state, attempt: 0 } : state;
}
