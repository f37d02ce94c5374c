import { defineConfig } from "vitest/config";

const project = (name: string, include: string[], testTimeout: number) => ({
  test: { name, root: new URL("..", import.meta.url).pathname, include, testTimeout, hookTimeout: testTimeout },
});

/** fast: no file, socket or process. slow: real adapters on loopback. e2e: real processes. */
export default defineConfig({
  test: {
    projects: [
      project("fast", ["test/{unit,property,tidy}/**/*.test.ts"], 5_000),
      project("slow", ["test/contract/**/*.test.ts"], 30_000),
      project("e2e", ["test/e2e/**/*.test.ts"], 240_000),
    ],
  },
});
