import { expect, test } from "vitest";
import { misnamed } from "./names.ts";

const says = (path: string, text = ""): readonly string[] =>
  misnamed({ path, text }).map((found) => found.says);

test.each([
  "src/coreAgent.ts",
  "src/core/Agent.ts",
  "docs/Topics.md",
  "src/core_agent.ts",
  "src/Core/agent.ts",
  "src/core/README.ts",
])("%s is not kebab-case", (path) =>
  expect(says(path)).toContainEqual(expect.stringMatching(/kebab/)),
);

test.each(["src/core/loop-manager.ts", "src/helper.ts", "src/utils/it.ts", "test/util.test.ts"])(
  "%s says nothing",
  (path) => expect(says(path)).toContainEqual(expect.stringMatching(/says nothing/)),
);

test.each([
  "export class LoopManager {}",
  "export const parseHelper = 1;",
  "export function utilOf() {}",
  "export async function loopUtils() {}",
  "export interface Helper {}",
  "export type { Manager } from './a.ts';",
  "const it = 1;\nexport { it as loopManager };",
])("an export that says nothing is seen: %s", (text) => {
  expect(says("src/core/agent.ts", text)).toHaveLength(1);
});

test.each([
  ["src/core/agent.ts", "export const utility = 1; const helper = 2; // export class Manager"],
  ["src/core/managed-loop.ts", "export const managerless = 1;"],
  [".ci/run", ""],
  ["broker/README.md", ""],
  ["Dockerfile", ""],
  ["test/unit/it.test.ts", ""],
])("%s is well named", (path, text) => {
  expect(says(path, text)).toEqual([]);
});
