import { describe, expect, test } from "vitest";
import { colourful } from "#src/cli/paint.ts";
import {
  clip,
  columns,
  figure,
  fold,
  labelled,
  quantityText,
  widthOf,
} from "#src/cli/show/text.ts";

describe("columns", () => {
  test("are as wide as their widest cell and leave no blanks at the end", () => {
    expect(
      columns([
        ["a", "bb", ""],
        ["ccc", "d", "e"],
      ]),
    ).toEqual(["a    bb", "ccc  d   e"]);
  });

  test("of figures are flush right", () => {
    expect(
      columns(
        [
          ["n", "7"],
          ["m", "1,000"],
        ],
        new Set([1]),
      ),
    ).toEqual(["n      7", "m  1,000"]);
  });

  test("stay aligned under colours", () => {
    const [first = "", second = ""] = columns([
      [colourful("good", "up"), "x"],
      ["down", "y"],
    ]);
    expect(first.indexOf("x") - (first.length - widthOf(first))).toBe(second.indexOf("y"));
  });
});

describe("folding", () => {
  test("breaks at blanks and never beyond the width where words allow", () => {
    expect(fold("one two three four", 9)).toEqual(["one two", "three", "four"]);
  });

  test("leaves a word that is too long whole", () => {
    expect(fold("a mqtt://somewhere.example b", 5)).toEqual(["a", "mqtt://somewhere.example", "b"]);
  });

  test("does not happen where there is no screen", () => {
    expect(fold("one two three", undefined)).toEqual(["one two three"]);
  });

  test("hangs under a label", () => {
    expect(labelled("why", "because the lease has lapsed", 32)).toEqual([
      "  why       because the lease",
      "            has lapsed",
    ]);
  });
});

test("what is cut says so", () => {
  expect(clip("abcdef", 4)).toBe("abc…");
  expect(clip("abcd", 4)).toBe("abcd");
  expect(clip("abcd", 0)).toBe("");
});

test.each([
  [0, "0"],
  [-0.0004, "0"],
  [2.71849, "2.718"],
  [1234567.5, "1,234,567.5"],
  [-1234, "-1,234"],
  [1e21, "1e+21"],
  [null, "none"],
  [Number.NaN, "none"],
])("the figure %d reads %s", (value, said) => {
  expect(figure(value)).toBe(said);
});

test("a quantity without a value has no unit either", () => {
  expect(quantityText(null, "degC")).toBe("none");
  expect(quantityText(4.5, "degC")).toBe("4.5 degC");
});
