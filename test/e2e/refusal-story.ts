import { writeFileSync } from "node:fs";
import { join } from "node:path";
import type { NodeStatus, RegionStatus } from "#src/contract/query.ts";
import { Fleet, type Ran } from "./fleet.ts";
import { regionSite, tank } from "./sites.ts";
import { until } from "./until.ts";

/** A fleet that goes on while something beside it cannot. */
export interface Refusals {
  /** Of the node one of whose devices is not there. */
  readonly partial: NodeStatus;
  /** What a second node, and a second region, on the same folder said. */
  readonly secondNode: Ran;
  readonly secondRegion: Ran;
  readonly portTaken: Ran;
  /** The first ones afterwards, by pid, and how often the node's loop turned meanwhile. */
  readonly before: Pids;
  readonly after: Pids;
  readonly turned: number;
}

interface Pids {
  readonly node: number | undefined;
  readonly region: number | undefined;
}

const node = "tank-1";

export async function tellRefusals(): Promise<Refusals> {
  const fleet = await Fleet.raise({
    broker: "embedded",
    nodes: { [node]: tank },
    adjust: (site, { deadPort }) => ({
      ...site,
      devices: { ...site.devices, far: { driver: "modbus-tcp", port: deadPort, poll: "200ms" } },
      inputs: {
        ...site.inputs,
        basin: {
          device: "far",
          register: { kind: "input", address: 0, scale: 0.001 },
          range: [0, 4],
          maxAge: "2s",
        },
      },
      outputs: {
        ...site.outputs,
        drain: {
          device: "far",
          register: { kind: "holding", address: 0, scale: 0.1 },
          bounds: [0, 100],
          safe: 15,
          onSensorBad: "safe",
          onPartition: "keep",
          onAgentLoss: "safe",
        },
      },
      loops: {
        ...site.loops,
        draining: {
          kind: "pid",
          input: "basin",
          output: "drain",
          action: "direct",
          setpoint: 1,
          bounds: [0.5, 2],
          gain: 10,
          integralTime: "30s",
          period: "250ms",
        },
      },
    }),
  });
  try {
    await fleet.mode("connected");
    const partial = await until("the absent device is told of and given up", async () => {
      const status = await fleet.status(node);
      const codes = status?.faults.map(({ code }) => code) ?? [];
      const isGivenUp = status?.control?.outputs.every(({ value }) => value !== null) === true;
      return codes.includes("DEVICE_UNREACHABLE") && isGivenUp && turnsOf(status) > 20 && status;
    });
    const before = await pidsOf(fleet);
    const [secondNode, secondRegion, portTaken] = await Promise.all([
      fleet.run("run", "--config", fleet.configOf(node)),
      fleet.run("run", "--config", fleet.configOf("region")),
      fleet.run("run", "--config", otherRegion(fleet)),
    ]);
    const after = await pidsOf(fleet);
    const turned = turnsOf(await fleet.status(node)) - turnsOf(partial);
    return { partial, secondNode, secondRegion, portTaken, before, after, turned };
  } finally {
    await fleet.close();
  }
}

/** Another region with its own folder, on the port of the first one. */
function otherRegion(fleet: Fleet): string {
  const path = join(fleet.folder, "other.yaml");
  const broker = { listen: { port: fleet.brokerPort } };
  writeFileSync(path, JSON.stringify(regionSite("south", fleet.dataOf("south"), broker)));
  return path;
}

const turnsOf = (status: NodeStatus | undefined): number =>
  status?.control?.loops.find(({ loop }) => loop === "filling")?.cycles ?? 0;

async function pidsOf(fleet: Fleet): Promise<Pids> {
  const region: RegionStatus | undefined = await fleet.regionStatus();
  return { node: (await fleet.status(node))?.pid, region: region?.pid };
}
