import { plants } from "#firmware-sim/plant.ts";
import { rngOf } from "#src/base/rng.ts";
import { type Millis, type WallTime, wallTime } from "#src/base/units.ts";
import { type NodeConfig, RegionConfig } from "#src/contract/config.ts";
import type { FaultShape } from "#src/sim/fault-plan.ts";
import { Findings, type Found, foundIn } from "#src/sim/findings.ts";
import { later, type Moment, moment, momentFrom } from "#src/sim/moment.ts";
import { brokerParts, SimBroker } from "#src/sim/sim-broker.ts";
import { SimNetwork } from "#src/sim/sim-network.ts";
import { TraceHash } from "#src/sim/trace-hash.ts";
import { World } from "#src/sim/world.ts";
import { type Journals, nodeTemplate, SimulatedNode } from "./simulated-node.ts";
import type { Onlookers } from "./simulated-node-watch.ts";
import { SimulatedRegion } from "./simulated-region.ts";
import { RegionWatch } from "./simulated-region-watch.ts";

export interface FleetOptions {
  readonly seed: number;
  /** At most `limits.nodesPerRegion` for each region. */
  readonly nodes: number;
  readonly regions: number;
  /** Nodes take these site files in turn; names of node and region are given to them. */
  readonly sites: readonly NodeConfig[];
  /** Of every region; the usual one where not said. */
  readonly lease?: RegionConfig["lease"] | undefined;
  readonly version: string;
  readonly onlookers?: Onlookers;
  readonly journals?: Journals;
}

/** One region in a world of its own, with all that belongs to it. */
export interface FleetRegion {
  readonly name: string;
  readonly world: World;
  readonly network: SimNetwork;
  readonly watch: RegionWatch;
  readonly broker: SimBroker;
  readonly controller: SimulatedRegion;
  readonly nodes: SimulatedNode[];
}

const none: Onlookers = { onStory: undefined, onRecord: undefined };
/** The autumn of 2026; some nodes are a little off. */
const dawn = wallTime(1_790_000_000_000);

/**
 * Regions with their nodes, and what lies between them.
 *
 * FL1  Regions share nothing, so each has a world of its own. They live a stretch of time one after the
 *      other: what one of them touches stays in the processor's cache, however many there are.
 * FL2  One seed gives one story, in stretches of whatever length: chance is drawn by name.
 */
export class SimulatedFleet {
  readonly regions: readonly FleetRegion[];
  readonly nodes: readonly SimulatedNode[];
  /** Machines that came up from copied disks, in the order of their coming. */
  readonly clones: SimulatedNode[] = [];
  readonly #seed: number;
  #now = moment(0);

  constructor(options: FleetOptions) {
    const { seed, nodes, regions, sites, version, journals } = options;
    this.#seed = seed;
    this.regions = Array.from({ length: regions }, (_, index) => regionOf(options, index));
    const templates = sites.map((site) => nodeTemplate(site, version));
    const rng = rngOf(seed).fork("fleet");
    this.nodes = Array.from({ length: nodes }, (_, index) => {
      const { name, world, network, watch, broker, nodes: own } = this.regionOf(index);
      const node = new SimulatedNode({
        world,
        network,
        watch,
        broker,
        template: templates[index % templates.length] as (typeof templates)[number],
        region: name,
        node: `node-${index}`,
        journals,
        wall: (dawn + rng.below(2_000) - 1_000) as WallTime,
      });
      own.push(node);
      return node;
    });
  }

  get now(): Moment {
    return this.#now;
  }

  /** Of the node with this index. */
  regionOf(index: number): FleetRegion {
    return this.regions[index % this.regions.length] as FleetRegion;
  }

  /** What witnesses found. */
  get findings(): Found {
    return foundIn(this.regions.map(({ watch }) => watch.findings));
  }

  /** Events that happened. */
  get events(): number {
    return this.regions.reduce((sum, { world }) => sum + world.counters.events, 0);
  }

  /** Sixteen hexadecimal digits for all worlds together. */
  get hash(): string {
    const all = new TraceHash(this.#seed);
    for (const { world } of this.regions) {
      all.add(Number.parseInt(world.hash.slice(0, 8), 16));
      all.add(Number.parseInt(world.hash.slice(8), 16));
    }
    return all.text;
  }

  /** Everything starts within the first second, each at a moment of its own. */
  start(): void {
    for (const { controller } of this.regions) controller.start();
    for (const [index, node] of this.nodes.entries()) {
      const at = momentFrom((1_000 * index) / this.nodes.length);
      this.regionOf(index).world.schedule(at, () => node.start());
    }
  }

  pass(length: Millis): void {
    this.#now = later(this.#now, length);
    for (const { world } of this.regions) world.run(this.#now);
  }

  /** What a fault plan may break in it. */
  shape(from: Moment, calm: Moment): FaultShape {
    return {
      regions: this.regions.length,
      nodes: this.nodes.map(({ fields }) => ({
        devices: [...fields].map(([device, { kind }]) => ({
          device,
          sensors: Object.keys(plants[kind].sensors),
          actuators: Object.keys(plants[kind].actuators),
        })),
      })),
      from,
      calm,
    };
  }
}

function regionOf({ seed, lease, onlookers = none }: FleetOptions, index: number): FleetRegion {
  const name = `region-${index}`;
  const world = new World(seed);
  const network = new SimNetwork(world);
  const findings = new Findings(world, ({ at, who, law, what }) =>
    onlookers.onStory?.({ at, kind: "violation", who, what: `${law}: ${what}` }),
  );
  const watch = new RegionWatch(name, findings, onlookers);
  const broker = new SimBroker(brokerParts(world, `mqtt://${name}`));
  const usual = RegionConfig.parse({ role: "region", region: name });
  const config = lease === undefined ? usual : { ...usual, lease };
  const controller = new SimulatedRegion({ world, network, watch, broker, config, wall: dawn });
  return { name, world, network, watch, broker, controller, nodes: [] };
}
