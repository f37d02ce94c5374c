import { describe, expect, test } from "vitest";
import { fault } from "#src/base/fault.ts";
import { type Answering, cli } from "./fake-powers.ts";
import { cutOffNode, region } from "./reports.ts";

const node: Answering = {
  role: "node",
  id: "cold-room-1",
  answer: (query) => (query.verb === "status" ? cutOffNode : {}),
};
const demo: Answering = {
  role: "region",
  id: "demo",
  answer: (query) => (query.verb === "status" ? region : {}),
};
const wish = ["--for", "10m", "--reason", "big delivery"];

describe("a setpoint", () => {
  test("goes through the region that knows the node, with owner, reason and end", async () => {
    const { code, out, asked } = await cli(
      ["set", "cold-room-1/cooling", "3.5", ...wish],
      [node, demo],
    );
    expect(code).toBe(0);
    expect(asked).toEqual([
      {
        of: "region-demo",
        query: {
          v: 1,
          verb: "set",
          node: "cold-room-1",
          loop: "cooling",
          value: 3.5,
          for: 600_000,
          owner: "ada",
          reason: "big delivery",
        },
      },
    ]);
    expect(out).toBe(
      [
        "cold-room-1/cooling is set to 3.5 degC through region demo, as ada: big delivery",
        "  ends      14:18:11 (in 10m); sooner if cold-room-1 loses the region's lease",
        "  undo      holdfast set cold-room-1/cooling 3.5 --for 1s --reason undo",
        "",
      ].join("\n"),
    );
  });

  test("goes to the node itself when a person says so, or when no region here knows it", async () => {
    const line = ["set", "cold-room-1/cooling", "3.5", ...wish];
    const local = await cli([...line, "--local"], [node, demo]);
    expect(local.asked.map(({ of }) => of)).toEqual(["node-cold-room-1"]);
    expect(local.out).toContain("--reason undo --local");
    const stranger = { ...demo, answer: () => ({ ...region, nodes: [] }) };
    expect((await cli(line, [node, stranger])).asked.map(({ of }) => of)).toEqual([
      "node-cold-room-1",
    ]);
  });

  test("goes nowhere when neither runs here", async () => {
    const { code, err } = await cli(["set", "pump-9/level", "2", ...wish], [node, demo]);
    expect(code).toBe(1);
    expect(err).toContain('no node "pump-9" and no region that knows it runs here');
  });

  test("that was refused is not said to be set", async () => {
    const strict = {
      ...demo,
      answer: (query: { verb: string }) =>
        query.verb === "status"
          ? region
          : fault("SETPOINT_BOUNDS", { loop: "cooling", value: 30, min: 2, max: 8 }),
    };
    const { code, out, err } = await cli(
      ["set", "cold-room-1/cooling", "30", ...wish],
      [node, strict],
    );
    expect({ code, out }).toEqual({ code: 1, out: "" });
    expect(err).toContain("error SETPOINT_BOUNDS: nothing was set on cold-room-1/cooling");
  });

  test("for programs says how it went and how to undo it", async () => {
    const { out } = await cli(["set", "cold-room-1/cooling", "3", ...wish, "--json"], [demo]);
    expect(JSON.parse(out)).toMatchObject({
      v: 1,
      value: 3,
      through: { role: "region", id: "demo" },
    });
  });
});

describe("the unit of a setpoint", () => {
  const set = (value: string, instances: readonly Answering[]) =>
    cli(["set", "cold-room-1/cooling", value, ...wish], instances);

  test("is taken where it is the loop's own", async () => {
    expect((await set("3.5 degC", [node, demo])).asked[0]?.query).toMatchObject({ value: 3.5 });
  });

  test("is refused where it is another", async () => {
    const { code, err, asked } = await set("38 degF", [node, demo]);
    expect({ code, asked }).toEqual({ code: 2, asked: [] });
    expect(err).toContain("cold-room-1/cooling is in degC, not in degF");
  });

  test("is refused where it cannot be compared, rather than believed", async () => {
    const { code, err } = await set("3.5 degC", [demo]);
    expect(code).toBe(2);
    expect(err).toContain("say 3.5 alone");
  });
});

test("a setpoint below zero may have its unit", async () => {
  const below = await cli(["set", "cold-room-1/cooling", "-18 degC", ...wish], [node, demo]);
  expect(below.asked[0]?.query).toMatchObject({ value: -18 });
  expect(below.out).toContain("is set to -18 degC through");
  const fraction = await cli(["set", "cold-room-1/cooling", "-.5degC", ...wish], [node, demo]);
  expect(fraction.asked[0]?.query).toMatchObject({ value: -0.5 });
  const comma = await cli(["set", "cold-room-1/cooling", "-3,5 degC", ...wish], [node, demo]);
  expect(comma.err).toContain('"-3,5 degC" is not a number');
});

describe("a loop that the node has not", () => {
  test.each(["0.9", "0.9 m"])("is told with those it has, also for %s", async (value) => {
    const { code, err, asked } = await cli(
      ["set", "cold-room-1/coolin", value, ...wish],
      [node, demo],
    );
    expect({ code, asked }).toEqual({ code: 1, asked: [] });
    expect(err).toContain("error SETPOINT_UNKNOWN_LOOP: nothing was set on cold-room-1/coolin");
    expect(err).toContain("did you mean cooling? there is cooling");
  });
});

describe("a setpoint through the region", () => {
  const [loop] = cutOffNode.control?.loops ?? [];
  const overridden: Answering = {
    ...node,
    answer: () => ({
      ...cutOffNode,
      control: {
        ...cutOffNode.control,
        loops: [{ ...loop, setpoint: 2.5, authority: "override" }],
      },
    }),
  };
  const line = ["set", "cold-room-1/cooling", "3.5", ...wish];

  test("says what a person at the node set above it", async () => {
    expect((await cli(line, [overridden, demo])).out).toContain(
      "\n  above it  2.5 degC, which somebody set at the node itself: until that ends, this does nothing\n",
    );
    const { out } = await cli([...line, "--json"], [overridden, demo]);
    expect(JSON.parse(out).above).toEqual({ authority: "override", value: 2.5 });
  });

  test("has nothing above it otherwise", async () => {
    expect((await cli(line, [node, demo])).out).not.toContain("above it");
    expect((await cli([...line, "--local"], [overridden, demo])).out).not.toContain("above it");
  });
});
