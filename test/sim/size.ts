/** Fleets that a swarm tries, one for each seed. */
export interface Size {
  readonly nodes: number;
  readonly regions: number;
  readonly hours: number;
  /** Of all nodes, in variants that the seed draws; the ready-made ones in turn where not said. */
  readonly site?: string;
}

export interface Swarm extends Size {
  readonly seeds: number;
}

/**
 * What a core tries in less than four minutes, and another core with other seeds: together 20,000 hours of
 * nodes and controllers. Large plants for half an hour, and for long the least node that there is, in small
 * fleets, where a day of faults costs as little as it can.
 */
export const swarms: readonly Swarm[] = [
  { seeds: 8, nodes: 25, regions: 2, hours: 0.5 },
  { seeds: 96, nodes: 12, regions: 1, hours: 8, site: "test/sim/one-loop.yaml" },
];
