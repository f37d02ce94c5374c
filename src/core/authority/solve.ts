import { invariant } from "#src/base/assert.ts";
import { type Authority, authorities } from "#src/contract/query.ts";

/**
 * Who decides on an output: the strongest that claims it.
 *
 * AS1  Of two claims the one of the stronger authority wins, in the order of `authorities`:
 *      kill, interlock, safe state, bounds, override, setpoint of the region, the loop's own.
 * AS2  Of two interlocks the first that tripped wins (first-out): claims of one authority stand in
 *      the order in which they were given.
 * AS3  Whatever wins, the result lies within the bounds; what had to be moved is said to be theirs.
 * AS4  A value that is no number wins nothing but the safe value.
 */
export interface Claim<Cause> {
  readonly authority: Authority;
  readonly value: number;
  readonly cause: Cause;
}

export interface Solved<Cause> {
  readonly value: number;
  readonly authority: Authority;
  readonly winner: Claim<Cause>;
  /** It asked for no number. */
  readonly isBroken: boolean;
  readonly isBounded: boolean;
}

export interface Bounds {
  readonly min: number;
  readonly max: number;
  readonly safe: number;
}

export function solve<Cause>(
  { min, max, safe }: Bounds,
  claims: readonly Claim<Cause>[],
): Solved<Cause> {
  invariant(claims.length > 0, "somebody always claims an output");
  const winner = claims.reduce((strongest, claim) =>
    rank(claim.authority) < rank(strongest.authority) ? claim : strongest,
  );
  if (!Number.isFinite(winner.value)) {
    return { value: safe, authority: "safe-state", winner, isBroken: true, isBounded: false };
  }
  const value = Math.min(max, Math.max(min, winner.value));
  const isBounded = value !== winner.value;
  const authority = isBounded ? "bounds" : winner.authority;
  return { value, authority, winner, isBroken: false, isBounded };
}

const ranks = new Map(authorities.map((authority, place) => [authority, place]));
const rank = (authority: Authority): number => ranks.get(authority) ?? authorities.length;
