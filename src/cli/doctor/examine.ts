import { existsSync } from "node:fs";
import { invariant } from "#src/base/assert.ts";
import { brokerPlace } from "#src/contract/broker-url.ts";
import type { Config } from "#src/contract/config.ts";
import type { DeviceSaid } from "#src/contract/config-points.ts";
import { findConfig } from "../find-config.ts";
import type { Powers } from "../powers.ts";
import { describeConfig } from "../show/config.ts";
import { checkBroker } from "./broker.ts";
import { type Check, failed, passed, skipped, warned } from "./check.ts";
import { checkClock } from "./clock.ts";
import { checkFolder } from "./folder.ts";
import { checkInstances } from "./instances.ts";
import { checkTcp } from "./tcp.ts";

/** Everything that can be checked without changing anything that runs; each check has an end. */
export async function examine(
  powers: Powers,
  named: string | undefined,
): Promise<readonly Check[]> {
  const [{ config, checks }, instances] = await Promise.all([
    checkConfig(powers, named),
    checkInstances(powers),
  ]);
  const site = config === undefined ? [] : await checkSite(powers, config, instances.running);
  return [...checks, checkClock(powers.now()), ...instances.checks, ...site];
}

async function checkConfig(
  powers: Powers,
  named: string | undefined,
): Promise<{ readonly config: Config | undefined; readonly checks: readonly Check[] }> {
  const found = await findConfig(powers, named);
  if (found.kind === "absent") {
    const { message, remedy } = found.fault;
    return { config: undefined, checks: [warned("config", message, remedy)] };
  }
  if (found.kind === "refused") {
    const first = found.problems[0];
    const place =
      first === undefined ? "" : ` (${first.file}:${first.line}: ${first.at} ${first.message})`;
    const check = failed(
      "config",
      `${found.fault.message}${place}`,
      "holdfast run --check shows every place",
    );
    return { config: undefined, checks: [check] };
  }
  const evidence = `${found.path}: ${describeConfig(found.config)}`;
  const { length } = found.warnings;
  const check =
    length === 0
      ? passed("config", evidence)
      : warned("config", `${evidence}; ${length} warned of`, "holdfast run --check shows them");
  return { config: found.config, checks: [check] };
}

async function checkSite(
  powers: Powers,
  config: Config,
  running: ReadonlySet<string>,
): Promise<readonly Check[]> {
  const id = config.role === "node" ? config.node : config.region;
  const runs = running.has(`${config.role} ${id}`);
  const folder = config.data ?? powers.dataFolder(powers.env, id);
  const checks = await Promise.all([
    checkFolder("data folder", folder),
    checkStore(powers, folder),
    ...brokerChecks(powers, config, runs),
    ...deviceChecks(config),
  ]);
  return checks.flat();
}

async function checkStore(powers: Powers, folder: string): Promise<Check> {
  if (!existsSync(folder)) return skipped("database", "there is none before the first start");
  const probe = await powers.probeStore(folder);
  return probe.ok
    ? passed("database", probe.evidence)
    : failed("database", probe.why, "look at the disk and at the rights of the data folder");
}

function brokerChecks(powers: Powers, config: Config, runs: boolean): Promise<readonly Check[]>[] {
  if (config.role === "node") {
    if (config.uplink !== undefined) return [checkBroker(powers, config.uplink.url)];
    return [Promise.resolve([skipped("broker", "this node has no uplink; it is local for ever")])];
  }
  const { url, listen } = config.broker;
  if (url !== undefined) return [checkBroker(powers, url)];
  if (runs && listen !== undefined && listen.port !== 0) {
    return [checkBroker(powers, `mqtt://${dialable(listen.host)}:${listen.port}`)];
  }
  return [Promise.resolve([skipped("broker", "the embedded broker runs with the region")])];
}

/** An address to listen on everywhere is dialled on this machine. */
const dialable = (host: string): string =>
  host === "0.0.0.0" || host === "::" ? "127.0.0.1" : host;

function deviceChecks(config: Config): Promise<Check>[] {
  if (config.role === "region") return [];
  return Object.entries(config.devices).map(async ([name, device]) => {
    const { host, port } = addressOf(device);
    const answer = await checkTcp(host, port);
    return answer.ok
      ? passed(`device ${name}`, answer.evidence)
      : failed(`device ${name}`, answer.why, deviceRemedy(config.simulation !== undefined));
  });
}

/** Where the device itself listens, or the broker that it speaks to. */
function addressOf(device: DeviceSaid): { readonly host: string; readonly port: number } {
  if (device.driver === "modbus-tcp") return device;
  const place = brokerPlace(device.url);
  invariant(place !== undefined, "the schema knows no other form of a broker's address");
  return place;
}

const deviceRemedy = (simulated: boolean): string =>
  `check its power and cable, and devices.<device>.host and port${
    simulated ? "; simulated devices start with holdfast devices" : ""
  }`;
