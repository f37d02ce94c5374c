import { expect, test } from "vitest";
import { matches } from "./matches.ts";

test("one star stays in its folder, two go on", () => {
  expect(matches(["src/*.ts"], "src/main.ts")).toBe(true);
  expect(matches(["src/*.ts"], "src/core/agent.ts")).toBe(false);
  expect(matches(["src/**"], "src/core/agent.ts")).toBe(true);
  expect(matches(["src/**/*.ts"], "src/main.ts")).toBe(true);
  expect(matches(["**/README.md"], "README.md")).toBe(true);
  expect(matches(["**/README.md"], "docs/NOREADME.md")).toBe(false);
  expect(matches(["src/core/**"], "src/core-old/agent.ts")).toBe(false);
});

test("the last pattern that fits counts", () => {
  expect(matches(["a/**", "!a/b.ts"], "a/b.ts")).toBe(false);
  expect(matches(["!a/b.ts", "a/**"], "a/b.ts")).toBe(true);
});

test("a dot is a dot, and no pattern fits nothing", () => {
  expect(matches(["a.ts"], "axts")).toBe(false);
  expect(matches([], "a.ts")).toBe(false);
});
