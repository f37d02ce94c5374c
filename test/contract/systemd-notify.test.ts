import { type ChildProcess, spawn, spawnSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { setTimeout as pause } from "node:timers/promises";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { notifier } from "#src/adapters/systemd-notify.ts";

/** Prints each datagram as a line of its own, as systemd would receive it; ends after 20 s. */
const receiver = `
import signal, socket, sys
signal.alarm(20)
s = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
s.bind(sys.argv[1])
print("ready", flush=True)
while True: print(repr(s.recv(4096).decode()), flush=True)`;

const hasTools = ["systemd-notify", "python3"].every(
  (tool) => spawnSync(tool, ["--version"]).status === 0,
);
if (!hasTools && process.env["CI"]) throw new Error("systemd-notify or python3 is missing");
if (!hasTools) process.stderr.write("skipped: systemd-notify or python3 is missing\n");

describe.skipIf(!hasTools)("the systemd notifier", () => {
  let folder: string;
  let child: ChildProcess;
  let heard: string[];
  let failures: string[];
  let env: Record<string, string | undefined>;

  const until = async (holds: () => boolean): Promise<void> => {
    for (let i = 0; i < 1_000 && !holds(); i += 1) await pause(10);
    expect(heard).toSatisfy(holds);
  };
  const open = () => notifier(env, (why) => failures.push(why));

  beforeEach(async () => {
    folder = mkdtempSync(join(tmpdir(), "hf-notify-"));
    const socket = join(folder, "notify.sock");
    env = { PATH: process.env["PATH"], NOTIFY_SOCKET: socket };
    // A receiver of the test before may still have something to say: into a list of its own.
    const lines: string[] = [];
    heard = lines;
    failures = [];
    child = spawn("python3", ["-c", receiver, socket], { stdio: ["ignore", "pipe", "inherit"] });
    if (child.stdout === null) throw new Error("the receiver has an output");
    createInterface(child.stdout).on("line", (line) => lines.push(line.slice(1, -1)));
    await until(() => heard.length === 1);
    heard.length = 0;
  });

  afterEach(() => {
    child.kill();
    rmSync(folder, { recursive: true });
  });

  /** Without what systemd-notify adds to wait for its own message. */
  const said = (): string[] =>
    heard.filter((one) => !one.includes("BARRIER")).flatMap((one) => one.split("\\n"));

  test("says that it is ready, lives and stops, in this order", async () => {
    const notify = open();
    notify.ready("controls 3 loops");
    await until(() => said().length >= 2);
    notify.watchdog();
    await until(() => said().includes("WATCHDOG=1"));
    notify.stopping();
    await until(() => said().includes("STOPPING=1"));
    expect(said()).toEqual(["READY=1", "STATUS=controls 3 loops", "WATCHDOG=1", "STOPPING=1"]);
    expect(failures).toEqual([]);
  });

  test("SN2: never waits, and of many statuses says the newest", async () => {
    const notify = open();
    const began = performance.now();
    for (let i = 1; i <= 200; i += 1) notify.ready(`round ${i}`);
    expect(performance.now() - began).toBeLessThan(200);
    await until(() => said().includes("STATUS=round 200"));
    expect(said().filter((one) => one.startsWith("STATUS"))).toEqual([
      "STATUS=round 1",
      "STATUS=round 200",
    ]);
  });

  test("says what has line breaks in it on one line", async () => {
    open().ready("one\n two\0STOPPING=1");
    await until(() => said().length >= 2);
    expect(said()).toEqual(["READY=1", "STATUS=one two STOPPING=1"]);
  });

  test("SN3: tells of its failures once", async () => {
    env["NOTIFY_SOCKET"] = join(folder, "nobody.sock");
    const notify = open();
    notify.ready("a");
    await until(() => failures.length > 0);
    notify.ready("b");
    await pause(200);
    expect(failures).toEqual([expect.stringContaining("systemd-notify ended with")]);
  });

  test("SN3: tells once that there is no such tool", async () => {
    env["PATH"] = folder;
    const notify = open();
    notify.ready("a");
    notify.watchdog();
    await until(() => failures.length > 0);
    notify.ready("b");
    await pause(50);
    expect(failures).toEqual([expect.stringContaining("ENOENT")]);
  });

  test("SN1: does nothing where systemd did not ask for it", async () => {
    env = { PATH: folder, WATCHDOG_USEC: "1000000" };
    const notify = open();
    notify.ready("a");
    notify.watchdog();
    notify.stopping();
    expect(notify.intervalMs).toBeUndefined();
    await pause(50);
    expect(failures).toEqual([]);
  });

  test("feeds the watchdog twice as often as it is asked to, if it is the one who is asked", () => {
    expect(open().intervalMs).toBeUndefined();
    env["WATCHDOG_USEC"] = "30000000";
    expect(open().intervalMs).toBe(15_000);
    env["WATCHDOG_PID"] = String(process.pid);
    expect(open().intervalMs).toBe(15_000);
    env["WATCHDOG_PID"] = String(process.pid + 1);
    expect(open().intervalMs).toBeUndefined();
    env["WATCHDOG_USEC"] = "soon";
    expect(open().intervalMs).toBeUndefined();
  });
});
