/**
 * Override select: of several controllers of one output the one that asks least, or most.
 *
 * SL1  A request that is no number never wins, unless there is no other.
 * SL2  Of equal requests the first wins.
 */
export function select(
  take: "min" | "max",
  requests: readonly number[],
): { readonly winner: number; readonly value: number } {
  let winner = 0;
  let value = Number.NaN;
  for (const [place, request] of requests.entries()) {
    if (!Number.isFinite(request)) continue;
    const isBetter = Number.isNaN(value) || (take === "min" ? request < value : request > value);
    if (!isBetter) continue;
    winner = place;
    value = request;
  }
  return { winner, value };
}
