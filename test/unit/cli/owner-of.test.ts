import { expect, test } from "vitest";
import { ownerOf } from "#src/cli/owner-of.ts";
import { limits } from "#src/contract/limits.ts";
import { Query } from "#src/contract/query.ts";

test.each([
  ["ada", "ada"],
  ["", "unknown"],
  ["a".repeat(limits.ownerCharacters + 1), "a".repeat(limits.ownerCharacters)],
])("who is %j to the system orders as %j, which every node takes", (user, owner) => {
  expect(ownerOf({ user })).toBe(owner);
  const kill = { v: 1, verb: "kill", owner: ownerOf({ user }), reason: "belt torn" };
  expect(Query.safeParse(kill).success).toBe(true);
});
