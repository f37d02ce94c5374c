import { expect, test } from "vitest";
import { viewsOf } from "./views.ts";

const squeeze = (view: string): string => view.replace(/\s+/g, " ").trim();
const codeOf = (text: string): string => squeeze(viewsOf(text).code);
const saidOf = (text: string): string => squeeze(viewsOf(text).said);
const commentsOf = (text: string): string => squeeze(viewsOf(text).comments);

const sample = `// Date.now() in prose
const a = "Date.now() // no comment"; /* await
  on two lines */
const b = \`waits \${await c({ d: "}" })} of \${\`inner \${e}\`}\`;
const f = x.replace(/["'/*]/g, '') / 2 / g;
`;

test("VW1: each view has the length and the lines of the text", () => {
  for (const view of Object.values(viewsOf(sample))) {
    expect(view).toHaveLength(sample.length);
    expect(view.split("\n")).toHaveLength(sample.split("\n").length);
  }
});

test("VW2: a word in a comment, a string or a pattern is no code", () => {
  expect(codeOf(sample)).not.toMatch(/Date|prose|waits|of|inner|comment/);
});

test("VW2: a comment that begins in a string is none, and a string in a comment is none", () => {
  expect(codeOf('const a = "/*"; b(); // "')).toBe('const a = " "; b();');
});

test("VW2: the hole of a template is code, strings and braces in it included", () => {
  expect(codeOf(sample)).toMatch(/\$\{await c\(\{ d: " " \}\)\} \$\{` \$\{e\}`\}`/);
});

test("VW2: a slash after a value divides, after an operator it begins a pattern", () => {
  expect(codeOf("a / b; c = /await'/; d(e) / f; return /async/.test(g)")).toBe(
    "a / b; c = / /; d(e) / f; return / /.test(g)",
  );
});

test("VW2: a slash or a quote in a class of characters does not end a pattern", () => {
  expect(codeOf('a(/[/"]b/); c')).toBe("a(/ /); c");
});

test("VW2: an escaped quote does not end a string", () => {
  expect(codeOf(String.raw`a("x\"await"); b('\\'); c`)).toBe("a(\" \"); b(' '); c");
});

test("VW3: what is said keeps strings and drops comments; comments keep the rest", () => {
  expect(saidOf('import "a"; // import "b"')).toBe('import "a";');
  expect(commentsOf('import "a"; // import "b"')).toBe('// import "b"');
});

test("VW1: a text that breaks off inside a string, a template or a comment still has its views", () => {
  for (const broken of ['"abc', "`a${b", "/* c", "/[d", "`a${`b", "}"]) {
    expect(viewsOf(broken).code).toHaveLength(broken.length);
  }
});
