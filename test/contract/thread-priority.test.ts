import { readFileSync } from "node:fs";
import { Worker } from "node:worker_threads";
import { expect, test } from "vitest";
import { preferThread } from "#src/adapters/thread-priority.ts";

const { href } = new URL("../../src/adapters/thread-priority.ts", import.meta.url);
const isLinux = process.platform === "linux";

/** Niceness is the 19th field of a thread's stat, the 17th after its name. */
const niceOf = (stat: string): number => Number(stat.split(") ").at(-1)?.split(" ")[16]);

test.runIf(isLinux)("a thread that asks for priority changes no other thread", async () => {
  const own = () => niceOf(readFileSync("/proc/thread-self/stat", "utf8"));
  const before = own();
  const code = `
    const { parentPort } = require("node:worker_threads");
    const { readFileSync } = require("node:fs");
    import(${JSON.stringify(href)}).then(({ preferThread }) =>
      parentPort.postMessage([preferThread(), readFileSync("/proc/thread-self/stat", "utf8")]));`;
  const worker = new Worker(code, { eval: true });
  const [wasGiven, stat] = await new Promise<[boolean, string]>((resolve) =>
    worker.once("message", resolve),
  );
  await worker.terminate();
  expect(niceOf(stat)).toBe(wasGiven ? -10 : before);
  expect(own()).toBe(before);
});

test("a system that gives priority to whole processes only is not asked", () => {
  expect(preferThread("darwin")).toBe(false);
});
