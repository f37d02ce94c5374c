import { randomInt } from "node:crypto";
import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { Worker } from "node:worker_threads";
import { link } from "#agents/node/link.ts";
import { planLink } from "#agents/node/link-messages.ts";
import { planNode } from "#agents/node/plan.ts";
import { journalFolder } from "#src/adapters/journal-folder.ts";
import { serveLocal } from "#src/adapters/local-socket.ts";
import { mqttBus } from "#src/adapters/mqtt-bus.ts";
import { dataFolder, runtimeFolder, socketPath } from "#src/adapters/paths.ts";
import type { StoreOptions } from "#src/adapters/sqlite-database.ts";
import { openMetricStore } from "#src/adapters/sqlite-metric-store.ts";
import { openStateStore, peekState } from "#src/adapters/sqlite-state-store.ts";
import { computerRun, systemClock } from "#src/adapters/system-clock.ts";
import { notifier } from "#src/adapters/systemd-notify.ts";
import { FaultError } from "#src/base/fault.ts";
import { withoutPassword } from "#src/contract/broker-url.ts";
import { nodeClientId } from "#src/contract/client-id.ts";
import type { NodeConfig } from "#src/contract/config.ts";
import { samplesIn } from "#src/contract/samples.ts";
import { filtersOf } from "#src/contract/topics.ts";
import type { StateStore } from "#src/ports/state-store.ts";
import { ControlKeeper, type Thread, type ThreadEvents } from "#src/runtime/control-keeper.ts";
import { FaultBoard } from "#src/runtime/fault-board.ts";
import { Journal } from "#src/runtime/journal.ts";
import { NodeShell } from "#src/runtime/node-shell.ts";
import { NodeQueries } from "#src/runtime/query-node.ts";
import type { Frame, ToControl, ToLink } from "#src/runtime/threads.ts";
import { memoryAtStart, openFirst } from "./node-parts.ts";
import type { ControlStart } from "./run-control.ts";
import type { RoleParts } from "./run-role.ts";

/**
 * The link thread of a node, put together: databases, broker, local socket, and the control thread
 * beside it. Control runs whatever of these fails.
 */
export async function runNode(config: NodeConfig, parts: RoleParts): Promise<number> {
  const { env, version, log, entry, stop } = parts;
  const clock = systemClock();
  const board = new FaultBoard(clock, log);
  const plan = planNode(config);
  const data = config.data ?? dataFolder(env, config.node);
  const damaged = (met: FaultError["fault"]): void => board.put(met);
  const stateFile = (): StoreOptions => ({
    path: join(data, "state.db"),
    now: clock.wall(),
    damaged,
  });
  const openState = (): StateStore => {
    makeFolder(data);
    return openStateStore(stateFile());
  };
  const state = openFirst(openState, board);
  const memory = memoryAtStart(state, () => peekState(stateFile()), computerRun());
  const notify = notifier(env, (why) => log.warn({ event: "systemd.notify", why }));
  const { uplink } = config;
  let ready = false;

  const linkPlan = planLink(config, version);
  const journal = new Journal({
    agent: "link",
    node: config.node,
    version,
    plan: linkPlan,
    clock,
    files: journalFolder(data),
    report: (met) => board.put(met),
  });
  const shell = new NodeShell({
    agent: link,
    plan: linkPlan,
    journal,
    seed: randomInt(2 ** 32),
    series: plan.series,
    url: uplink && withoutPassword(uplink.url),
    subscriptions: filtersOf("down", { region: config.region, node: config.node }),
    clock,
    board,
    state,
    openState,
    memory,
    openMetrics: () =>
      openMetricStore({ path: join(data, "metrics.db"), now: clock.wall(), damaged }),
    openBus:
      uplink === undefined
        ? undefined
        : (events) =>
            mqttBus({
              url: uplink.url,
              keepalive: uplink.keepalive,
              clientId: nodeClientId(config.region, config.node),
              events,
            }),
    pendingOf: ({ inbox }) => samplesIn(inbox.pending),
    postControl: (frame) => keeper.post(frame),
    onControl: (message) => {
      queries.hear(message);
      logChange(log, message);
      if (!ready && message.kind === "row") {
        ready = true;
        notify.ready(`controls ${plan.loops.length} loops`);
        log.info({ event: "control.started", loops: plan.loops.length });
      }
    },
  });
  const queries = new NodeQueries({
    node: config.node,
    region: config.region,
    version,
    pid: process.pid,
    outputs: plan.outputs.map((output) => output.name),
    series: plan.series,
    clock,
    board,
    shell: () => shell,
    journal,
  });
  const keeper = new ControlKeeper({
    clock,
    board,
    spawn: (events) =>
      controlThread(entry, { config, memory: shell.memory, version, data }, events),
    frame: (frame) => shell.receive(frame),
    started: () => shell.controlStarted(),
  });
  const socket = await serveLocal({
    path: socketPath(runtimeFolder(env), "node", config.node),
    log,
    handle: queries.handle,
  }).catch((error: unknown) => {
    if (!(error instanceof FaultError)) throw error;
    board.put(error.fault);
    return undefined;
  });

  log.info({
    event: "node.started",
    node: config.node,
    region: config.region,
    data,
    uplink: uplink && withoutPassword(uplink.url),
    version,
  });
  keeper.start();
  shell.start();
  const watchdog =
    notify.intervalMs === undefined
      ? undefined
      : setInterval(() => keeper.alive && notify.watchdog(), notify.intervalMs);

  const why = await stop;
  log.info({ event: "node.stopping", why });
  notify.stopping();
  clearInterval(watchdog);
  await keeper.stop();
  await shell.close();
  await socket?.close();
  log.info({ event: "node.stopped" });
  return 0;
}

function controlThread(entry: string, start: ControlStart, events: ThreadEvents): Thread {
  const worker = new Worker(entry, { name: "control", workerData: start });
  let why = "it ended";
  worker.on("message", (frame: Frame<ToLink>) => events.frame(frame));
  worker.on("error", (error) => {
    why = error instanceof Error ? (error.stack ?? error.message) : String(error);
  });
  worker.on("exit", () => events.ended(why));
  return {
    post: (frame: Frame<ToControl>) => worker.postMessage(frame),
    terminate: () => void worker.terminate(),
  };
}

function logChange(log: RoleParts["log"], message: ToLink): void {
  if (message.kind === "mode") {
    const { mode, reason } = message.mode;
    log.info({ event: "mode.changed", mode, reason });
  } else if (message.kind === "deviceFound") {
    log.info({ event: "device.found", device: message.device });
  }
}

function makeFolder(path: string): void {
  try {
    mkdirSync(path, { recursive: true, mode: 0o700 });
  } catch {
    // Opening the database in it tells the reason with its path.
  }
}
