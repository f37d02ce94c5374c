import { expect, test } from "vitest";
import { citations, lawsOf, unkept } from "./laws.ts";

const law = (path: string, ...ids: readonly string[]) => ({
  path,
  text: `/**\n * What it is for.\n *\n${ids.map((id) => ` * ${id}  It holds.\n`).join("")} */`,
});
const cites = (text: string) => ({ path: "test/unit/it.test.ts", text });
const says = (...files: Parameters<typeof unkept>[0]) => unkept(files).map((found) => found.says);

test("a law that no test cites is seen", () => {
  expect(says(law("src/core/a.ts", "A1", "A2"), cites('test("A1: it holds", it);'))).toEqual([
    "no test cites A2",
  ]);
});

test("two laws of one name are seen, in two files and in one", () => {
  const kept = cites('test("A1: it holds", it);');
  expect(says(law("src/core/a.ts", "A1"), law("agents/b.ts", "A1"), kept)).toHaveLength(2);
  expect(says(law("src/core/a.ts", "A1", "A1"), kept)).toHaveLength(2);
});

test("a name in the code of a test, or in tidy, cites nothing", () => {
  const law1 = law("src/core/a.ts", "A1");
  expect(says(law1, cites("const A1 = 1;"))).toHaveLength(1);
  expect(says(law1, { path: "test/tidy/it.test.ts", text: '"A1: it holds"' })).toHaveLength(1);
  expect(says(law1, { path: "src/core/b.ts", text: '"A1: it holds"' })).toHaveLength(1);
});

test("a range cites each of its laws, a longer name another one", () => {
  expect([...citations([cites('"B1–B3, C7-8: it holds"; // and AB1, D12')])]).toEqual([
    "B1",
    "B2",
    "B3",
    "C7",
    "C8",
    "AB1",
    "D12",
  ]);
});

test("only the header form states a law", () => {
  expect(lawsOf([{ path: "src/a.ts", text: " * A1 is kept here\n * A2  It holds.\n" }])).toEqual([
    { id: "A2", path: "src/a.ts", line: 2 },
  ]);
});
