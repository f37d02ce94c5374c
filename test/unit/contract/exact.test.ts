import { expect, test } from "vitest";
import { InvariantError } from "#src/base/assert.ts";
import { readExact, writeExact } from "#src/contract/exact.ts";
import { firstDifference } from "#src/contract/first-difference.ts";

test("EX1: numbers that JSON has not, holes and marks survive", () => {
  const odd = { a: [Number.NaN, undefined, -0, -Infinity], b: undefined, $: "NaN", of: { $: 1 } };
  const read = readExact(writeExact(odd)) as typeof odd;
  expect(Object.is(read.a[2], -0)).toBe(true);
  expect(firstDifference(odd, read)).toBeUndefined();
  expect(Object.keys(read)).toEqual(["a", "b", "$", "of"]);
});

test.each([
  ["a function", () => 1],
  ["a date", new Date(0)],
  ["an object of a class", new (class Room {})()],
  ["a big integer", 1n],
  ["a symbol", Symbol("s")],
])("EX3: %s is refused, also where it lies deep", (_, value) => {
  expect(() => writeExact(value)).toThrow(InvariantError);
  expect(() => writeExact({ deep: [value] })).toThrow(InvariantError);
});

test.each(['{"$":"Room","of":[]}', '{"$":"NaN","of":[]}', '{"$":1}', '{"$":{"$":"undefined"}}'])(
  "a mark that means nothing is refused: %s",
  (text) => {
    expect(() => readExact(text)).toThrow(SyntaxError);
  },
);

test("the first difference has its place", () => {
  const one = { loops: [{ value: 1 }, { value: 0 }] };
  const other = { loops: [{ value: 1 }, { value: -0 }] };
  expect(firstDifference(one, other, "state")).toEqual({
    path: "state.loops[1].value",
    one: 0,
    other: -0,
  });
});

test.each([
  [{ a: undefined }, {}, "a"],
  [{}, { a: undefined }, "a"],
  [[1], [1, 2], "[1]"],
  [[], {}, ""],
  [new Map([[1, 2]]), new Map([[1, 3]]), "[0][1]"],
  [new Set([1]), [1], ""],
  [null, {}, ""],
  [Float64Array.of(0), Float64Array.of(-0), "[0]"],
])("%o is not %o", (one, other, path) => {
  expect(firstDifference(one, other)?.path).toBe(path);
});

test("the order of keys is no difference", () => {
  expect(firstDifference({ a: 1, b: Number.NaN }, { b: Number.NaN, a: 1 })).toBeUndefined();
});
