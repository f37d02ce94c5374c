/** Our own mistake, as opposed to the world's: the agent that made it is restarted. */
export class InvariantError extends Error {
  override readonly name = "InvariantError";
}

/** States a claim, in positive words; a breach is a defect of this program. */
export function invariant(holds: boolean, claim: string): asserts holds {
  if (!holds) throw new InvariantError(`broken claim: ${claim}`);
}

/** Marks the end of an exhaustive switch. */
export function unreachable(value: never, what: string): never {
  throw new InvariantError(`broken claim: ${what} is known, got ${JSON.stringify(value)}`);
}
