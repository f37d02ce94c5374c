import { expect, test } from "vitest";
import { renderTailLine } from "#src/cli/show/tail.ts";
import { now, sceneOf } from "./scene.ts";

const line = {
  node: "pump-1",
  at: now + 250,
  series: "in/level",
  value: 2.5,
  quality: "good",
} as const;

test("live values keep their columns from line to line", () => {
  expect(renderTailLine(line, sceneOf())).toBe(
    "14:08:11.250  pump-1            in/level                         2.5  good",
  );
  expect(renderTailLine({ ...line, value: null, quality: "bad" }, sceneOf())).toBe(
    "14:08:11.250  pump-1            in/level                        none  bad",
  );
});
