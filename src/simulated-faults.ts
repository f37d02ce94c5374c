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
    const { world } = "region" in fault ? regionAt(fleet, fault) : fleet.regionOf(fault.node);
    world.schedule(fault.at, () => {
      world.note(index, fault.at, fault.until);
      const who = whoOf(fleet, fault);
      onStory?.({ at: fault.at, kind: "fault", who, what: sayFault(fault) });
      const mend = begin(fleet, fault);
      world.schedule(fault.until, () => {
        mend();
        onStory?.({ at: fault.until, kind: "mended", who, what: sayFault(fault) });
      });
    });
  }
}

const regionAt = ({ regions }: SimulatedFleet, fault: { readonly region: number }): FleetRegion =>
  regions[fault.region] as FleetRegion;

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
      const { network, place, url } = wayOf(fleet, fault.node);
      network.cut(place, url, fault.way);
      return () => network.heal(place, url, fault.way);
    }
    case "region-cut": {
      const { name, network, broker, nodes } = regionAt(fleet, fault);
      const places = nodes.map(({ node }) => nodeClientId(name, node));
      for (const place of places) network.cut(place, broker.url, fault.way);
      return () => {
        for (const place of places) network.heal(place, broker.url, fault.way);
      };
    }
    case "slow-network":
    case "narrow-network": {
      const { network, place, url } = wayOf(fleet, fault.node);
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
      const { broker } = regionAt(fleet, fault);
      broker.repeat(fault.share);
      return () => broker.repeat(0);
    }
    case "broker-crash": {
      const { broker } = regionAt(fleet, fault);
      broker.crash(fault.how);
      return () => broker.start();
    }
    case "region-crash": {
      const { controller, broker } = regionAt(fleet, fault);
      if (fault.how === "killed") {
        controller.kill();
        return () => {};
      }
      // One machine holds both.
      controller.losePower();
      broker.crash("power");
      return () => {
        broker.start();
        controller.restorePower();
      };
    }
    case "region-disk": {
      const { disk } = regionAt(fleet, fault).controller;
      disk.state = fault.state;
      return () => {
        disk.state = "sound";
      };
    }
    case "poison":
      return poison(regionAt(fleet, fault));
    case "ghost": {
      const ghost = new SimulatedGhost(regionAt(fleet, fault));
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

/** Between a node and its broker. */
function wayOf(fleet: SimulatedFleet, index: number) {
  const { region, node } = fleet.nodes[index] as SimulatedNode;
  const { network, broker } = fleet.regionOf(index);
  return { network, place: nodeClientId(region, node), url: broker.url };
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
