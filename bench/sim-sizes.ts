import { readFileSync } from "node:fs";
import { plants } from "#firmware-sim/plant.ts";
import { readTree } from "#src/adapters/yaml-tree.ts";
import { invariant } from "#src/base/assert.ts";
import { type Millis, millis, minutes, seconds } from "#src/base/units.ts";
import { NodeConfig } from "#src/contract/config.ts";
import { pid, track } from "#src/core/control/pid.ts";
import { later, moment, momentFrom } from "#src/sim/moment.ts";
import { World } from "#src/sim/world.ts";
import { stretchOf } from "#src/simulate.ts";
import { SimulatedFleet } from "#src/simulated-fleet.ts";

/** What the benchmark of the simulator measures, each as seconds of one core. */

/** One loop at 1 Hz with its sensor and its actuator: the least that a node can be. */
const leanSite = siteIn(new URL("../test/sim/one-loop.yaml", import.meta.url));

function siteIn(file: URL): NodeConfig {
  const read = readTree(readFileSync(file, "utf8"));
  invariant(read.ok, "the site of the benchmark can be read");
  return NodeConfig.parse(read.tree.value);
}

export interface Fleet {
  /** Core seconds for each second of one node. */
  readonly perNodeSecond: number;
  /** Bytes of one node that is up, with the points that wait for its next message. */
  readonly bytesPerNode: number;
}

/** As a site has them: a controller of its own for some dozens of nodes. */
export const nodesPerRegion = 25;

/** Whole nodes with all witnesses, connected, after their first minute. */
export function wholeFleet(nodes: number, nodeSeconds: number, collect: () => void): Fleet {
  const before = heap(collect);
  const regions = Math.ceil(nodes / nodesPerRegion);
  const fleet = new SimulatedFleet({
    seed: 1,
    nodes,
    regions,
    sites: [leanSite],
    version: "bench",
  });
  fleet.start();
  fleet.pass(minutes(1));
  const bytesPerNode = (heap(collect) - before) / nodes;
  // As `sim run` lets them live.
  const stretch = stretchOf(regions) / 1_000;
  const length = Math.ceil(nodeSeconds / nodes / stretch) * stretch;
  const used = coreSeconds(() => {
    for (let passed = 0; passed < length; passed += stretch) fleet.pass(seconds(stretch));
  });
  if (fleet.findings.count > 0) throw new Error(fleet.findings.violations[0]?.what);
  return { perNodeSecond: used / (length * nodes), bytesPerNode };
}

/** The limit: the bare event queue with a controller and a plant in each event, and nothing else. */
export function bareLoop(nodes: number, nodeSeconds: number): number {
  const world = new World(1);
  const plant = plants["cold-room"];
  const rule = { action: "direct", gain: 1, period: seconds(1), min: 0, max: 1 } as const;
  const tuned = {
    ...rule,
    integralTime: minutes(5),
    derivativeTime: millis(0),
    setpointWeight: 1,
  };
  for (let index = 0; index < nodes; index += 1) {
    let state = plant.start(index);
    let controller = track(tuned, 4, 4, 0);
    const at = { setpoint: 4, feedForward: 0, applied: undefined };
    const position: Record<string, number> = { fan: 1, compressor: 0 };
    const turn = (): void => {
      const air = plant.sense(state)["room-air"] ?? 0;
      const step = pid(tuned, controller, { ...at, value: air }, tuned.period);
      controller = step.state;
      position["compressor"] = step.output;
      state = plant.step(state, position, tuned.period);
      world.schedule(later(world.now, tuned.period), turn);
    };
    world.schedule(momentFrom((1_000 * index) / nodes), turn);
  }
  world.run(moment(10_000));
  const length = Math.max(5, Math.round(nodeSeconds / nodes));
  const until = later(world.now, seconds(length) as Millis);
  return coreSeconds(() => world.run(until)) / (length * nodes);
}

function coreSeconds(work: () => void): number {
  const began = process.cpuUsage();
  work();
  const { user, system } = process.cpuUsage(began);
  return (user + system) / 1e6;
}

function heap(collect: () => void): number {
  collect();
  collect();
  const { heapUsed, external } = process.memoryUsage();
  return heapUsed + external;
}
