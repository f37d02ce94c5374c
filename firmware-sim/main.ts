import type { Readable } from "node:stream";
import { FaultError, fault } from "#src/base/fault.ts";
import type { NodeConfig } from "#src/contract/config.ts";
import { modbusSaid } from "#src/contract/places.ts";
import { checkSimulation } from "./check-simulation.ts";
import type { DeviceFault } from "./device-fault.ts";
import { longestLine, parseInjection } from "./injection.ts";
import { type DeviceSnapshot, type ServedDevice, serveDevice } from "./modbus-server.ts";

export interface RunningDevices {
  readonly devices: readonly RunningDevice[];
  /** Breaks something; a text says why it could not. Signals go by the names of the site file. */
  inject(node: string, device: string, fault: DeviceFault): string | undefined;
  /** Mends everything on one device; a text says why it could not. */
  clear(node: string, device: string): string | undefined;
  /** Obeys one line of the fault protocol; a text says why it was refused. */
  obey(line: string): string | undefined;
  close(): Promise<void>;
}

export interface RunningDevice {
  readonly node: string;
  readonly device: string;
  readonly plant: string;
  readonly host: string;
  readonly port: number;
  snapshot(): DeviceSnapshot;
}

export type DeviceEvent =
  | {
      readonly kind: "serving";
      readonly node: string;
      readonly device: string;
      readonly plant: string;
      readonly host: string;
      readonly port: number;
    }
  | { readonly kind: "watchdog"; readonly node: string; readonly device: string }
  | {
      readonly kind: "broken";
      readonly node: string;
      readonly device: string;
      readonly fault: DeviceFault;
    }
  | { readonly kind: "mended"; readonly node: string; readonly device: string }
  | { readonly kind: "refused"; readonly why: string };

export interface RunOptions {
  readonly configs: readonly NodeConfig[];
  readonly onEvent: (event: DeviceEvent) => void;
}

/**
 * Serves every simulated device of every config at the host and port the config says. All or
 * none: rejects with a fault (SIMULATION_REFUSED, PORT_IN_USE, PORT_REFUSED) and leaves no port open.
 */
export async function runDevices({ configs, onEvent }: RunOptions): Promise<RunningDevices> {
  for (const config of configs) refuseBadSimulation(config);
  const served = new Map<string, RunningDevice & { readonly server: ServedDevice }>();
  const close = async (): Promise<void> => {
    await Promise.all([...served.values()].map(({ server }) => server.close()));
  };
  try {
    for (const { config, device } of simulatedDevices(configs)) {
      const running = await serveOne(config, device, onEvent);
      served.set(keyOf(config.node, device), running);
      const { node, plant, host, port } = running;
      onEvent({ kind: "serving", node, device, plant, host, port });
    }
  } catch (error) {
    await close();
    throw error;
  }
  const on = (node: string, device: string, act: (server: ServedDevice) => string | undefined) => {
    const found = served.get(keyOf(node, device));
    if (found !== undefined) return act(found.server);
    return `there is no simulated device "${node}/${device}"; there is ${[...served.keys()].join(", ")}`;
  };
  const inject: RunningDevices["inject"] = (node, device, what) =>
    on(node, device, (server) => {
      const refused = server.inject(what);
      if (refused === undefined) onEvent({ kind: "broken", node, device, fault: what });
      return refused;
    });
  const clear: RunningDevices["clear"] = (node, device) =>
    on(node, device, (server) => {
      server.clear();
      onEvent({ kind: "mended", node, device });
      return undefined;
    });
  return {
    devices: [...served.values()],
    inject,
    clear,
    obey(line) {
      const parsed = parseInjection(line);
      if ("refused" in parsed) return parsed.refused;
      const { node, device, fault: what } = parsed.injection;
      return what === undefined ? clear(node, device) : inject(node, device, what);
    },
    close,
  };
}

/** Obeys lines until the stream ends; a refused line becomes an event and the next one is read. */
export function obeyLines(
  stream: Readable,
  devices: RunningDevices,
  onEvent: RunOptions["onEvent"],
): void {
  let open = "";
  stream.setEncoding("utf8");
  stream.on("data", (chunk: string) => {
    const lines = (open + chunk).split("\n");
    // A line without end is cut where it is too long to be obeyed anyway.
    open = (lines.pop() ?? "").slice(0, longestLine + 1);
    for (const line of lines) {
      if (line.trim() === "") continue;
      const why = devices.obey(line);
      if (why !== undefined) onEvent({ kind: "refused", why });
    }
  });
  stream.on("error", (error) => onEvent({ kind: "refused", why: error.message }));
}

function refuseBadSimulation(config: NodeConfig): void {
  const [first, ...more] = checkSimulation(config);
  if (first === undefined) return;
  const why = more.length > 0 ? `${first.message} (and ${more.length} more)` : first.message;
  throw new FaultError(
    fault("SIMULATION_REFUSED", { node: config.node, at: first.path.join("."), why }),
  );
}

function simulatedDevices(configs: readonly NodeConfig[]) {
  return configs.flatMap((config) =>
    Object.keys(config.simulation ?? {}).map((device) => ({ config, device })),
  );
}

async function serveOne(config: NodeConfig, device: string, onEvent: RunOptions["onEvent"]) {
  const { node } = config;
  const { host, port } = modbusSaid(config.devices[device]);
  const server = await serveDevice({
    config,
    device,
    host,
    port,
    onWatchdog: () => onEvent({ kind: "watchdog", node, device }),
  });
  const plant = config.simulation?.[device]?.plant ?? "";
  return { node, device, plant, host, port: server.port, snapshot: server.snapshot, server };
}

const keyOf = (node: string, device: string): string => `${node}/${device}`;
