import { describe, expect, test } from "vitest";
import { fault } from "#src/base/fault.ts";
import { type Answering, cli } from "./fake-powers.ts";
import { cutOffNode } from "./reports.ts";

const node: Answering = {
  role: "node",
  id: "cold-room-1",
  answer: (query) => (query.verb === "status" ? cutOffNode : {}),
};
const why = ["--reason", "belt torn"];

describe("a kill", () => {
  test("goes to the node, of one output or of all, with owner and reason, and says how it ends", async () => {
    const one = await cli(["kill", "cold-room-1/compressor", ...why], [node]);
    const all = await cli(["kill", "cold-room-1", ...why], [node]);
    const said = { v: 1, verb: "kill", owner: "ada", reason: "belt torn" };
    expect(one.asked.at(-1)?.query).toEqual({ ...said, output: "compressor" });
    expect(all.asked.at(-1)?.query).toEqual(said);
    expect(one.out).toBe(
      [
        "cold-room-1/compressor is killed, as ada: belt torn",
        "  until     somebody says holdfast release cold-room-1/compressor --reason TEXT; a restart does not end it",
        "",
      ].join("\n"),
    );
  });

  test("that the disk does not know yet is done, and told so", async () => {
    const unwritten = fault("STORE_FULL", { path: "state.db" });
    const full: Answering = {
      ...node,
      answer: (query) => (query.verb === "status" ? cutOffNode : { unwritten }),
    };
    const { code, out } = await cli(["kill", "cold-room-1", ...why], [full]);
    expect(code).toBe(0);
    expect(out).toContain("a restart now forgets this: cannot write state.db: the disk is full");
  });

  test("is released with a reason, too", async () => {
    const { out, asked } = await cli(["release", "cold-room-1", "--reason", "mended"], [node]);
    expect(asked.at(-1)?.query).toMatchObject({ verb: "release", reason: "mended" });
    expect(out).toBe("cold-room-1 is released, as ada: mended\n");
  });

  test("without a reason, or of something that has no name, is not asked for", async () => {
    expect((await cli(["kill", "cold-room-1"], [node])).asked).toEqual([]);
    const odd = await cli(["kill", "Cold Room", ...why], [node]);
    expect(odd.code).not.toBe(0);
    expect(odd.asked).toEqual([]);
  });
});

describe("a reset", () => {
  test("goes to the node of the interlock", async () => {
    const { out, asked } = await cli(["reset", "cold-room-1/high-pressure", ...why], [node]);
    expect(asked.at(-1)?.query).toEqual({
      v: 1,
      verb: "reset",
      interlock: "high-pressure",
      owner: "ada",
      reason: "belt torn",
    });
    expect(out).toBe("cold-room-1/high-pressure is reset, as ada: belt torn\n");
  });

  test("that the node refuses fails, with its reason", async () => {
    const holds = fault("INTERLOCK_HOLDS", { interlock: "high-pressure" });
    const refusing: Answering = { ...node, answer: () => holds };
    const { code, err } = await cli(["reset", "cold-room-1/high-pressure", ...why], [refusing]);
    expect(code).toBe(1);
    expect(err).toContain("INTERLOCK_HOLDS");
  });
});
