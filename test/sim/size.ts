import type { Size } from "./swarm.ts";

/** Together 20,000 hours of agents: half of them the same each time, half of them new. */
export const fleet: Size = { nodes: 25, regions: 2, hours: 1 };
export const fixedSeeds = 200;
export const freshSeeds = 200;
