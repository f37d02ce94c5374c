import { unreachable } from "#src/base/assert.ts";
import { millis } from "#src/base/units.ts";
import { nodeClientId } from "#src/contract/client-id.ts";
import type { StoryLine } from "#src/contract/simulation.ts";
import type { FaultPlan, PlannedFault } from "#src/sim/fault-plan.ts";
import { localNetwork } from "#src/sim/sim-network.ts";
import type { FleetRegion, SimulatedFleet } from "./simulated-fleet.ts";
import { SimulatedGhost } from "./simulated-ghost.ts";
import type { SimulatedNode } from "./simulated-node.ts";
import { poison } from "./simulated-poison.ts";

/** Breaks and mends a fleet as a plan has it. */
export function applyFaults(
  fleet: SimulatedFleet,
  plan: FaultPlan,
  onStory?: (line: StoryLine) => void,
): void {
  for (const [index, fault] of plan.faults.entries()) {
    fleet.world.schedule(fault.at, () => {
      fleet.world.note(index, fault.at, fault.until);
      const who = whoOf(fleet, fault);
      onStory?.({ at: fault.at, kind: "fault", who, what: sayFault(fault) });
      const mend = begin(fleet, fault);
      fleet.world.schedule(fault.until, () => {
        mend();
        onStory?.({ at: fault.until, kind: "mended", who, what: sayFault(fault) });
      });
    });
  }
}

function whoOf({ nodes, regions }: SimulatedFleet, fault: PlannedFault): string {
  if ("region" in fault) return regions[fault.region]?.name ?? "?";
  const node = nodes[fault.node];
  return node === undefined ? "?" : `${node.region}/${node.node}`;
}

/** The kind, and what of it was drawn. */
function sayFault({ at: _, until: __, kind, ...rest }: PlannedFault): string {
  const drawn = Object.entries(rest)
    .filter(([name]) => name !== "node" && name !== "region")
    .map(([name, value]) => `${name} ${typeof value === "object" ? JSON.stringify(value) : value}`);
  return [kind, ...drawn].join(", ");
}

/** Makes it so; the call it returns makes it good again. */
function begin(fleet: SimulatedFleet, fault: PlannedFault): () => void {
  switch (fault.kind) {
    case "cut": {
      const { network, nodes, regions } = fleet;
      const node = nodes[fault.node] as SimulatedNode;
      const place = nodeClientId(node.region, node.node);
      const url = regions.find(({ name }) => name === node.region)?.broker.url ?? "";
      network.cut(place, url, fault.way);
      return () => network.heal(place, url, fault.way);
    }
    case "region-cut": {
      const { network, nodes, regions } = fleet;
      const { name, broker } = regions[fault.region] as FleetRegion;
      const places = nodes
        .filter(({ region }) => region === name)
        .map(({ node }) => nodeClientId(name, node));
      for (const place of places) network.cut(place, broker.url, fault.way);
      return () => {
        for (const place of places) network.heal(place, broker.url, fault.way);
      };
    }
    case "slow-network":
    case "narrow-network": {
      const { network, nodes, regions } = fleet;
      const { node, region } = nodes[fault.node] as SimulatedNode;
      const url = regions.find(({ name }) => name === region)?.broker.url ?? "";
      const place = nodeClientId(region, node);
      const isSlow = fault.kind === "slow-network";
      const { tail, loss, bandwidth } = localNetwork;
      network.change(
        place,
        url,
        isSlow ? { tail: fault.tail, loss: fault.loss } : { bandwidth: fault.bandwidth },
      );
      return () => network.change(place, url, isSlow ? { tail, loss } : { bandwidth });
    }
    case "broker-repeat": {
      const { broker } = fleet.regions[fault.region] as FleetRegion;
      broker.repeat(fault.share);
      return () => broker.repeat(0);
    }
    case "broker-crash": {
      const broker = fleet.regions[fault.region]?.broker;
      broker?.crash(fault.how);
      return () => broker?.start();
    }
    case "region-crash": {
      const region = fleet.regions[fault.region];
      if (fault.how === "killed") {
        region?.controller.kill();
        return () => {};
      }
      // One machine holds both.
      region?.controller.losePower();
      region?.broker.crash("power");
      return () => {
        region?.broker.start();
        region?.controller.restorePower();
      };
    }
    case "region-disk": {
      const { disk } = (fleet.regions[fault.region] as FleetRegion).controller;
      disk.state = fault.state;
      return () => {
        disk.state = "sound";
      };
    }
    case "poison":
      return poison(fleet, fault.region);
    case "ghost": {
      const region = fleet.regions[fault.region] as FleetRegion;
      const { world, network } = fleet;
      const nodes = fleet.nodes.filter((node) => node.region === region.name);
      const ghost = new SimulatedGhost({ world, network, region, nodes });
      ghost.appear();
      return () => ghost.vanish();
    }
    case "clone": {
      const clone = (fleet.nodes[fault.node] as SimulatedNode).clone();
      fleet.clones.push(clone);
      clone.start();
      return () => clone.losePower();
    }
    default:
      return beginAt(fleet.nodes[fault.node] as SimulatedNode, fault);
  }
}

type NodeFault = Exclude<
  PlannedFault,
  {
    kind:
      | "cut"
      | "region-cut"
      | "slow-network"
      | "narrow-network"
      | "broker-repeat"
      | "broker-crash"
      | "region-crash"
      | "region-disk"
      | "clone"
      | "ghost"
      | "poison";
  }
>;

function beginAt(node: SimulatedNode, fault: NodeFault): () => void {
  const { machine, disk } = node;
  switch (fault.kind) {
    case "node-crash":
      node.kill();
      return () => {};
    case "node-power":
      if (fault.transaction === 0) node.losePower();
      else disk.cutPower(fault.transaction, fault.side, () => node.losePower());
      return () => {
        disk.keepPower();
        if (node.process?.alive !== true) node.restorePower();
      };
    case "torn-write":
      node.losePower();
      node.metrics.tear(fault.points);
      return () => {
        if (node.process?.alive !== true) node.restorePower();
      };
    case "bit-rot":
      node.metrics.rot(fault.place / 1_024);
      return () => {};
    case "suspend":
      // A second sleep ends with the first.
      machine.suspend();
      return () => {
        machine.resume();
        node.start();
      };
    case "node-pause": {
      const { process } = node;
      process?.pause();
      return () => process?.resume();
    }
    case "disk":
      disk.state = fault.state;
      return () => {
        disk.state = "sound";
      };
    case "wall-step":
      machine.stepWall(fault.by);
      return () => machine.stepWall(millis(-fault.by));
    case "drift":
      machine.drift(fault.ppm);
      return () => machine.drift(0);
    case "dropout":
    case "sensor":
    case "actuator": {
      const field = node.fields.get(fault.device);
      field?.inject(fault.fault);
      return () => field?.mend(fault.fault);
    }
    default:
      return unreachable(fault, "fault of a node");
  }
}
