import { join } from "node:path";
import type { AuditPlace, Powers } from "../powers.ts";
import type { RoomRecords } from "./audit.ts";
import { type Room, roomPoints, type Site } from "./site.ts";

/** Reads from the closed databases what there is to count. */
export async function readRecords(powers: Powers, site: Site): Promise<readonly RoomRecords[]> {
  const records: RoomRecords[] = [];
  for (const room of site.rooms) records.push(await readRoom(powers, site, room));
  return records;
}

async function readRoom(powers: Powers, site: Site, room: Room): Promise<RoomRecords> {
  const place: AuditPlace = {
    nodeData: room.data,
    regionDb: join(site.regionData, "region.db"),
    node: room.name,
  };
  const outputs: RoomRecords["outputs"][number][] = [];
  for (const { name, min, max } of roomPoints.outputs) {
    outputs.push({ min, max, series: await powers.seriesOf({ ...place, series: `out/${name}` }) });
  }
  return {
    node: room.name,
    audit: await powers.auditNode(place),
    outputs,
    mode: await powers.seriesOf({ ...place, series: "mode" }),
    lateness: await powers.seriesOf({ ...place, series: `loop/${roomPoints.loop}/lateness` }),
  };
}
