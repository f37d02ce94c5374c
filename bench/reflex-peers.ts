import { type ChildProcess, execFileSync, spawn } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { freePort } from "./reflex-broker.ts";

/** Who answers "bench/<name>/in" under "bench/<name>/out", each a process of its own. */
export const peers = { holdfast, bare, "node-red": nodeRed } as const;
export type Peer = keyof typeof peers;

/** Files of this benchmark; what was installed once stays. */
export const benchFolder = join(tmpdir(), "holdfast-bench");
mkdirSync(benchFolder, { recursive: true });

const start = (args: readonly string[]): ChildProcess =>
  spawn(process.execPath, args, { stdio: ["ignore", "ignore", "inherit"] });

const here = (file: string): string => join(import.meta.dirname, file);

function bare(port: number): ChildProcess {
  return start([here("reflex-bare.ts"), `mqtt://127.0.0.1:${port}`]);
}

/** The product as it is installed: its own site file, threads, journal and databases. */
function holdfast(port: number): ChildProcess {
  const folder = mkdtempSync(join(benchFolder, "node-"));
  const site = join(folder, "holdfast.yaml");
  writeFileSync(site, siteOf(port, join(folder, "data")));
  return start([here("../src/main.ts"), "run", "--config", site]);
}

const siteOf = (port: number, data: string): string => `\
role: node
node: reflex
region: bench
data: ${data}
log: { level: error }
devices:
  bench: { driver: mqtt, url: "mqtt://127.0.0.1:${port}" }
inputs:
  value: { device: bench, topic: { name: bench/holdfast/in }, range: [-10000, 10000], maxAge: 60s }
outputs:
  answer:
    device: bench
    topic: { name: bench/holdfast/out }
    bounds: [-5000, 5000]
    safe: 0
    onSensorBad: safe
    onPartition: keep
    onAgentLoss: hold
loops:
  reflex:
    kind: pid
    input: value
    output: answer
    setpoint: 0
    bounds: [-1, 1]
    action: direct
    gain: 1
    onChange: true
`;

/** Node-RED with mqtt in -> function -> mqtt out, from the registry. */
async function nodeRed(port: number): Promise<ChildProcess> {
  const program = join(benchFolder, "node_modules/node-red/red.js");
  if (!existsSync(program)) {
    const args = ["install", "--prefix", benchFolder, "--no-audit", "--no-fund", "node-red@5"];
    execFileSync("npm", args, { stdio: ["ignore", "ignore", "inherit"] });
  }
  const folder = mkdtempSync(join(benchFolder, "node-red-"));
  const ui = await freePort();
  const settings = join(folder, "settings.js");
  writeFileSync(
    settings,
    `module.exports = { flowFile: "flows.json", uiPort: ${ui}, uiHost: "127.0.0.1", httpAdminRoot: false, logging: { console: { level: "error" } }, telemetry: { enabled: false, updateNotification: false } };\n`,
  );
  writeFileSync(join(folder, "flows.json"), JSON.stringify(flow(port)));
  return start([program, "--settings", settings, "--userDir", folder]);
}

const flow = (port: number): readonly object[] => [
  { id: "tab", type: "tab", label: "reflex" },
  {
    id: "broker",
    type: "mqtt-broker",
    broker: "127.0.0.1",
    port: String(port),
    protocolVersion: "4",
    keepalive: "60",
    cleansession: true,
    autoConnect: true,
  },
  {
    id: "in",
    type: "mqtt in",
    z: "tab",
    topic: "bench/node-red/in",
    qos: "0",
    datatype: "auto-detect",
    broker: "broker",
    wires: [["decide"]],
  },
  {
    id: "decide",
    type: "function",
    z: "tab",
    func: "const value = Number(msg.payload);\nmsg.payload = String(Math.min(5000, Math.max(-5000, value)));\nmsg.topic = 'bench/node-red/out';\nreturn msg;",
    outputs: 1,
    wires: [["out"]],
  },
  { id: "out", type: "mqtt out", z: "tab", topic: "", qos: "0", retain: "false", broker: "broker" },
];
