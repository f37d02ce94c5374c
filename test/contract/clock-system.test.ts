import { spawnSync } from "node:child_process";
import { setTimeout as pause } from "node:timers/promises";
import { Worker } from "node:worker_threads";
import { describe, expect, test } from "vitest";
import { systemClock } from "#src/adapters/system-clock.ts";
import { instant, after as later, millis } from "#src/base/units.ts";
import { clockContract } from "./clock.contract.ts";

for (const fine of [false, true]) {
  clockContract(fine ? "fine system" : "system", () => {
    const clock = systemClock({ fine });
    return {
      clock,
      async pass(length) {
        const end = clock.now() + length;
        while (clock.now() < end) await pause(Math.max(1, end - clock.now()));
      },
    };
  });
}

describe("the system clock", () => {
  test("tells wall time", () => {
    expect(Math.abs(systemClock().wall() - Date.now())).toBeLessThan(50);
  });

  const { href } = new URL("../../src/adapters/system-clock.ts", import.meta.url);

  test("reads the same in all processes of the machine", () => {
    const code = `
      const { systemClock } = await import(${JSON.stringify(href)});
      console.log(systemClock().now());`;
    const clock = systemClock();
    const before = clock.now();
    const { stdout } = spawnSync(process.execPath, ["--input-type=module", "--eval", code], {
      encoding: "utf8",
      timeout: 20_000,
    });
    expect(Number(stdout)).toBeGreaterThan(before);
    expect(Number(stdout)).toBeLessThan(clock.now());
  });

  test("reads the same in all threads of a process", async () => {
    const code = `
      const { parentPort } = require("node:worker_threads");
      import(${JSON.stringify(href)}).then(({ systemClock }) => {
        const clock = systemClock();
        parentPort.on("message", () => parentPort.postMessage(clock.now()));
        parentPort.postMessage(undefined);
      });`;
    const worker = new Worker(code, { eval: true });
    const next = () => new Promise((resolve) => worker.once("message", resolve));
    const clock = systemClock();
    await next();
    for (let i = 0; i < 20; i += 1) {
      const before = clock.now();
      const answer = next();
      worker.postMessage("now");
      const there = await answer;
      expect(there).toBeGreaterThanOrEqual(before);
      expect(there).toBeLessThanOrEqual(clock.now());
    }
    await worker.terminate();
  });

  test("SC2: a task that asks for itself again and again lets the others run", async () => {
    const clock = systemClock();
    let isOver = false;
    const again = (): void => {
      if (!isOver) clock.at(clock.now(), again);
    };
    again();
    await pause(20);
    let turns = 0;
    for (; turns < 5; turns += 1) await new Promise((resolve) => setImmediate(resolve));
    isOver = true;
    expect(turns).toBe(5);
  });

  test("a task that throws takes nobody else's turn", async () => {
    const clock = systemClock();
    const met: unknown[] = [];
    const others = process.listeners("uncaughtException");
    process.removeAllListeners("uncaughtException");
    process.once("uncaughtException", (error) => met.push(error.message));
    const when = later(clock.now(), millis(5));
    const ran: string[] = [];
    clock.at(when, () => {
      throw new Error("a defect");
    });
    clock.at(when, () => ran.push("next"));
    await pause(50);
    for (const other of others) process.on("uncaughtException", other);
    expect(met).toEqual(["a defect"]);
    expect(ran).toEqual(["next"]);
  });

  test("SC1: asks the platform for no wait beyond what it can count", async () => {
    const warnings: Error[] = [];
    const note = (warning: Error): void => void warnings.push(warning);
    process.on("warning", note);
    const clock = systemClock();
    const timer = clock.at(later(clock.now(), millis(2 ** 40)), () => {});
    await pause(20);
    timer.cancel();
    process.off("warning", note);
    expect(warnings).toEqual([]);
  });

  test("SC3: a fine clock keeps fractions of a millisecond", async () => {
    const clock = systemClock({ fine: true });
    const late: number[] = [];
    await new Promise<void>((resolve) => {
      const tick = (when: number): void => {
        clock.at(instant(when), () => {
          late.push(clock.now() - when);
          if (late.length === 100) resolve();
          else tick(clock.now() + 2.3);
        });
      };
      tick(clock.now());
    });
    expect(Math.min(...late)).toBeGreaterThanOrEqual(0);
    // Platform timers alone would be late by more than half a millisecond in most of them.
    expect(late.toSorted((one, other) => one - other)[50]).toBeLessThan(0.3);
  });

  test("SC3: naps of a fine clock are short, and others run between them", async () => {
    const clock = systemClock({ fine: true });
    let isOver = false;
    let turns = 0;
    const others = (): void => {
      turns += 1;
      if (!isOver) setImmediate(others);
    };
    setImmediate(others);
    await new Promise<void>((resolve) => clock.at(later(clock.now(), millis(10)), resolve));
    isOver = true;
    expect(turns).toBeGreaterThan(3);
  });

  test("holds no process up that has nothing to wait for", () => {
    const clock = systemClock();
    const before = process.getActiveResourcesInfo().length;
    const timers = Array.from({ length: 1_000 }, (_, i) =>
      clock.at(later(clock.now(), millis(1_000 + i)), () => {}),
    );
    expect(process.getActiveResourcesInfo().length - before).toBe(1);
    for (const timer of timers) timer.cancel();
    expect(process.getActiveResourcesInfo().length - before).toBe(0);
  });
});
