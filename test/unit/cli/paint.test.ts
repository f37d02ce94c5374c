import { describe, expect, test } from "vitest";
import { wantsColour } from "#src/cli/paint.ts";

const wants = (env: Record<string, string>, isTTY = true, declined = false): boolean =>
  wantsColour({ env, isTTY, declined });

describe("colour", () => {
  test("is for terminals", () => {
    expect(wants({})).toBe(true);
    expect(wants({}, false)).toBe(false);
    expect(wants({ TERM: "dumb" })).toBe(false);
  });

  test("is declined by NO_COLOR, unless that is empty", () => {
    expect(wants({ NO_COLOR: "1", FORCE_COLOR: "1" })).toBe(false);
    expect(wants({ NO_COLOR: "" })).toBe(true);
  });

  test("is forced into a pipe by FORCE_COLOR", () => {
    expect(wants({ FORCE_COLOR: "1" }, false)).toBe(true);
    expect(wants({ FORCE_COLOR: "0" })).toBe(false);
  });

  test("is declined by --no-color whatever else is said", () => {
    expect(wants({ FORCE_COLOR: "1" }, true, true)).toBe(false);
  });
});
