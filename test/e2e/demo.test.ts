import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { holdfast, type Program, startProgram } from "./program.ts";
import { Story } from "./story.ts";
import { until } from "./until.ts";

/** The demo as people and scripts run it: its own processes, seen from outside. */
const spread = { p50: expect.any(Number), p99: expect.any(Number), max: expect.any(Number) };
const account = {
  produced: expect.any(Number),
  delivered: expect.any(Number),
  buffered: expect.any(Number),
  lost: 0,
  duplicates: 0,
  boundsViolations: 0,
  lateness: spread,
};

const cutAndHealed = new Story(async () => {
  const args = ["--for", "34s", "--cut-at", "12s", "--heal-at", "22s", "--json"];
  const world = startDemo(args);
  const { code } = await world.demo.ended(100_000);
  return { code, said: world.demo.said() };
});

beforeAll(() => {
  void cutAndHealed.begin();
});
afterAll(async () => {
  await cutAndHealed.begin();
  for (const world of worlds) await world.end();
}, 150_000);

describe("demo", { timeout: 120_000 }, () => {
  test("stops and removes everything at Ctrl-C", async () => {
    const world = startDemo([]);
    const pids = await world.grown();
    const ending = await world.demo.kill("SIGINT", 20_000);
    expect(ending.code).toBe(0);
    expect(pids.filter(isAlive)).toEqual([]);
    expect(world.leftovers()).toEqual([]);
  });

  test("leaves no process behind when it is killed", async () => {
    const world = startDemo([]);
    const pids = await world.grown();
    await world.demo.kill("SIGKILL");
    const began = performance.now();
    await until("every child has ended", () => !pids.some(isAlive), { within: 10_000 });
    report("orphans gone", performance.now() - began);
  });

  test("accounts for a cut in one line of JSON", async () => {
    const { code, said } = await cutAndHealed.told;
    expect(code, said).toBe(0);
    const last = JSON.parse(said.trimEnd().split("\n").at(-1) ?? "");
    expect(last).toMatchObject({
      nodes: [
        { node: "cold-room-1", ...account },
        { node: "cold-room-2", ...account },
      ],
      total: account,
      cutAt: expect.closeTo(12, 0),
      healAt: expect.closeTo(22, 0),
    });
    for (const { node, modes, produced } of last.nodes) {
      expect(modes.join(" "), node).toContain("connected autonomous connected");
      expect(produced, node).toBeGreaterThan(100);
    }
    expect(last.total.produced).toBe(last.nodes[0].produced + last.nodes[1].produced);
    expect(last.total.modes).toEqual(expect.arrayContaining(["connected", "autonomous"]));
  });

  test("is on the screen of a terminal within three seconds", async () => {
    await cutAndHealed.begin();
    const began = performance.now();
    const world = startDemo([], (command) => [
      "setpriv",
      "--pdeathsig",
      "KILL",
      "script",
      "-qefc",
      command.map((word) => `'${word}'`).join(" "),
      "/dev/null",
    ]);
    await until("the table shows", () => /cold-room-2/.test(world.demo.said()), { every: 20 });
    const shown = performance.now() - began;
    await until("a room is connected", () => /connected/.test(world.demo.said()), { every: 20 });
    report("table on the screen", shown);
    report("a room on it connected", performance.now() - began);
    // Ctrl-C, as a terminal sends it.
    world.demo.write("\x03");
    await world.demo.ended(20_000);
    expect(world.leftovers()).toEqual([]);
    expect(shown).toBeLessThan(3_000);
  });
});

interface World {
  readonly demo: Program;
  /** Waits until all its children run, and gives their pids. */
  grown(): Promise<readonly number[]>;
  /** Files it should have removed. */
  leftovers(): readonly string[];
  /** Whatever became of it: it stops, and its folder goes. */
  end(): Promise<void>;
}

const worlds: World[] = [];

/** Each in a folder of its own, so that what is left there is its own. */
function startDemo(
  args: readonly string[],
  within = (command: readonly string[]): readonly string[] => command,
): World {
  const folder = mkdtempSync(join(tmpdir(), "hf-"));
  const log = join(folder, "log");
  const demo = startProgram({
    command: within([...holdfast(), "demo", "--nodes", "2", ...args]),
    log,
    env: {
      HOME: folder,
      TMPDIR: folder,
      HOLDFAST_RUNTIME: join(folder, "run"),
      TERM: "xterm-256color",
    },
  });
  let children: readonly number[] = [];
  const world: World = {
    demo,
    async grown() {
      children = await until("both rooms, the region and the devices run", () => {
        const found = childrenOf(demo.pid);
        return found.length === 4 && found;
      });
      await until(
        "both rooms are heard",
        () => (demo.said().match(/ is (local|connected)/g)?.length ?? 0) >= 2,
      );
      return children;
    },
    leftovers: () => [
      ...readdirSync(folder).filter((name) => name.startsWith("holdfast-demo")),
      ...(existsSync(join(folder, "run")) ? readdirSync(join(folder, "run")) : []),
    ],
    async end() {
      if (demo.ending === undefined) await demo.kill("SIGKILL");
      for (const pid of children.filter(isAlive)) process.kill(pid, "SIGKILL");
      rmSync(folder, { recursive: true, force: true });
    },
  };
  worlds.push(world);
  return world;
}

function childrenOf(pid: number): readonly number[] {
  return readFileSync(`/proc/${pid}/task/${pid}/children`, "utf8")
    .split(" ")
    .filter((one) => one !== "")
    .map(Number);
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    // There is none with this number.
    return false;
  }
}

function report(what: string, took: number): void {
  process.stdout.write(`  ${what}: ${(took / 1_000).toFixed(2)} s\n`);
}
