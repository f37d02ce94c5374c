import { expect, test } from "vitest";
import { FaultError, fault } from "#src/base/fault.ts";

test("a fault that is thrown costs no stack, and leaves other errors theirs", () => {
  const thrown = new FaultError(fault("STORE_FULL", { path: "metrics.db" }));
  expect(thrown.stack).not.toContain("\n    at ");
  expect(new Error("a defect").stack).toContain("\n    at ");
});
