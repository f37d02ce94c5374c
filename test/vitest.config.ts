import { defineConfig } from "vitest/config";

const root = new URL("..", import.meta.url).pathname;

const project = (name: string, include: string[], testTimeout: number) => ({
  name,
  root,
  include,
  testTimeout,
  hookTimeout: testTimeout,
});

const needsMore = ["test/contract/*-mosquitto.test.ts"];

/**
 * fast: no file, socket or process. tidy: the repository read as text. slow: real adapters on
 * loopback. sim: fleets in virtual time, for minutes. e2e: real processes and programs from outside, one file at a time.
 */
export default defineConfig({
  root,
  test: {
    reporters: ["default", new URL("tally.ts", import.meta.url).pathname],
    projects: [
      // What is pure needs no worker of its own: that saves two thirds of the time.
      {
        test: { ...project("fast", ["test/{unit,property}/**/*.test.ts"], 5_000), isolate: false },
      },
      { test: { ...project("tidy", ["test/tidy/**/*.test.ts"], 20_000), isolate: false } },
      { test: { ...project("slow", ["test/contract/**/*.test.ts"], 30_000), exclude: needsMore } },
      { test: project("sim", ["test/sim/**/*.test.ts"], 240_000) },
      {
        test: {
          ...project("e2e", ["test/e2e/**/*.test.ts", ...needsMore], 240_000),
          fileParallelism: false,
        },
      },
    ],
  },
});
