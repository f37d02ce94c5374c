/** Of a fleet, where nothing else is said. */
export const usual = { nodes: 50, hours: 24, regions: 3 } as const;

/** Least and most. A run needs a minute to stand, and three of calm at its end. */
export const ranges = { nodes: [1, 100_000], hours: [0.1, 24 * 366], regions: [1, 1_000] } as const;
