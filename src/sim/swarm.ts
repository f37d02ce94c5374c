import type { Rng } from "#src/base/rng.ts";
import { type Millis, millis, minutes, seconds } from "#src/base/units.ts";
import type { NodeConfig, RegionConfig } from "#src/contract/config.ts";

/**
 * Variants of site files, drawn from a seed: the same devices and loops with other bounds on time and
 * room, so that rare branches come within the reach of an hour.
 *
 * SW1  A variant is one that a person could have written: the schema takes it as it is.
 * SW2  One seed gives one set of variants, in an order of its own.
 */
const rooms = [1_000, 2_000, 5_000, 5_000_000] as const;
const budgets: readonly Millis[] = [minutes(1), minutes(3), minutes(10), minutes(720)];
const keepalives: readonly Millis[] = [seconds(5), seconds(10), seconds(30)];
const leases: readonly (readonly [Millis, Millis])[] = [
  [seconds(10), seconds(3)],
  [seconds(4), seconds(1)],
  [seconds(30), seconds(10)],
];

export function drawSites(rng: Rng, sites: readonly NodeConfig[]): readonly NodeConfig[] {
  const order = rng.fork("order");
  return sites
    .map((site) => ({ site, place: order.below(2 ** 32) }))
    .sort((one, other) => one.place - other.place)
    .map(({ site }, index) => variant(rng.fork(`site ${index}`), site));
}

function variant(rng: Rng, site: NodeConfig): NodeConfig {
  const stretch = pick(rng, [1, 1, 2]);
  const resets = rng.fork("resets");
  const { uplink } = site;
  return {
    ...site,
    buffer: { ...site.buffer, maxPoints: pick(rng, rooms) },
    autonomy: { ...site.autonomy, budget: pick(rng, budgets) },
    ...(uplink === undefined ? {} : { uplink: { ...uplink, keepalive: pick(rng, keepalives) } }),
    loops: Object.fromEntries(
      Object.entries(site.loops).map(([name, loop]) => [
        name,
        { ...loop, period: millis(loop.period * stretch) },
      ]),
    ),
    interlocks: Object.fromEntries(
      Object.entries(site.interlocks).map(([name, interlock]) => [
        name,
        resets.chance(1, 2) ? { ...interlock, reset: "manual" as const } : interlock,
      ]),
    ),
  };
}

export function drawLease(rng: Rng): RegionConfig["lease"] {
  const [ttl, renew] = pick(rng, leases);
  return { ttl, renew };
}

const pick = <T>(rng: Rng, from: readonly T[]): T => from[rng.below(from.length)] as T;
