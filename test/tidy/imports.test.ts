import { expect, test } from "vitest";
import { importsOf } from "./imports.ts";

const specifiers = (text: string) => importsOf(text).map((found) => found.specifier);

test("every way to load a file is seen", () => {
  const text = `import a from "./a.ts";
import "./b.ts";
import {
  c,
  type C,
} from './c.ts';
import * as d from "./d.ts"
export { e } from "./e.ts";
export * from "./f.ts";
const g = await import("./g.ts");
const h = require("./h.ts");
type I = import("./i.ts").I;
`;
  expect(specifiers(text)).toEqual("abcdefghi".split("").map((name) => `./${name}.ts`));
});

test("an import that is only spoken of is none", () => {
  const text = `// import a from "./a.ts"
const b = 'import c from "./c.ts"';
const d = Array.from("e");
const f = { from: "g" };
console.log(import.meta.url, h.import("i"));
`;
  expect(specifiers(text)).toEqual([]);
});

test("an import whose name is computed is seen without a name", () => {
  expect(specifiers("import(name); import(`./$" + "{name}.ts`); require(a + b);")).toEqual([
    undefined,
    undefined,
    undefined,
  ]);
});

test("a line is that of the specifier's clause", () => {
  expect(importsOf('\n\nimport "./a.ts";')[0]?.line).toBe(3);
});

test("only an import that says type first is gone at run time", () => {
  const typeOnly = (text: string) => importsOf(text)[0]?.typeOnly;
  expect(typeOnly('import type { A } from "a"')).toBe(true);
  expect(typeOnly('export type { A } from "a"')).toBe(true);
  expect(typeOnly('import { type A } from "a"')).toBe(false);
  expect(typeOnly('import type from "a"')).toBe(false);
  expect(typeOnly('import type, { B } from "a"')).toBe(false);
  expect(typeOnly('import type { A } from "b"; import { C } from "a"')).toBe(true);
  expect(importsOf('import type { A } from "b"; import { C } from "a"')[1]?.typeOnly).toBe(false);
});
