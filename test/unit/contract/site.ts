import { Config } from "#src/contract/config.ts";
import { findingsOf } from "#src/contract/config-findings.ts";
import { sayPath } from "#src/contract/config-problem.ts";
import { warningsOf } from "#src/contract/config-warnings.ts";

type Said = Record<string, Record<string, Record<string, unknown>>>;

/** A small sound site, as a file would say it. */
export const tankSite = () => ({
  role: "node",
  node: "n1",
  region: "north",
  devices: { plc: { driver: "modbus-tcp" } } as Said[string],
  inputs: {
    level: { device: "plc", register: { kind: "input", address: 0 }, unit: "m", range: [0, 4] },
  } as Said[string],
  outputs: {
    valve: {
      device: "plc",
      register: { kind: "holding", address: 0, scale: 0.1 },
      unit: "%",
      bounds: [0, 100],
      safe: 0,
      onSensorBad: "safe",
      onPartition: "keep",
      onAgentLoss: "safe",
    },
    pump: {
      device: "plc",
      register: { kind: "coil", address: 0 },
      safe: 0,
      onSensorBad: "safe",
      onPartition: "keep",
      onAgentLoss: "safe",
    },
  } as Said[string],
  loops: {
    filling: {
      kind: "pid",
      input: "level",
      output: "valve",
      action: "reverse",
      setpoint: "2 m",
      bounds: [1, 3],
      gain: 10,
      integralTime: "5m",
    },
    pumping: {
      kind: "on-off",
      input: "level",
      output: "pump",
      action: "direct",
      setpoint: 1,
      bounds: [0.5, 2],
      deadband: 0.2,
    },
  } as Said[string],
  simulation: undefined as Said[string] | undefined,
});

type Site = ReturnType<typeof tankSite>;

/** "CODE place: message" of everything that is wrong with a changed site. */
export function wrongWith(change: (site: Site) => void): string[] {
  const site = tankSite();
  change(site);
  const said = JSON.parse(JSON.stringify(site));
  const parsed = Config.safeParse(said);
  const found = parsed.success ? [] : findingsOf(parsed.error.issues, said);
  return found.map(({ code, path, message }) => `${code} ${sayPath(path)}: ${message}`);
}

/** "CODE place" of everything that a changed site is warned of. */
export function warnedOf(change: (site: Site) => void): string[] {
  const site = tankSite();
  change(site);
  return warningsOf(Config.parse(site)).map(({ code, path }) => `${code} ${sayPath(path)}`);
}
