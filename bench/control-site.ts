import { type ChildProcess, spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parse } from "yaml";
import { initTemplate } from "#src/cli/init-template.ts";
import { NodeConfig } from "#src/contract/config.ts";

export const entry = join(import.meta.dirname, "../src/main.ts");

/**
 * In the field a region and devices are other machines. Here they have what time the node leaves them,
 * where the system can do that.
 */
const elsewhere = spawnSync("chrt", ["--version"]).status === 0 ? ["chrt", "--idle", "0"] : [];

/** A region and the devices of a node, in processes of their own, and the node's configuration. */
export interface BenchSite {
  readonly config: NodeConfig;
  /** A folder for databases. */
  readonly data: string;
  close(): void;
}

/** A cold room as `holdfast init` makes it, whose loop has the `period`. */
export async function openSite(period: string): Promise<BenchSite> {
  const folder = mkdtempSync(join(tmpdir(), "holdfast-bench-"));
  const data = join(folder, "node");
  const [brokerPort, devicePort] = [await freePort(), await freePort()];
  const region = parse(initTemplate({ role: "region", node: "", region: "bench" }));
  region.broker = { listen: { host: "127.0.0.1", port: brokerPort } };
  region.data = join(folder, "region");
  const node = parse(initTemplate({ role: "node", node: "bench", region: "bench" }));
  node.data = data;
  node.uplink.url = `mqtt://127.0.0.1:${brokerPort}`;
  for (const device of Object.values<Record<string, unknown>>(node.devices)) {
    device["port"] = devicePort;
  }
  for (const loop of Object.values<Record<string, unknown>>(node.loops)) loop["period"] = period;
  const write = (name: string, said: unknown): string => {
    const path = join(folder, `${name}.yaml`);
    // Whatever is JSON is YAML too.
    writeFileSync(path, JSON.stringify(said));
    return path;
  };
  const env = { ...process.env, XDG_RUNTIME_DIR: folder };
  const start = (verb: string, path: string): ChildProcess => {
    const [program = "", ...words] = [...elsewhere, process.execPath, entry, verb];
    return spawn(program, [...words, "--config", path], { env, stdio: "ignore" });
  };
  const children = [start("run", write("region", region)), start("devices", write("node", node))];
  return {
    config: NodeConfig.parse(node),
    data,
    close() {
      for (const child of children) child.kill("SIGKILL");
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  server.close();
  await once(server, "close");
  if (typeof address !== "object" || address === null) throw new Error("no port is free");
  return address.port;
}
