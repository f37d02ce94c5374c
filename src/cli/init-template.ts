import { unreachable } from "#src/base/assert.ts";
import { coldRoomSite } from "./sites/cold-room.ts";
import { hvacTwoZoneSite } from "./sites/hvac-two-zone.ts";
import { regionSite } from "./sites/region.ts";
import { tankSite } from "./sites/tank.ts";

export interface Template {
  readonly role: "node" | "region";
  /** Id of the node; a region has none. */
  readonly node: string;
  readonly region: string;
  /** What stands behind the node's device; a cold room where not said. */
  readonly plant?: "cold-room" | "tank" | "hvac-two-zone" | undefined;
}

/** A commented configuration that runs as it is, on simulated devices until there are real ones. */
export function initTemplate({ role, node, region, plant = "cold-room" }: Template): string {
  if (role === "region") return regionSite(region);
  switch (plant) {
    case "cold-room":
      return coldRoomSite(node, region);
    case "tank":
      return tankSite(node, region);
    case "hvac-two-zone":
      return hvacTwoZoneSite(node, region);
    default:
      return unreachable(plant, "plant of a template");
  }
}
