import { userInfo } from "node:os";
import { dirname, join } from "node:path";
import { isSea } from "node:sea";
import { checkSimulation } from "#firmware-sim/check-simulation.ts";
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
import type { RoleParts } from "./run-role.ts";
import { untilTold } from "./until-told.ts";

/**
 * The composition root of the command line: it grants the faces their powers, and starts roles. A
 * role is loaded when it is run. `entry` is the file that starts this program, and its threads.
 */
export function commandLine(entry: string): void {
  setNativeBinding(() => nativeBindingPath(process.env));
  const args = process.argv.slice(2);
  void runCli(args, powersOf(entry)).then((code) => process.exit(code));
}

const { version } = about;
const launcher = process.env["HOLDFAST_LAUNCHER"]?.split(" ").filter((part) => part !== "") ?? [];

const powersOf = (entry: string): Powers => ({
  version,
  self: [...launcher, process.execPath, ...(isSea() ? [] : [entry])],
  env: process.env,
  user: userName(),
  out: process.stdout,
  err: process.stderr,
  now: Date.now,
  readConfig: (path, { env }) =>
    readConfig(path, { env, conf: join(dirname(path), "conf.d"), checks: [checkPlants] }),
  runRole: (config, { env }) => runRole(config, env, entry),
  runDevices: runSimulated,
  simulation: async () => (await import("./simulation.ts")).simulation(version),
  replay: async (path) => (await import("./replay-file.ts")).replayFile(path),
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
});

/** A container's user id need not have a name. */
function userName(): string {
  try {
    return userInfo().username;
  } catch {
    return `uid-${process.getuid?.() ?? "unknown"}`;
  }
}

const checkPlants = (config: Config) => (config.role === "node" ? checkSimulation(config) : []);

async function runRole(config: Config, env: RoleParts["env"], entry: string): Promise<number> {
  const id = config.role === "node" ? config.node : config.region;
  const log = pinoLog({ level: config.log.level, base: { role: config.role, id } });
  const parts: RoleParts = { env, version, log, entry, stop: untilTold(env) };
  if (config.role === "node") return (await import("./run-node.ts")).runNode(config, parts);
  return (await import("./run-region.ts")).runRegion(config, parts);
}

async function runSimulated(configs: readonly NodeConfig[]): Promise<number> {
  const { obeyLines, runDevices } = await import("#firmware-sim/main.ts");
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
