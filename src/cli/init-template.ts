import { unreachable } from "#src/base/assert.ts";
import { airHandlerSite } from "./sites/air-handler.ts";
import { coldRoomSite } from "./sites/cold-room.ts";
import { evChargingSite } from "./sites/ev-charging.ts";
import { hvacTwoZoneSite } from "./sites/hvac-two-zone.ts";
import { pumpStationSite } from "./sites/pump-station.ts";
import { refrigerationRackSite } from "./sites/refrigeration-rack.ts";
import { regionSite } from "./sites/region.ts";
import { solarBatterySite } from "./sites/solar-battery.ts";
import { tankSite } from "./sites/tank.ts";

export interface Template {
  readonly role: "node" | "region";
  /** Id of the node; a region has none. */
  readonly node: string;
  readonly region: string;
  /** What stands behind the node's device; a cold room where not said. */
  readonly plant?: (typeof readyMadePlants)[number] | undefined;
}

/** What there is a file to start from for. */
export const readyMadePlants = [
  "cold-room",
  "tank",
  "hvac-two-zone",
  "refrigeration-rack",
  "air-handler",
  "pump-station",
  "solar-battery",
  "ev-charging",
] as const;

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
    case "refrigeration-rack":
      return refrigerationRackSite(node, region);
    case "air-handler":
      return airHandlerSite(node, region);
    case "pump-station":
      return pumpStationSite(node, region);
    case "solar-battery":
      return solarBatterySite(node, region);
    case "ev-charging":
      return evChargingSite(node, region);
    default:
      return unreachable(plant, "plant of a template");
  }
}
