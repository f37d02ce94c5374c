import type { Size } from "./swarm.ts";

/** As many fleets as two cores try in about a minute: half the same each time, half new. */
export const fleet: Size = { nodes: 25, regions: 2, hours: 0.5 };
export const fixedSeeds = 10;
export const freshSeeds = 10;
