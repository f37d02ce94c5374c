import { type ChildProcess, spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { readConfig } from "#src/adapters/config-file.ts";
import { initTemplate } from "#src/cli/init-template.ts";
import type { NodeConfig } from "#src/contract/config.ts";

export const entry = join(import.meta.dirname, "../src/main.ts");

/** A region and the devices of a node, in processes of their own, and the node's configuration. */
export interface BenchSite {
  readonly config: NodeConfig;
  /** A folder for databases. */
  readonly data: string;
  /**
   * In the field a region and devices are other machines. From now on they have what time the node leaves
   * them, where the system can do that.
   */
  standBack(): void;
  close(): void;
}

/** A cold room as `holdfast init` makes it, whose loop has the `period`. */
export async function openSite(period: string): Promise<BenchSite> {
  const folder = mkdtempSync(join(tmpdir(), "holdfast-bench-"));
  const data = join(folder, "node");
  const [brokerPort, devicePort] = [await freePort(), await freePort()];
  const write = (name: string, text: string): string => {
    const path = join(folder, `${name}.yaml`);
    writeFileSync(path, text);
    return path;
  };
  const region = initTemplate({ role: "region", node: "", region: "bench" });
  const regionPath = write(
    "region",
    `${region.replace(/port: \d+/, `port: ${brokerPort}`)}\ndata: ${join(folder, "region")}\n`,
  );
  const node = initTemplate({ role: "node", node: "bench", region: "bench" });
  const nodePath = write(
    "node",
    `${node
      .replace(/url: \S+/, `url: mqtt://127.0.0.1:${brokerPort}`)
      .replaceAll(/ port: \d+/g, ` port: ${devicePort}`)
      .replaceAll(/ poll: \S+/g, " poll: 10ms")
      .replaceAll(/ period: \S+/g, ` period: ${period}`)}\ndata: ${data}\n`,
  );
  const env = { ...process.env, XDG_RUNTIME_DIR: folder };
  const start = (verb: string, path: string): ChildProcess =>
    spawn(process.execPath, [entry, verb, "--config", path], { env, stdio: "ignore" });
  const children = [start("run", regionPath), start("devices", nodePath)];
  const read = readConfig(nodePath, { env: {} });
  if (!read.ok || read.config.role !== "node") throw new Error(JSON.stringify(read));
  return {
    config: read.config,
    data,
    standBack() {
      for (const { pid } of children) {
        spawnSync("chrt", ["--all-tasks", "--idle", "--pid", "0", String(pid)]);
      }
    },
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
