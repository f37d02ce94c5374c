import { readFileSync } from "node:fs";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { initTemplate } from "#src/cli/init-template.ts";
import { renderProblem } from "#src/cli/render-problem.ts";
import { bench } from "./config-bench.ts";

const { path, read } = bench();
const coldRoom = initTemplate({ role: "node", node: "n1", region: "north" });

describe("CF3: whatever is done to a sound file", () => {
  const tokens = [
    "{",
    "}",
    "[",
    "]",
    ":",
    "- ",
    "\n",
    "  ",
    "\t",
    '"',
    "'",
    "&a ",
    "*a",
    "!x",
    "#",
    "|",
    ">",
    "~",
    "null",
    ".inf",
    "9e99",
    "é",
    "\u2028",
    "\ufeff",
    "%",
    "? ",
    "<<: ",
  ];
  const piece = fc.oneof(fc.constantFrom(...tokens), fc.string({ unit: "binary", maxLength: 4 }));
  const edit = fc.record({ at: fc.nat(coldRoom.length), cut: fc.nat(12), put: piece });

  test("it is accepted, or refused with places inside the file", () => {
    fc.assert(
      fc.property(fc.array(edit, { minLength: 1, maxLength: 4 }), (edits) => {
        let text = coldRoom;
        for (const { at, cut, put } of edits) text = text.slice(0, at) + put + text.slice(at + cut);
        const result = read(text);
        const problems = result.ok ? result.warnings : result.problems;
        if (!result.ok) expect(problems.length).toBeGreaterThan(0);
        const lines = readFileSync(path, "utf8")
          .replace(/^\ufeff/, "")
          .split("\n");
        for (const problem of problems) {
          const { line, col, length, message, remedy } = problem;
          const shown = lines[line - 1];
          expect(shown).toBeDefined();
          expect(col).toBeGreaterThanOrEqual(1);
          expect(length).toBeGreaterThanOrEqual(1);
          expect(col + length - 1).toBeLessThanOrEqual((shown ?? "").length + 1);
          expect(message).not.toBe("");
          expect(remedy).not.toBe("");
          expect(renderProblem(problem)).not.toContain("undefined");
        }
      }),
      { numRuns: 400 },
    );
  });

  test("and whatever bytes it is made of", () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 200 }), (bytes) => {
        expect(read(bytes).ok).toBe(false);
      }),
      { numRuns: 200 },
    );
  });

  test("and whatever the environment says", () => {
    const name = fc.constantFrom(
      "NODE",
      "LOOPS__COOLING__BOUNDS",
      "DEVICES__PLC__PORT",
      "LOG",
      "LOOPS",
      "X__Y",
      "UPLINK__URL_FILE",
    );
    fc.assert(
      fc.property(name, fc.string({ unit: "binary", maxLength: 20 }), (key, value) => {
        const result = read(coldRoom, { env: { [`HOLDFAST_${key}`]: value } });
        if (result.ok) return;
        for (const { file } of result.problems) expect(file).toBe(`environment HOLDFAST_${key}`);
      }),
      { numRuns: 200 },
    );
  });
});
