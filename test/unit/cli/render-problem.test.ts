import { describe, expect, test } from "vitest";
import { type Problem, renderProblem } from "#src/cli/render-problem.ts";

const problem = (change: Partial<Problem> = {}): Problem => ({
  code: "CONFIG_UNKNOWN_KEY",
  severity: "error",
  file: "holdfast.yaml",
  line: 6,
  col: 3,
  length: 8,
  sourceLine: "  kepalive: 30",
  at: "uplink.kepalive",
  message: "unknown key, did you mean keepalive?",
  remedy: "rename it to keepalive",
  suggestion: "keepalive",
  ...change,
});

describe("a problem", () => {
  test("shows its place, its line with a mark, and what to do", () => {
    expect(`\n${renderProblem(problem())}`).toBe(`
holdfast.yaml:6:3 error CONFIG_UNKNOWN_KEY uplink.kepalive: unknown key, did you mean keepalive?
    6 |   kepalive: 30
      |   ^^^^^^^^
    fix: rename it to keepalive`);
  });

  test("of an environment variable has no line to show", () => {
    const change = { file: "environment HOLDFAST_X", line: 0, col: 0, length: 0, at: "" };
    expect(renderProblem(problem(change))).toBe(
      "environment HOLDFAST_X: error CONFIG_UNKNOWN_KEY unknown key, did you mean keepalive?\n" +
        "    fix: rename it to keepalive",
    );
  });

  test("keeps its mark under the text behind a tab and in a far line", () => {
    const lines = renderProblem(problem({ line: 1234, col: 2, sourceLine: "\tkepalive: 30" }));
    expect(lines.split("\n").slice(1, 3)).toEqual([" 1234 | \tkepalive: 30", "      | \t^^^^^^^^"]);
  });

  test("is coloured by whoever asks for it, and by nobody else", () => {
    const painted = renderProblem(problem(), (part, text) => `<${part}>${text}</${part}>`);
    expect(painted).toContain(
      "<place>holdfast.yaml:6:3</place> <error>error CONFIG_UNKNOWN_KEY</error>",
    );
    expect(painted).toContain("<caret>^^^^^^^^</caret>");
  });

  test("cannot steer the terminal it is shown on", () => {
    const hostile = "\u001b]0;owned\u0007 \u202e";
    const shown = renderProblem(
      problem({ sourceLine: hostile, message: hostile, remedy: hostile, file: hostile }),
    );
    // biome-ignore lint/suspicious/noControlCharactersInRegex: it is these that must not be there
    expect(shown).not.toMatch(/[\0-\x09\x0b-\x1f\x7f-\x9f\u202e]/);
  });

  test("beyond the end of a cut line shows the line without a mark", () => {
    const shown = renderProblem(problem({ col: 900, sourceLine: "x".repeat(200) }));
    expect(shown.split("\n")).toHaveLength(3);
  });
});
