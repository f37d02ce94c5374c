import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, writeFileSync } from "node:fs";
import { connect, createServer } from "node:net";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";

export interface BenchBroker {
  readonly name: string;
  readonly port: number;
  end(): Promise<void>;
}

/** mosquitto where it is installed, else aedes in a process of its own. */
export async function startBroker(folder: string): Promise<BenchBroker> {
  const port = await freePort();
  const conf = join(mkdtempSync(join(folder, "broker-")), "mosquitto.conf");
  const lines = ["allow_anonymous true", `listener ${port} 127.0.0.1`, "set_tcp_nodelay true"];
  writeFileSync(conf, `${lines.join("\n")}\nlog_type error\n`, { mode: 0o644 });
  const mosquitto = await started(spawn("mosquitto", ["-c", conf], { stdio: "ignore" }), port);
  if (mosquitto !== undefined) return { name: "mosquitto", port, end: () => ended(mosquitto) };
  const script = join(import.meta.dirname, "reflex-aedes.ts");
  const aedes = await started(
    spawn(process.execPath, [script, String(port)], { stdio: ["ignore", "ignore", "inherit"] }),
    port,
  );
  if (aedes === undefined) throw new Error("no broker starts");
  return { name: "aedes", port, end: () => ended(aedes) };
}

export async function freePort(): Promise<number> {
  const server = createServer();
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  server.close();
  await once(server, "close");
  if (address === null || typeof address === "string") throw new Error("it has no port");
  return address.port;
}

/** The child once it listens; undefined when it ended before. */
async function started(child: ChildProcess, port: number): Promise<ChildProcess | undefined> {
  let isOver = false;
  child.once("error", () => {
    isOver = true;
  });
  child.once("exit", () => {
    isOver = true;
  });
  for (let attempt = 0; attempt < 200; attempt += 1) {
    await pause(25);
    if (isOver) return undefined;
    if (await listens(port)) return child;
  }
  return undefined;
}

const listens = (port: number): Promise<boolean> =>
  new Promise((resolve) => {
    const socket = connect({ port, host: "127.0.0.1" });
    socket.once("connect", () => {
      socket.destroy();
      resolve(true);
    });
    socket.once("error", () => resolve(false));
  });

/** Ends a child and waits for it. */
export async function ended(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const exited = once(child, "exit");
  child.kill("SIGTERM");
  const grace = setTimeout(() => child.kill("SIGKILL"), 5_000);
  await exited;
  clearTimeout(grace);
}
