import type { Config } from "#src/contract/config.ts";

/** What a process with this configuration would do, on one line. */
export function describeConfig(config: Config): string {
  if (config.role === "region") {
    const { listen, url } = config.broker;
    const broker =
      (url && withoutSecret(url)) ??
      (listen === undefined ? "no broker" : `its own broker on ${listen.host}:${listen.port}`);
    return `region ${config.region}, controller ${config.controller}, with ${broker}`;
  }
  const counts = [
    plural(Object.keys(config.devices).length, "device"),
    plural(Object.keys(config.inputs).length, "input"),
    plural(Object.keys(config.outputs).length, "output"),
    plural(Object.keys(config.loops).length, "loop"),
  ];
  const uplink =
    config.uplink === undefined ? "no uplink" : `uplink ${withoutSecret(config.uplink.url)}`;
  return `node ${config.node} in region ${config.region}: ${counts.join(", ")}, ${uplink}`;
}

export const plural = (count: number, noun: string): string =>
  `${count} ${noun}${count === 1 ? "" : "s"}`;

/** A URL may hold a password, and a screen may be shared. */
export const withoutSecret = (url: string): string => url.replace(/\/\/[^/]*@/, "//…@");
