import { plants } from "#firmware-sim/plant.ts";
import { type Millis, type WallTime, wallTime } from "#src/base/units.ts";
import { type NodeConfig, RegionConfig } from "#src/contract/config.ts";
import type { FaultShape } from "#src/sim/fault-plan.ts";
import { Findings } from "#src/sim/findings.ts";
import { later, type Moment, momentFrom } from "#src/sim/moment.ts";
import { brokerParts, SimBroker } from "#src/sim/sim-broker.ts";
import { SimNetwork } from "#src/sim/sim-network.ts";
import { World } from "#src/sim/world.ts";
import { type Journals, nodeTemplate, SimulatedNode } from "./simulated-node.ts";
import type { Onlookers } from "./simulated-node-watch.ts";
import { SimulatedRegion } from "./simulated-region.ts";
import { FleetWatch } from "./simulated-watch.ts";

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

export interface FleetRegion {
  readonly name: string;
  readonly broker: SimBroker;
  readonly controller: SimulatedRegion;
}

const none: Onlookers = { onStory: undefined, onRecord: undefined };
/** The autumn of 2026; some nodes are a little off. */
const dawn = wallTime(1_790_000_000_000);

/** Nodes, regions and what lies between them, in a world of their own. */
export class SimulatedFleet {
  readonly world: World;
  readonly network: SimNetwork;
  readonly findings: Findings;
  readonly watch: FleetWatch;
  readonly regions: readonly FleetRegion[];
  readonly nodes: readonly SimulatedNode[];
  /** Machines that came up from copied disks, in the order of their coming. */
  readonly clones: SimulatedNode[] = [];

  constructor(options: FleetOptions) {
    const { seed, nodes, regions, sites, lease, version, onlookers = none, journals } = options;
    this.world = new World(seed);
    this.network = new SimNetwork(this.world);
    this.findings = new Findings(this.world, ({ at, who, law, what }) =>
      onlookers.onStory?.({ at, kind: "violation", who, what: `${law}: ${what}` }),
    );
    this.watch = new FleetWatch(this.findings, onlookers);
    this.regions = Array.from({ length: regions }, (_, index) =>
      this.#region(`region-${index}`, lease),
    );
    const templates = sites.map((site) => nodeTemplate(site, version));
    const rng = this.world.rng.fork("fleet");
    this.nodes = Array.from({ length: nodes }, (_, index) => {
      const { name, broker } = this.regions[index % regions] as FleetRegion;
      return new SimulatedNode({
        world: this.world,
        network: this.network,
        watch: this.watch,
        broker,
        template: templates[index % templates.length] as (typeof templates)[number],
        region: name,
        node: `node-${index}`,
        journals,
        wall: (dawn + rng.below(2_000) - 1_000) as WallTime,
      });
    });
  }

  /** Everything starts within the first second, each at a moment of its own. */
  start(): void {
    for (const { controller } of this.regions) controller.start();
    for (const [index, node] of this.nodes.entries()) {
      const at = momentFrom((1_000 * index) / this.nodes.length);
      this.world.schedule(at, () => node.start());
    }
  }

  pass(length: Millis): void {
    this.world.run(later(this.world.now, length));
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

  #region(name: string, lease: FleetOptions["lease"]): FleetRegion {
    const { world, network, watch } = this;
    const broker = new SimBroker(brokerParts(world, `mqtt://${name}`));
    const usual = RegionConfig.parse({ role: "region", region: name });
    const config = lease === undefined ? usual : { ...usual, lease };
    return {
      name,
      broker,
      controller: new SimulatedRegion({ world, network, watch, broker, config, wall: dawn }),
    };
  }
}
