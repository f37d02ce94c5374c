import { spawnSync } from "node:child_process";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { Fleet } from "./fleet.ts";
import { startProgram } from "./program.ts";
import { coldRoom } from "./sites.ts";
import { until } from "./until.ts";

/** From the start of a process to its first act, and from the order to stop to its last. */
const node = "room-1";
let fleet: Fleet;

beforeEach(async () => {
  fleet = await Fleet.plan({ broker: "none", nodes: { [node]: coldRoom } });
  fleet.start("devices");
  fleet.witnessAll();
  await until("the device is seen", () => fleet.witness(node).looks > 0);
});
afterEach(() => fleet.close());

describe("a node", { timeout: 60_000 }, () => {
  test("controls within two seconds of its start", async () => {
    const took: number[] = [];
    // Whatever else this machine does costs time too: the best of three is the node's own.
    for (let turn = 0; turn < 3; turn += 1) took.push(await firstTick());
    report("first control tick", took);
    expect(Math.min(...took)).toBeLessThan(2_000);
  });

  test("puts its outputs to their safe values when it is told to stop", async () => {
    fleet.start(node);
    const witness = fleet.witness(node);
    await until("the compressor runs", () => witness.now("compressor") === 1);
    const { code } = await fleet.kill(node, "SIGTERM");
    expect(code).toBe(0);
    await until("the compressor stands", () => witness.now("compressor") === 0, { within: 1_000 });
    expect(witness.now("fan")).toBe(1);
  });

  test.skipIf(!canListen())(
    "tells systemd when it controls, that it lives, and that it stops",
    async () => {
      const path = join(fleet.folder, "notify");
      const systemd = startProgram({
        command: ["python3", "-u", "-c", listener, path],
        log: join(fleet.folder, "systemd.log"),
        env: {},
      });
      try {
        await until("somebody listens", () => systemd.said().includes("listens"));
        fleet.start(node, { NOTIFY_SOCKET: path, WATCHDOG_USEC: "1000000" });
        await until("it is ready", () => /^READY=1$/m.test(systemd.said()));
        expect(
          fleet
            .program(node)
            .events()
            .map(({ event }) => event),
        ).toContain("control.started");
        await until("it lives", () => (systemd.said().match(/^WATCHDOG=1$/gm)?.length ?? 0) >= 2);
        await fleet.kill(node, "SIGTERM");
        await until("it stops", () => /^STOPPING=1$/m.test(systemd.said()));
      } finally {
        await systemd.kill("SIGKILL");
      }
    },
  );
});

/** Milliseconds from the start of the process until its loop turned, by its own log. */
async function firstTick(): Promise<number> {
  const began = Date.now();
  const program = fleet.start(node);
  const started = await until(
    "the node controls",
    () =>
      program
        .events()
        .findLast(({ event, time }) => event === "control.started" && at(time) >= began),
    { every: 20 },
  );
  await fleet.kill(node, "SIGKILL");
  return at(started.time) - began;
}

const at = (time: unknown): number => new Date(String(time)).getTime();

/** Prints what is sent to a socket such as systemd's. */
const listener = `
import socket, sys
told = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
told.bind(sys.argv[1])
print("listens")
while True:
    print(told.recv(4096).decode())
`;

function canListen(): boolean {
  const missing = ["python3", "systemd-notify"].find(
    (program) =>
      spawnSync(program, ["--version"], { stdio: "ignore", timeout: 20_000 }).status !== 0,
  );
  if (missing === undefined) return true;
  process.stderr.write(`skipped: what systemd is told (${missing} is not installed)\n`);
  return false;
}

function report(what: string, took: readonly number[]): void {
  process.stdout.write(`  ${what}: ${took.join(", ")} ms\n`);
}
