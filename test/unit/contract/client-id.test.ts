import fc from "fast-check";
import { expect, test } from "vitest";
import { idPattern } from "#src/base/id.ts";
import {
  clientIdOf,
  nodeClientId,
  type Principal,
  principalOf,
  regionClientId,
} from "#src/contract/client-id.ts";

const id = fc.stringMatching(idPattern);
const principal: fc.Arbitrary<Principal> = fc.oneof(
  fc.record({ kind: fc.constant("node" as const), region: id, node: id }),
  fc.record({ kind: fc.constant("region" as const), region: id, controller: id }),
  fc.record({
    kind: fc.constant("probe" as const),
    probe: fc.stringMatching(/^[a-z0-9][a-z0-9_-]{0,25}$/),
  }),
);

test("CI1: a client id names its principal", () => {
  fc.assert(
    fc.property(principal, (who) => {
      expect(principalOf(clientIdOf(who))).toEqual(who);
    }),
  );
  expect(nodeClientId("north", "n1")).toBe("node:north:n1");
  expect(regionClientId("north", "c1")).toBe("region:north:c1");
});

test("CI2: what names a principal is its client id", () => {
  const near = fc
    .array(fc.constantFrom("node", "region", "probe", "probe-", ":", "n1", "-", "_region", "É", ""))
    .map((parts) => parts.join(""));
  fc.assert(
    fc.property(fc.oneof(near, fc.string()), (clientId) => {
      const who = principalOf(clientId);
      if (who !== undefined) expect(clientIdOf(who)).toBe(clientId);
    }),
    { numRuns: 2_000 },
  );
  for (const nobody of ["", "node", "node:", "node:a", "node:a:b:c", "probe-", "n1", "node:a:B"]) {
    expect(principalOf(nobody)).toBeUndefined();
  }
});
