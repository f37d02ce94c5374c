import { describe, expect, test, vi } from "vitest";
import { fault } from "#src/base/fault.ts";
import type { Explanation } from "#src/contract/query.ts";
import { type Answering, cli } from "./fake-powers.ts";
import { cutOffNode, explanation } from "./reports.ts";

/** A node whose kill is done by the time it is asked. */
function killable(more: Partial<Explanation> = {}): Answering {
  const winner = { authority: "kill", value: 0, unit: null, what: "killed" } as const;
  const stands = { ...explanation, value: 0, winner, ...more };
  return {
    role: "node",
    id: "cold-room-1",
    answer: (query) => (query.verb === "status" ? cutOffNode : query.verb === "why" ? stands : {}),
  };
}
const node = killable();
const why = ["--reason", "belt torn"];

describe("a kill", () => {
  test("goes to the node, of one output or of all, with owner and reason, and says how it ends", async () => {
    const one = await cli(["kill", "cold-room-1/compressor", ...why], [node]);
    const all = await cli(["kill", "cold-room-1", ...why], [node]);
    const said = { v: 1, verb: "kill", owner: "ada", reason: "belt torn" };
    expect(one.asked[0]?.query).toEqual({ ...said, output: "compressor" });
    expect(all.asked[0]?.query).toEqual(said);
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
      answer: (query) => (query.verb === "kill" ? { unwritten } : node.answer(query)),
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

describe("a kill is no isolation: it says what it leaves running,", () => {
  const fan = { value: 100, unit: "%", safe: 100 };
  const line = ["kill", "cold-room-1/compressor", "--reason", "fan blade is loose"];

  test("such as an output whose safe value is not 0", async () => {
    const { out } = await cli(line, [killable(fan)]);
    expect(out).toContain(
      "\n  runs on   compressor stays at 100 %, its safe value: it may run; lock it out at its switch\n",
    );
    const { out: said } = await cli([...line, "--json"], [killable(fan)]);
    expect(JSON.parse(said)).toMatchObject({
      runsOn: [{ output: "compressor", value: 100, unit: "%", safe: 100 }],
      unseen: [],
    });
  });

  test("also of a whole node, and where it is on its way there", async () => {
    const { out } = await cli(
      ["kill", "cold-room-1", "--reason", "x"],
      [killable({ ...fan, value: 0 })],
    );
    expect(out).toContain("  runs on   compressor is at 0 and goes to 100 %, its safe value: ");
  });

  test("such as what the node cannot move to 0", async () => {
    const { out } = await cli(line, [killable({ value: 1, because: "killed, kept within 1 … 2" })]);
    expect(out).toContain(
      "  runs on   compressor is at 1 (killed, kept within 1 … 2): it may run; lock it out at its switch",
    );
  });

  test("after it waited until the kill was done", async () => {
    let looks = 0;
    const late: Answering = {
      ...node,
      answer: (query) => {
        if (query.verb !== "why") return node.answer(query);
        looks += 1;
        return looks < 3 ? explanation : killable(fan).answer(query);
      },
    };
    const { out } = await cli(line, [late]);
    expect(looks).toBe(3);
    expect(out).toContain("compressor stays at 100 %");
  });

  test("and where the node does not say so in time, that nobody knows", async () => {
    const never: Answering = {
      ...node,
      answer: (query) => (query.verb === "why" ? explanation : node.answer(query)),
    };
    vi.useFakeTimers({ toFake: ["setTimeout"] });
    const ran = cli(line, [never]);
    await vi.advanceTimersByTimeAsync(2_000);
    vi.useRealTimers();
    const { code, out } = await ran;
    expect(code).toBe(0);
    expect(out).toContain("  unseen    compressor: ask holdfast why cold-room-1/compressor");
  });
});

describe("a release", () => {
  const at = 0;
  const all = { owner: "bob", reason: "storm", at };
  const one = { ...all, output: "compressor", reason: "belt torn" };
  const killed = (...kills: readonly object[]): Answering => ({
    ...node,
    answer: (query) =>
      query.verb === "status" ? { ...cutOffNode, control: { ...cutOffNode.control, kills } } : {},
  });
  const line = ["release", "cold-room-1/compressor", "--reason", "mended"];

  test("of an output says that its node is killed as a whole", async () => {
    const { out } = await cli(line, [killed(all)]);
    expect(out).toBe(
      [
        "cold-room-1/compressor is released, as ada: mended",
        "  but       it stays killed with all of cold-room-1, by bob: storm; holdfast release cold-room-1 --reason TEXT",
        "",
      ].join("\n"),
    );
    const { out: said } = await cli([...line, "--json"], [killed(all)]);
    expect(JSON.parse(said).stillKilled).toEqual([all]);
  });

  test("of a node says which of its outputs is killed by itself", async () => {
    const { out } = await cli(["release", "cold-room-1", "--reason", "mended"], [killed(one)]);
    expect(out).toContain(
      "  but       cold-room-1/compressor stays killed, by bob: belt torn; holdfast release cold-room-1/compressor --reason TEXT\n",
    );
  });

  test("of an output says nothing of another", async () => {
    const { out } = await cli(line, [killed({ ...one, output: "fan" })]);
    expect(out).toBe("cold-room-1/compressor is released, as ada: mended\n");
  });
});

describe("a reset", () => {
  test("of what was not tripped says so", async () => {
    const interlock = {
      interlock: "high-pressure",
      tripped: null,
      holds: false,
      tripsAt: null,
      trip: "",
      reset: "manual",
    };
    const answering = (tripped: number | null): Answering => ({
      ...node,
      answer: (query) =>
        query.verb === "status"
          ? {
              ...cutOffNode,
              control: { ...cutOffNode.control, interlocks: [{ ...interlock, tripped }] },
            }
          : {},
    });
    const line = ["reset", "cold-room-1/high-pressure", ...why];
    expect((await cli(line, [answering(null)])).out).toBe(
      "cold-room-1/high-pressure was not tripped: there was nothing to reset\n",
    );
    expect((await cli(line, [answering(5)])).out).toContain("high-pressure is reset, as ada");
    const { out } = await cli([...line, "--json"], [answering(null)]);
    expect(JSON.parse(out).wasTripped).toBe(false);
  });

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
