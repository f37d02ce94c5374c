#!/usr/bin/env node
import { userInfo } from "node:os";
import { dirname, join } from "node:path";
import { isSea } from "node:sea";
import { isMainThread } from "node:worker_threads";
import { checkSimulation } from "#firmware-sim/check-simulation.ts";
import { obeyLines, runDevices } from "#firmware-sim/main.ts";
import { readConfig } from "#src/adapters/config-file.ts";
import { askLocal, listLocal, tailLocal } from "#src/adapters/local-socket.ts";
import { probeBroker } from "#src/adapters/mqtt-bus.ts";
import { nativeBindingPath } from "#src/adapters/native-binding.ts";
import { dataFolder, runtimeFolder, socketPath } from "#src/adapters/paths.ts";
import { pinoLog } from "#src/adapters/pino-log.ts";
import { auditNode, seriesOf } from "#src/adapters/sqlite-audit.ts";
import { setNativeBinding } from "#src/adapters/sqlite-connection.ts";
import { probeStore } from "#src/adapters/sqlite-probe.ts";
import type { Powers } from "#src/cli/powers.ts";
import { runCli } from "#src/cli/program.ts";
import type { Config, NodeConfig } from "#src/contract/config.ts";
import about from "../package.json" with { type: "json" };
import { runControl } from "./run-control.ts";
import { runNode } from "./run-node.ts";
import { runRegion } from "./run-region.ts";
import type { RoleParts } from "./run-role.ts";
import { untilTold } from "./until-told.ts";

/** The composition root of the binary: the only file that knows the real world and the faces. */
const entry = import.meta.filename;
const { version } = about;
const launcher = process.env["HOLDFAST_LAUNCHER"]?.split(" ").filter((part) => part !== "") ?? [];

const powers: Powers = {
  version,
  self: [...launcher, process.execPath, ...(isSea() ? [] : [entry])],
  env: process.env,
  user: userName(),
  out: process.stdout,
  err: process.stderr,
  now: Date.now,
  readConfig: (path, { env }) =>
    readConfig(path, { env, conf: join(dirname(path), "conf.d"), checks: [checkPlants] }),
  runRole,
  runDevices: runSimulated,
  runtimeFolder,
  dataFolder,
  socketPath,
  listLocal,
  askLocal,
  tailLocal,
  auditNode,
  seriesOf,
  probeStore,
  probeBroker,
};

/** A container's user id need not have a name. */
function userName(): string {
  try {
    return userInfo().username;
  } catch {
    return `uid-${process.getuid?.() ?? "unknown"}`;
  }
}

const checkPlants = (config: Config) => (config.role === "node" ? checkSimulation(config) : []);

async function runRole(
  config: Config,
  { env }: { readonly env: RoleParts["env"] },
): Promise<number> {
  const id = config.role === "node" ? config.node : config.region;
  const log = pinoLog({ level: config.log.level, base: { role: config.role, id } });
  const parts: RoleParts = { env, version, log, entry, stop: untilTold(env) };
  return config.role === "node" ? runNode(config, parts) : runRegion(config, parts);
}

async function runSimulated(configs: readonly NodeConfig[]): Promise<number> {
  const log = pinoLog({ level: "info", base: { role: "devices" } });
  const onEvent = (event: { readonly kind: string }): void =>
    log.info({ ...event, event: `device.${event.kind}` });
  const running = await runDevices({ configs, onEvent });
  const stop = untilTold(process.env);
  obeyLines(process.stdin, running, onEvent);
  log.info({ event: "devices.stopping", why: await stop });
  await running.close();
  return 0;
}

setNativeBinding(() => nativeBindingPath(process.env));
if (isMainThread) void runCli(process.argv.slice(2), powers).then((code) => process.exit(code));
else runControl();
