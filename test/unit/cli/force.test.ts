import { describe, expect, test } from "vitest";
import { fault } from "#src/base/fault.ts";
import { type Answering, cli } from "./fake-powers.ts";
import { cutOffNode } from "./reports.ts";

const node: Answering = {
  role: "node",
  id: "cold-room-1",
  answer: (query) => (query.verb === "status" ? cutOffNode : {}),
};
const said = ["--for", "10m", "--reason", "test run"];

describe("an output by hand", () => {
  test("is asked of the node, with owner, reason and end, and says how to undo it", async () => {
    const { asked, out } = await cli(["force", "cold-room-1/compressor", "1", ...said], [node]);
    expect(asked.at(-1)?.query).toEqual({
      v: 1,
      verb: "force",
      output: "compressor",
      value: 1,
      for: 600_000,
      owner: "ada",
      reason: "test run",
    });
    expect(out).toContain("cold-room-1/compressor is 1 by hand, as ada: test run\n");
    expect(out).toContain("(in 10m), or when the node restarts");
    expect(out).toContain("holdfast release cold-room-1/compressor --reason TEXT");
  });

  test("has no other unit than the output", async () => {
    const { code, err } = await cli(["force", "cold-room-1/compressor", "3 degC", ...said], [node]);
    expect(code).toBe(2);
    expect(err).toContain("cold-room-1/compressor is in no unit, not in degC");
  });

  test("may be below zero, with its unit", async () => {
    const { err } = await cli(["force", "cold-room-1/compressor", "-5 %", ...said], [node]);
    expect(err).toContain("cold-room-1/compressor is in no unit, not in %");
  });

  test("that the node has not is told with those it has, also for a value with a unit", async () => {
    const { code, err } = await cli(["force", "cold-room-1/compresor", "5 %", ...said], [node]);
    expect(code).toBe(1);
    expect(err).toContain('there is no output "compresor" on this node; there is compressor');
  });

  test("without a name, a value, an end or a reason is not asked for", async () => {
    for (const wrong of [
      ["force", "cold-room-1", "1", ...said],
      ["force", "cold-room-1/compressor", "on", ...said],
      ["force", "cold-room-1/compressor", "1", "--for", "10m"],
      ["force", "cold-room-1/compressor", "1", "--reason", "test"],
    ]) {
      const { code, asked } = await cli(wrong, [node]);
      expect(code).not.toBe(0);
      expect(asked.filter(({ query }) => query.verb === "force")).toEqual([]);
    }
  });

  test("that the node refuses fails, with its reason", async () => {
    const bounds = fault("OUTPUT_SWITCH", { output: "compressor", value: 2 });
    const refusing: Answering = {
      ...node,
      answer: (query) => (query.verb === "status" ? cutOffNode : bounds),
    };
    const { code, err } = await cli(["force", "cold-room-1/compressor", "2", ...said], [refusing]);
    expect(code).toBe(1);
    expect(err).toContain("compressor knows 0 and 1 only, not 2");
  });
});
