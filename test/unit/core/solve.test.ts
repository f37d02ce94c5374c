import fc from "fast-check";
import { expect, test } from "vitest";
import { authorities } from "#src/contract/query.ts";
import { type Claim, solve } from "#src/core/authority/solve.ts";

const bounds = { min: 0, max: 1, safe: 0.2 };
const claim = (
  authority: Claim<string>["authority"],
  value: number,
  cause = authority as string,
) => ({
  authority,
  value,
  cause,
});

test("AS1: an interlock beats a person, a person the region, the region the loop's own", () => {
  const all = (["default", "grant", "override", "safe-state", "interlock"] as const).map(
    (authority, at) => claim(authority, at / 10),
  );
  const winners = all.map((_, at) => solve(bounds, all.slice(0, at + 1)).authority);
  expect(winners).toEqual(["default", "grant", "override", "safe-state", "interlock"]);
});

test("AS2: of two interlocks the first that tripped decides", () => {
  const two = [claim("interlock", 0, "high-pressure"), claim("interlock", 1, "frost")];
  expect(solve(bounds, two).winner.cause).toBe("high-pressure");
});

test("AS3: what was asked beyond the bounds is theirs", () => {
  expect(solve(bounds, [claim("override", 7)])).toMatchObject({
    value: 1,
    authority: "bounds",
    isBounded: true,
  });
});

test("AS3, AS4: whatever is claimed, by whomever, the result lies within the bounds", () => {
  const anything = fc.tuple(
    fc.constantFrom(...authorities),
    fc.oneof(fc.double(), fc.constantFrom(Number.NaN, Infinity, -Infinity, 1e308)),
  );
  fc.assert(
    fc.property(fc.array(anything, { minLength: 1, maxLength: 6 }), (claims) => {
      const { value } = solve(
        bounds,
        claims.map(([authority, asked]) => claim(authority, asked)),
      );
      expect(value).toBeGreaterThanOrEqual(0);
      expect(value).toBeLessThanOrEqual(1);
    }),
  );
});

test("AS4: a loop that gives no number leaves its output at the safe value", () => {
  expect(solve(bounds, [claim("default", Number.NaN)])).toMatchObject({
    value: 0.2,
    authority: "safe-state",
    isBroken: true,
  });
});
