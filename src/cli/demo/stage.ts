import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { FaultError, fault } from "#src/base/fault.ts";
import type { Powers } from "../powers.ts";
import { type Child, startChild } from "./children.ts";
import { type Order, orderSocket, takeOrders } from "./orders.ts";
import { freePorts } from "./ports.ts";
import { openRelay, type Relay } from "./relay.ts";
import { regionName, regionYaml, roomYaml, type Site } from "./site.ts";

/** Everything that stands while the demo runs, and goes when it ends. */
export interface Stage {
  readonly site: Site;
  readonly folder: string;
  readonly runtime: string;
  readonly relay: Relay;
  readonly rooms: readonly Child[];
  readonly region: Child;
  readonly devices: Child;
  /** Ends all processes in their order: nodes first, so that the region still hears them. */
  stop(): Promise<void>;
  /** Ends them at once. */
  kill(): void;
  /** After `stop`: removes what is left of it, but for the folder where it is kept. */
  clear(keep: boolean): Promise<void>;
}

interface Calls {
  readonly onOrder: (order: Order) => string;
  readonly onChild: (name: string, text: string) => void;
}

export async function raiseStage(
  powers: Powers,
  names: readonly string[],
  calls: Calls,
): Promise<Stage> {
  const folder = mkdtempSync(join(tmpdir(), `holdfast-demo-${process.pid}-`));
  const closers: (() => Promise<void>)[] = [];
  const clear = async (keep: boolean): Promise<void> => {
    await Promise.all(closers.map((close) => close()));
    if (!keep) rmSync(folder, { recursive: true, force: true });
  };
  try {
    const runtime = runtimeOf(powers, folder);
    await refuseClash(powers, runtime, names);
    const orders = await takeOrders(orderSocket(runtime), calls.onOrder);
    closers.push(() => orders.close());
    const [brokerPort = 0, ...devicePorts] = await freePorts(names.length + 1);
    const relay = await openRelay({ host: "127.0.0.1", port: brokerPort });
    closers.push(() => relay.close());
    const site: Site = {
      brokerPort,
      relayPort: relay.port,
      regionData: join(folder, regionName),
      rooms: names.map((name, index) => ({
        name,
        devicePort: devicePorts[index] ?? 0,
        data: join(folder, name),
        seed: index + 1,
      })),
    };
    const children = startAll(powers, site, folder, runtime, calls);
    closers.push(async () => removeSockets(powers, runtime, names));
    return { site, folder, runtime, relay, ...children, ...endings(children), clear };
  } catch (error) {
    await clear(false);
    throw error;
  }
}

type Children = Pick<Stage, "rooms" | "region" | "devices">;

const endings = ({ rooms, region, devices }: Children): Pick<Stage, "stop" | "kill"> => ({
  async stop() {
    await Promise.all(rooms.map((room) => room.stop()));
    await Promise.all([region.stop(), devices.stop()]);
  },
  kill() {
    for (const child of [...rooms, region, devices]) child.kill();
  },
});

/** A child that had to be killed leaves its socket behind. */
function removeSockets(powers: Powers, runtime: string, names: readonly string[]): void {
  for (const name of names) rmSync(powers.socketPath(runtime, "node", name), { force: true });
  rmSync(powers.socketPath(runtime, "region", regionName), { force: true });
}

function startAll(
  powers: Powers,
  site: Site,
  folder: string,
  runtime: string,
  calls: Calls,
): Children {
  const write = (name: string, text: string): string => {
    const path = join(folder, `${name}.yaml`);
    writeFileSync(path, text);
    return path;
  };
  const start = (name: string, args: readonly string[]): Child =>
    startChild({
      name,
      command: [...powers.self, ...args],
      log: join(folder, `${name}.log`),
      env: { ...powers.env, HOLDFAST_RUNTIME: runtime },
      onEvent: (text) => calls.onChild(name, text),
    });
  for (const path of [site.regionData, ...site.rooms.map(({ data }) => data)]) mkdirSync(path);
  const regionConfig = write(regionName, regionYaml(site));
  const roomConfigs = site.rooms.map((room) => write(room.name, roomYaml(site, room)));
  return {
    devices: start("devices", ["devices", ...roomConfigs.flatMap((path) => ["--config", path])]),
    region: start(regionName, ["run", "--config", regionConfig]),
    rooms: site.rooms.map((room, index) =>
      start(room.name, ["run", "--config", roomConfigs[index] ?? ""]),
    ),
  };
}

/** The user's own socket folder, so that a second terminal needs no setting; else one of the demo's. */
function runtimeOf(powers: Powers, folder: string): string {
  try {
    return powers.runtimeFolder(powers.env);
  } catch (error) {
    if (!(error instanceof FaultError)) throw error;
    const own = join(folder, "run");
    mkdirSync(own, { mode: 0o700 });
    return own;
  }
}

async function refuseClash(
  powers: Powers,
  runtime: string,
  names: readonly string[],
): Promise<void> {
  const found = await powers.listLocal(runtime);
  const clash = found.find(({ role, id }) =>
    role === "node" ? names.includes(id) : id === regionName,
  );
  if (clash !== undefined) {
    const what = `${clash.role} ${clash.id}`;
    throw new FaultError(fault("DEMO_RUNNING", { what, where: runtime }));
  }
}
