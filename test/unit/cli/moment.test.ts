import { describe, expect, test } from "vitest";
import { clockTime, exactTime, moment, relative, span, stopwatch } from "#src/cli/show/moment.ts";
import { now, sceneOf } from "./scene.ts";

describe("a moment", () => {
  test("is a time of day and how long ago that is", () => {
    expect(moment(now - 360_000, sceneOf())).toBe("14:02:11 (6 min ago)");
  });

  test("has its date when it was on another day", () => {
    expect(moment(now - 86_400_000, sceneOf())).toBe("2026-11-22 14:08:11 (24 h ago)");
  });

  test("is told in the local time of that moment, not of now", () => {
    const offset = (at: number): number => (at < now - 1_000 ? 120 : 60);
    expect(clockTime(now - 60_000, sceneOf({ offset }))).toBe("16:07:11");
    expect(clockTime(now, sceneOf({ offset }))).toBe("15:08:11");
  });

  test("that is still to come is in some time", () => {
    expect(relative(now + 600_000, now)).toBe("in 10 min");
  });

  test("shows milliseconds where lines come fast", () => {
    expect(exactTime(now + 7, sceneOf())).toBe("14:08:11.007");
  });

  test("that no clock can say is said to be unknown", () => {
    expect(clockTime(Number.NaN, sceneOf())).toBe("unknown day unknown time");
  });
});

test.each([
  [0, "0 s"],
  [59_999, "59 s"],
  [60_000, "1 min"],
  [3_599_999, "59 min"],
  [3_600_000, "1 h"],
  [47 * 3_600_000, "47 h"],
  [48 * 3_600_000, "2 d"],
])("a length of %d ms is spoken of as %s", (length, said) => {
  expect(span(length)).toBe(said);
});

test.each([
  [-5, "0:00"],
  [7_900, "0:07"],
  [750_000, "12:30"],
  [3_723_000, "1:02:03"],
])("a stopwatch at %d ms shows %s", (length, said) => {
  expect(stopwatch(length)).toBe(said);
});
