import { defineConfig } from "vitest/config";

const root = new URL("..", import.meta.url).pathname;

const project = (name: string, include: string[], testTimeout: number, exclude: string[] = []) => ({
  test: { name, root, include, exclude, testTimeout, hookTimeout: testTimeout },
});

const needsMore = ["test/contract/*-mosquitto.test.ts"];

/**
 * fast: no file, socket or process. tidy: the repository read as text. slow: real adapters on
 * loopback. e2e: real processes and programs from outside, one file at a time.
 */
export default defineConfig({
  root,
  test: {
    reporters: ["default", new URL("tally.ts", import.meta.url).pathname],
    projects: [
      project("fast", ["test/{unit,property}/**/*.test.ts"], 5_000),
      project("tidy", ["test/tidy/**/*.test.ts"], 20_000),
      project("slow", ["test/contract/**/*.test.ts"], 30_000, needsMore),
      {
        test: {
          ...project("e2e", ["test/e2e/**/*.test.ts", ...needsMore], 240_000).test,
          fileParallelism: false,
        },
      },
    ],
  },
});
