import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { type Child, startChild } from "#src/cli/demo/children.ts";

let folder: string;
const children: Child[] = [];

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "holdfast-children-"));
});

afterEach(async () => {
  for (const child of children.splice(0)) {
    child.kill();
    await child.stop();
  }
  rmSync(folder, { recursive: true });
});

/** A child that runs this script, and says what it writes and what becomes of it. */
function start(script: string): { child: Child; log: () => string; events: string[] } {
  const events: string[] = [];
  const path = join(folder, "child.log");
  const child = startChild({
    name: "child",
    command: [process.execPath, "-e", script],
    log: path,
    env: { PATH: process.env["PATH"] },
    onEvent: (text) => events.push(text),
  });
  children.push(child);
  return { child, log: () => readFileSync(path, "utf8"), events };
}

const patient = { timeout: 10_000 };

test("a child is asked to stop, and is gone when stop is done", async () => {
  const { child, log, events } = start(
    `process.on("SIGTERM", () => { console.log("bye"); process.exit(0); }); setInterval(() => {}, 1000); console.log("up");`,
  );
  await expect.poll(log, patient).toContain("up");
  await child.stop();
  expect(log()).toContain("bye");
  expect(child.runs).toBe(false);
  expect(events).toEqual([]);
});

test("DC2: a child that ends unasked is started again", async () => {
  const { child, log, events } = start(
    `console.log("pid", process.pid); setTimeout(() => process.exit(3), 100);`,
  );
  await expect.poll(() => log().match(/pid/g)?.length, patient).toBe(2);
  expect(events[0]).toBe("ended with code 3; started again");
  expect(child.restarts).toBeGreaterThan(0);
});

test("DC2: a child whose configuration is refused is given up at once, with the end of its log", async () => {
  const { child, events } = start(`console.log("no such key"); process.exit(78);`);
  await expect.poll(() => child.fault, patient).toBeDefined();
  expect(child.fault?.code).toBe("DEMO_CHILD");
  expect(child.fault?.message).toBe("child ended with code 78; its log ends: no such key");
  expect(events).toEqual(["ended with code 78; given up"]);
});

test("DC3: a child that does not stop is killed", async () => {
  const { child, log } = start(
    `process.on("SIGTERM", () => console.log("no")); setInterval(() => {}, 1000); console.log("up");`,
  );
  await expect.poll(log, patient).toContain("up");
  const began = Date.now();
  await child.stop();
  expect(log()).toContain("no");
  expect(Date.now() - began).toBeGreaterThan(4_500);
  expect(child.runs).toBe(false);
});

test("DC1: a child learns from its pipe that the demo was killed", async () => {
  const log = join(folder, "child.log");
  const inner = `process.stdin.resume(); process.stdin.on("end", () => { console.log("alone"); process.exit(0); }); console.log("pipe", process.env.HOLDFAST_PARENT_PIPE);`;
  const parent = join(folder, "parent.ts");
  const module = new URL("../../src/cli/demo/children.ts", import.meta.url).pathname;
  writeFileSync(
    parent,
    `import { startChild } from ${JSON.stringify(module)};
     startChild({ name: "child", command: [process.execPath, "-e", ${JSON.stringify(inner)}],
       log: ${JSON.stringify(log)}, env: process.env, onEvent: () => undefined });
     setInterval(() => undefined, 1000);`,
  );
  const demo = spawn(process.execPath, [parent], { stdio: "ignore" });
  await expect.poll(() => readIfThere(log), patient).toContain("pipe 1");
  demo.kill("SIGKILL");
  await once(demo, "close");
  await expect.poll(() => readIfThere(log), patient).toContain("alone");
});

function readIfThere(path: string): string {
  try {
    return readFileSync(path, "utf8");
  } catch {
    return "";
  }
}
