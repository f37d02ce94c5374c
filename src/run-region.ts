import { randomInt } from "node:crypto";
import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { describeRegion } from "#agents/region/describe.ts";
import { region } from "#agents/region/region.ts";
import { openBroker } from "#broker/aedes-broker.ts";
import { serveLocal } from "#src/adapters/local-socket.ts";
import { mqttBus } from "#src/adapters/mqtt-bus.ts";
import { dataFolder, runtimeFolder, socketPath } from "#src/adapters/paths.ts";
import { openRegionStore } from "#src/adapters/sqlite-region-store.ts";
import { openStateStore } from "#src/adapters/sqlite-state-store.ts";
import { systemClock } from "#src/adapters/system-clock.ts";
import { notifier } from "#src/adapters/systemd-notify.ts";
import { type Fault, fault } from "#src/base/fault.ts";
import { withoutPassword } from "#src/contract/broker-url.ts";
import { regionClientId } from "#src/contract/client-id.ts";
import type { RegionConfig } from "#src/contract/config.ts";
import { limits } from "#src/contract/limits.ts";
import type { RegionStatus } from "#src/contract/query.ts";
import { filtersOf } from "#src/contract/topics.ts";
import { FaultBoard } from "#src/runtime/fault-board.ts";
import { RegionQueries } from "#src/runtime/query-region.ts";
import { RegionShell } from "#src/runtime/region-shell.ts";
import type { RoleParts } from "./run-role.ts";

/** A region controller, put together: its database, its broker or another one, the local socket. */
export async function runRegion(config: RegionConfig, parts: RoleParts): Promise<number> {
  const { env, version, log, stop } = parts;
  const clock = systemClock();
  const board = new FaultBoard(clock, log);
  const data = config.data ?? dataFolder(env, config.region);
  mkdirSync(data, { recursive: true, mode: 0o700 });
  const damaged = (met: Fault): void => board.put(met);
  // Held from here to the end: it keeps a second process off the folder.
  const held = openStateStore({ path: join(data, "state.db"), now: clock.wall(), damaged });
  const store = openRegionStore({
    path: join(data, "region.db"),
    now: clock.wall(),
    damaged,
  });
  const notify = notifier(env, (why) => log.warn({ event: "systemd.notify", why }));
  const { listen } = config.broker;
  const broker =
    config.broker.url === undefined
      ? await openBroker({
          host: listen?.host ?? "127.0.0.1",
          port: listen?.port ?? 1883,
          region: config.region,
          log,
        })
      : undefined;
  const url = config.broker.url ?? `mqtt://${loopbackOf(listen?.host)}:${broker?.port}`;
  const shown = withoutPassword(url);

  const shell = new RegionShell({
    agent: region,
    config,
    controller: config.controller,
    ttl: config.lease.ttl,
    seed: randomInt(2 ** 32),
    url: shown,
    subscriptions: filtersOf("up", { region: config.region }),
    clock,
    board,
    store,
    openBus: (events) =>
      mqttBus({
        url,
        keepalive: config.broker.keepalive,
        clientId: regionClientId(config.region, config.controller),
        events,
      }),
    onBatch: (node, batch) => queries.hear(node, batch),
    patience: limits.queryTimeout,
  });
  const report = (): RegionStatus | Fault => {
    const { state } = shell;
    if (state === undefined) return fault("AGENT_RESTS", { agent: region.kind });
    return {
      role: "region",
      version,
      pid: process.pid,
      at: clock.wall(),
      broker: { ...shell.broker, embedded: broker !== undefined },
      faults: board.list(),
      ...describeRegion(config, state, store.deliveries()),
    };
  };
  const queries = new RegionQueries({ clock, shell: () => shell, report });
  const socket = await serveLocal({
    path: socketPath(runtimeFolder(env), "region", config.region),
    log,
    handle: queries.handle,
  });
  log.info({
    event: "region.started",
    region: config.region,
    data,
    broker: shown,
    embedded: broker !== undefined,
    version,
  });
  shell.start();
  notify.ready(`serves region ${config.region}`);
  const watchdog =
    notify.intervalMs === undefined
      ? undefined
      : setInterval(() => notify.watchdog(), notify.intervalMs);

  const why = await stop;
  log.info({ event: "region.stopping", why });
  notify.stopping();
  clearInterval(watchdog);
  await socket.close();
  await shell.close();
  await broker?.close();
  held.close();
  log.info({ event: "region.stopped" });
  return 0;
}

/** Where a broker that listens everywhere is reached from here. */
const loopbackOf = (host: string | undefined): string =>
  host === undefined || host === "0.0.0.0" || host === "::" ? "127.0.0.1" : host;
