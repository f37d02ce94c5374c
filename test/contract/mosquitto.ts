import { spawn } from "node:child_process";
import { once } from "node:events";
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { connect } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { mosquittoAcl } from "#broker/mosquitto-acl.ts";
import { placeOf } from "#test/e2e/outside.ts";
import { freePort } from "./free-port.ts";

export interface Mosquitto {
  readonly port: number;
  /** What it wrote, for the message of a test that failed. */
  said(): string;
  end(): Promise<void>;
}

/** mosquitto with the access rules of a region; it believes every user name. */
export async function startMosquitto(region: string): Promise<Mosquitto> {
  const program = placeOf("mosquitto");
  if (program === undefined) throw new Error("mosquitto is not there");
  for (let attempt = 1; ; attempt += 1) {
    const started = await tryStart(program, region);
    if (typeof started !== "string") return started;
    // The port that was free a moment ago may be somebody else's by now.
    if (attempt === 3) throw new Error(`mosquitto does not start: ${started}`);
  }
}

async function tryStart(program: string, region: string): Promise<Mosquitto | string> {
  const folder = mkdtempSync(join(tmpdir(), "holdfast-mosquitto-"));
  // Started by root it becomes a user of its own before it reads the rules.
  chmodSync(folder, 0o755);
  const port = await freePort();
  const acl = join(folder, "acl");
  const conf = join(folder, "conf");
  writeFileSync(acl, mosquittoAcl(region), { mode: 0o644 });
  const lines = ["allow_anonymous true", `listener ${port} 127.0.0.1`, "set_tcp_nodelay true"];
  writeFileSync(conf, [...lines, `acl_file ${acl}`, "max_queued_messages 0", ""].join("\n"));
  const child = spawn(program, ["-c", conf], { stdio: ["ignore", "pipe", "pipe"] });
  let said = "";
  const keep = (chunk: Buffer): void => {
    said = (said + chunk.toString()).slice(-4_000);
  };
  child.stdout.on("data", keep);
  child.stderr.on("data", keep);
  const exited = once(child, "exit");
  const end = async (): Promise<void> => {
    child.kill("SIGKILL");
    await exited;
    rmSync(folder, { recursive: true, force: true });
  };
  const deadline = performance.now() + 5_000;
  while (child.exitCode === null && performance.now() < deadline) {
    if (await answers(port)) return { port, said: () => said, end };
    await pause(20);
  }
  await end();
  return said;
}

function answers(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect({ port, host: "127.0.0.1" });
    socket.once("connect", () => {
      socket.destroy();
      resolve(true);
    });
    socket.once("error", () => resolve(false));
  });
}
