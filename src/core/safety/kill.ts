import type { Kill } from "#src/contract/safety-memory.ts";

/** The kill that an output is under: of its own, or of all. */
export const killOf = (kills: readonly Kill[], name: string): Kill | undefined =>
  kills.find(({ output }) => output === undefined || output === name);
