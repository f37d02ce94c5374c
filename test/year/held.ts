import { hours, seconds } from "#src/base/units.ts";
import type { readyMadePlants } from "#src/cli/init-template.ts";
import type { PlantField } from "#src/sim/plant-field.ts";
import type { SimulatedFleet } from "#src/simulated-fleet.ts";

type Site = (typeof readyMadePlants)[number];
type Bands = Readonly<Record<string, readonly [number, number]>>;

/**
 * Where the plant's true values stay, whatever fails and whatever the season: what food, people, machines and
 * fuses bear, from the second day on, looked at each minute.
 */
const bands: Readonly<Record<Site, Bands>> = {
  "cold-room": { product: [2, 8] },
  tank: { level: [1, 4], "dry-run": [0, 0] },
  "hvac-two-zone": { "zone-1": [15, 27] },
  // In winter the discharge is as cold as the outdoors while both compressors stand.
  "refrigeration-rack": { "suction-pressure": [0.5, 8], "discharge-pressure": [5, 25] },
  "air-handler": { "room-air": [12, 30], "return-water": [2, 80] },
  "pump-station": { "level-1": [0.1, 3], overflow: [0, 0] },
  "solar-battery": { soc: [5, 100], "both-ways": [0, 0.01] },
  // A car that comes takes what it may before the others are told to take less.
  "ev-charging": { "grid-current": [0, 100] },
};

const begins = hours(24);

/** What an actuator shows after it was stuck is not the site's doing. */
const settles = seconds(30);

/** What no sensor of the plant shows. */
const computed: Readonly<Record<string, (field: PlantField, at: number) => number>> = {
  /** How far a battery is charged and discharged at once. */
  "both-ways": (field, at) =>
    field.isSound && at - field.mendedAt > settles
      ? Math.min(field.position("charge"), field.position("discharge"))
      : 0,
};

interface Seen {
  /** The least and the greatest true value. */
  least: number;
  most: number;
  /** Minutes outside the band. */
  outside: number;
}

/** The bands of one site over a run, by the plant's truth: no sensor, and no fault of one, is in between. */
export class Held {
  readonly #bands: Bands;
  readonly #seen = new Map<string, Seen>();

  constructor(site: Site) {
    this.#bands = bands[site];
    for (const name of Object.keys(this.#bands)) {
      this.#seen.set(name, { least: 1 / 0, most: -1 / 0, outside: 0 });
    }
  }

  look(at: number, fleet: SimulatedFleet): void {
    if (at < begins) return;
    for (const field of fleet.nodes[0]?.fields.values() ?? []) {
      for (const [name, seen] of this.#seen) {
        const value = computed[name]?.(field, at) ?? field.truth(name);
        if (Number.isNaN(value)) continue;
        const [least, most] = this.#bands[name] as readonly [number, number];
        seen.least = Math.min(seen.least, value);
        seen.most = Math.max(seen.most, value);
        if (value < least || value > most) seen.outside += 1;
      }
    }
  }

  get rows() {
    return [...this.#seen].map(([name, seen]) => ({
      name,
      band: this.#bands[name] as readonly [number, number],
      ...seen,
    }));
  }
}
