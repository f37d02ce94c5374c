import { expect, test } from "vitest";
import { limits } from "#src/contract/limits.ts";
import { isSource, repositoryFiles } from "./repository.ts";

test("every bound is kept somewhere in the program", () => {
  const program = repositoryFiles()
    .filter(isSource)
    .filter(({ path }) => /^(src|agents|broker)\//.test(path) && !path.endsWith("/limits.ts"))
    .map(({ text }) => text)
    .join("\n");
  const idle = Object.keys(limits).filter(
    (name) => !new RegExp(`(limits\\.|readonly )${name}\\b`).test(program),
  );
  expect(idle).toEqual([]);
});
