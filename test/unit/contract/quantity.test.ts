import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { type Millis, millis } from "#src/base/units.ts";
import { duration, formatDuration, parseDuration, parseQuantity } from "#src/contract/quantity.ts";

describe("a length of time", () => {
  test("is read back from what is written of it, whatever its length", () => {
    const length = fc.oneof(fc.nat(100_000), fc.nat(400 * 86_400_000));
    fc.assert(
      fc.property(length, (count) => {
        expect(parseDuration(formatDuration(millis(count)))).toBe(count);
      }),
      { numRuns: 5_000 },
    );
  });

  test.each([
    ["250ms", 250],
    ["5s", 5_000],
    ["1.001s", 1_001],
    ["0.5 h", 1_800_000],
    ["1h30m", 5_400_000],
    [" 1h  30m ", 5_400_000],
    ["2d", 172_800_000],
    ["0s", 0],
  ])("reads %j", (text, count) => {
    expect(parseDuration(text)).toBe(count);
  });

  test.each(["", "5", "s", "-5s", "5 s 5 s", "30m 1h", "5sec", "1e3s", "5s!", "٣s", "5,5s"])(
    "is not %j",
    (text) => {
      expect(parseDuration(text)).toBeUndefined();
    },
  );

  test("is written in the shortest exact form", () => {
    const written = [0, 250, 1_500, 90_000, 5_400_000, 86_400_000].map((count) =>
      formatDuration(count as Millis),
    );
    expect(written).toEqual(["0ms", "250ms", "1.5s", "1m 30s", "1h 30m", "1d"]);
  });

  test("asks for its unit where a bare number stands, and proposes seconds", () => {
    const rule = duration({ min: millis(0), max: millis(9_000), reason: "" });
    const [issue] = rule.safeParse("5").error?.issues ?? [];
    expect(issue).toMatchObject({ params: { code: "CONFIG_TYPE", suggestion: "5s" } });
  });
});

describe("a quantity", () => {
  test.each([
    [4.5, 4.5, undefined],
    ["4.5", 4.5, undefined],
    ["-4.5 degC", -4.5, "degC"],
    ["4.5degC", 4.5, "degC"],
    [".5 m3/h", 0.5, "m3/h"],
    ["80 %", 80, "%"],
    ["21 °C", 21, "°C"],
    ["1e3 Pa", 1_000, "Pa"],
  ])("reads %j", (said, value, unit) => {
    expect(parseQuantity(said)).toEqual({ value, unit });
  });

  test.each([Number.NaN, Number.POSITIVE_INFINITY, "", "degC", "4,5", "4.5 deg C", "1e999"])(
    "is not %j",
    (said) => {
      expect(parseQuantity(said)).toBeUndefined();
    },
  );

  test("is always a finite number, whatever the text", () => {
    fc.assert(
      fc.property(fc.oneof(fc.string(), fc.double()), (said) => {
        const read = parseQuantity(said);
        expect(read === undefined || Number.isFinite(read.value)).toBe(true);
      }),
    );
  });
});
