import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { openMetricStore } from "#src/adapters/sqlite-metric-store.ts";
import { openRegionStore } from "#src/adapters/sqlite-region-store.ts";
import { openStateStore } from "#src/adapters/sqlite-state-store.ts";
import type { FaultError } from "#src/base/fault.ts";
import { wallTime } from "#src/base/units.ts";
import { expectBalanced } from "./metric-store-bench.ts";
import { batch } from "./region-store.contract.ts";

let folder: string;
const children: ChildProcess[] = [];
const options = (file: string) => ({
  path: join(folder, file),
  now: wallTime(0),
  damaged: (met: unknown) => expect(met).toBeUndefined(),
});

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "holdfast-process-"));
});
afterEach(() => {
  for (const child of children.splice(0)) child.kill("SIGKILL");
  rmSync(folder, { recursive: true, force: true });
});

interface Child {
  /** Its next line. */
  line(): Promise<string>;
  /** SIGKILL; the last whole line it said. */
  kill(): Promise<string>;
}

function start(what: string, file: string): Child {
  const script = new URL("store-child.ts", import.meta.url).pathname;
  const child = spawn(process.execPath, [script, what, join(folder, file)], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  children.push(child);
  const lines: string[] = [];
  const reader = createInterface({ input: child.stdout });
  reader.on("line", (line) => lines.push(line));
  return {
    async line() {
      await once(reader, "line", { signal: AbortSignal.timeout(10_000) });
      return lines.at(-1) ?? "";
    },
    async kill() {
      const closed = once(reader, "close");
      child.kill("SIGKILL");
      await closed;
      return lines.at(-1) ?? "";
    },
  };
}

describe("a process that is killed with SIGKILL", () => {
  test.each([1, 7, 40, 113])(
    "M1: has every sample on disk whose append returned (after %i more)",
    async (more) => {
      const child = start("append", "metrics.db");
      for (let i = 0; i < more; i += 1) await child.line();
      const acked = Number(await child.kill());
      expect(acked).toBeGreaterThan(0);
      const store = openMetricStore(options("metrics.db"));
      const [row] = store.ledger();
      expect(row?.produced).toBeGreaterThanOrEqual(acked);
      expect(row?.tombstoned).toBe(0);
      expectBalanced(store);
      store.close();
    },
  );

  test("G4: has every sample on disk that the region would have acked", async () => {
    const child = start("ingest", "region.db");
    for (let i = 0; i < 30; i += 1) await child.line();
    const acked = Number(await child.kill());
    const store = openRegionStore(options("region.db"));
    expect(store.deliveries()[0]?.delivered).toBeGreaterThanOrEqual(acked);
    expect(store.ingest("n1", batch(1, 50))).toMatchObject({ fresh: 0, duplicates: 50 });
    store.close();
  });

  test("S1, S2: sets its data folder free, and its boot number is not given out again", async () => {
    const child = start("hold", "state.db");
    const boot = Number(await child.line());
    await child.kill();
    const store = openStateStore(options("state.db"));
    expect(store.begin()).toBe(boot + 1);
    store.close();
  });
});

describe("a state store that another process holds", () => {
  test("S1: is refused at once, and by name", async () => {
    const child = start("hold", "state.db");
    await child.line();
    const began = performance.now();
    let met: unknown;
    try {
      openStateStore(options("state.db"));
    } catch (error) {
      met = error;
    }
    expect((met as FaultError).fault).toMatchObject({ code: "STORE_LOCKED", then: "stop" });
    expect(performance.now() - began).toBeLessThan(500);
    await child.kill();
  });

  test("S1: refuses a second process likewise", async () => {
    const store = openStateStore(options("state.db"));
    store.begin();
    expect(await start("hold", "state.db").line()).toBe("STORE_LOCKED");
    store.keepEpoch(3, "main");
    expect(store.read().epoch).toBe(3);
    store.close();
    expect(Number(await start("hold", "state.db").line())).toBe(2);
  });
});
