import { readFileSync } from "node:fs";
import { stripTypeScriptTypes } from "node:module";
import { join } from "node:path";
import { expect, test } from "vitest";
import { mutants } from "#test/mutants/list.ts";
import { mutate } from "#test/mutants/scratch.ts";
import { root } from "./repository.ts";

test.each(mutants.map((mutant) => [mutant.name, mutant] as const))(
  "a planted mistake has its place exactly once, and makes a program of it that can be read: %s",
  (_, mutant) => {
    const text = readFileSync(join(root, mutant.file), "utf8");
    const mistaken = mutate(text, mutant);
    expect(mistaken).not.toBe(text);
    // What cannot be read cannot run either, and would count as noticed.
    expect(() => stripTypeScriptTypes(mistaken)).not.toThrow();
  },
);

test("at least 40 mistakes are planted, each under a name of its own", () => {
  expect(mutants.length).toBeGreaterThanOrEqual(40);
  expect(new Set(mutants.map(({ name }) => name)).size).toBe(mutants.length);
});

test("mistakes are planted in what runs in the field, not in what watches it", () => {
  for (const { file } of mutants) expect(file).toMatch(/^(agents|src\/(core|runtime|contract))\//);
});

test("a mistake without its place, or with two, is refused", () => {
  const [mutant] = mutants;
  if (mutant === undefined) throw new Error("there are mutants");
  expect(() => mutate("", mutant)).toThrow("0 times");
  expect(() => mutate(mutant.find.repeat(2), mutant)).toThrow("2 times");
});
