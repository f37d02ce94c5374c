import { describe, expect, test } from "vitest";
import { fault } from "#src/base/fault.ts";
import type { Shell } from "#src/cli/shell.ts";
import { commandTree } from "#src/cli/tree.ts";
import { type Answering, cli, silent } from "./fake-powers.ts";
import { cutOffNode, explanation, region } from "./reports.ts";

const node: Answering = {
  role: "node",
  id: "cold-room-1",
  answer: (query) => (query.verb === "why" ? explanation : cutOffNode),
};
const demoRegion: Answering = { role: "region", id: "demo", answer: () => region };
const mute: Answering = { role: "node", id: "cold-room-2", answer: () => silent("cold-room-2") };

describe("a command line that makes no sense", () => {
  test.each([
    [["stauts"], "unknown command 'stauts': did you mean status?"],
    [["status", "--jsno"], "unknown option '--jsno': did you mean --json?"],
    [["demo", "heel"], "unknown command 'heel': did you mean heal?"],
    [["why"], "missing required argument 'place'"],
    [["why", "cold-room-1"], '"cold-room-1" is not NODE/OUTPUT, such as pump-1/valve'],
    [["set", "a/b", "3", "--for", "10m"], "required option '--reason <text>' not specified"],
    [["set", "a/b", "3", "--for", "10", "--reason", "x"], "write a number and its unit"],
    [["set", "a/b", "3", "--for", "10d", "--reason", "x"], "choose 1s … 1d"],
    [["set", "a/b", "warm", "--for", "10m", "--reason", "x"], '"warm" is not a number'],
    [["demo", "--nodes", "0"], "choose a whole number, 1 … 20"],
    [["init", "--role", "globe"], "Allowed choices are node, region"],
    [["init", "--node", "Cold Room"], "an id is 1 to 32 of a-z"],
    [["explain", "BUS_LOTS"], 'there is no code "BUS_LOTS": did you mean BUS_LOST?'],
    [["demo", "--for", "20s", "--cut-at", "30s"], "--cut-at 30s is not before --for 20s"],
    [[], "one says what to do"],
  ])("%j ends with 2 and says why", async (line, why) => {
    const { code, out, err } = await cli(line);
    expect({ code, out }).toEqual({ code: 2, out: "" });
    expect(err).toContain(`evidence  `);
    expect(err).toContain(why);
    expect(err).toContain("error USAGE: ");
    expect(err).toMatch(/ {2}next {6}\S/);
  });
});

describe("help", () => {
  test("begins with examples and goes to standard output", async () => {
    const { code, out } = await cli(["set", "--help"]);
    expect(code).toBe(0);
    expect(out).toMatch(/^Examples:\n {2}holdfast set room-1\/cooling 3.5 --for 2h/);
    expect(out).toContain("Usage: holdfast set");
  });

  test("has examples for every verb there is", () => {
    const tree = commandTree(
      { powers: { version: "0" } } as Shell,
      () => undefined,
      () => undefined,
    );
    const visible = tree
      .createHelp()
      .visibleCommands(tree)
      .filter((verb) => verb.name() !== "help");
    for (const verb of visible) {
      let text = "";
      verb.configureOutput({ writeOut: (part) => (text += part) });
      verb.outputHelp();
      expect(text, verb.name()).toMatch(/^Examples:\n {2}\S/);
    }
  });
});

describe("status", () => {
  test("shows nodes before regions, each a block", async () => {
    const { code, out, err } = await cli(["status"], [demoRegion, node]);
    expect({ code, err }).toEqual({ code: 0, err: "" });
    expect(out.indexOf("● cold-room-1")).toBeLessThan(out.indexOf("\n\n● demo"));
  });

  test("of one by its name leaves the others out", async () => {
    const { out } = await cli(["status", "demo"], [demoRegion, node]);
    expect(out).not.toContain("● cold-room-1");
  });

  test("for programs is one document with its version, and no colour or talk", async () => {
    const { out } = await cli(["status", "--json"], [node, mute]);
    const said = JSON.parse(out);
    expect(said.v).toBe(1);
    expect(said.instances[0]).toEqual(cutOffNode);
    expect(said.instances[1]).toMatchObject({
      node: "cold-room-2",
      fault: { code: "NODE_SILENT" },
    });
  });

  test("shows who does not answer, and fails for it", async () => {
    const { code, out } = await cli(["status"], [node, mute]);
    expect(code).toBe(1);
    expect(out).toContain("error NODE_SILENT: node cold-room-2 does not answer");
  });

  test("of nothing says where it looked and what to start", async () => {
    const { code, err } = await cli(["status", "pump-1"]);
    expect(code).toBe(1);
    expect(err).toBe(
      [
        "error NOT_RUNNING: there is no status to show",
        '  evidence  no node or region "pump-1" runs here (looked in /run/holdfast)',
        `  next      ${fault("NOT_RUNNING", { what: "", where: "" }).remedy}`,
        "",
      ].join("\n"),
    );
  });
});

describe("health", () => {
  test("is 0 for a node that is cut off, and 1 when one does not answer or none runs", async () => {
    expect((await cli(["health"], [node, demoRegion])).code).toBe(0);
    expect((await cli(["health"], [node, mute])).code).toBe(1);
    expect((await cli(["health"])).code).toBe(1);
  });

  test("prints nothing when it is quiet, whatever it finds", async () => {
    for (const instances of [[node], [mute], []]) {
      const { out, err } = await cli(["health", "--quiet"], instances);
      expect(out + err).toBe("");
    }
  });
});

describe("why", () => {
  test("asks the node itself", async () => {
    const { code, out, asked } = await cli(["why", "cold-room-1/compressor"], [node]);
    expect(code).toBe(0);
    expect(out).toContain("cold-room-1/compressor is 1 since 14:08:07");
    expect(asked).toEqual([
      { of: "node-cold-room-1", query: { v: 1, verb: "why", output: "compressor" } },
    ]);
  });

  test("passes on the node's refusal with its code", async () => {
    const refusing: Answering = {
      ...node,
      answer: () => fault("OUTPUT_UNKNOWN", { output: "vlave", known: "valve" }),
    };
    const { code, err } = await cli(["why", "cold-room-1/vlave"], [refusing]);
    expect(code).toBe(1);
    expect(err).toContain("error OUTPUT_UNKNOWN: cannot explain cold-room-1/vlave");
  });
});

describe("tail", () => {
  const line = { node: "cold-room-1", at: 0, series: "in/air", value: 4, quality: "good" } as const;
  const talking: Answering = { ...node, lines: [line, line, line] };

  test("ends after as many values as were asked for", async () => {
    const { code, out } = await cli(["tail", "-n", "2", "--json"], [talking]);
    expect(code).toBe(0);
    expect(
      out
        .trim()
        .split("\n")
        .map((one) => JSON.parse(one)),
    ).toEqual([
      { v: 1, ...line },
      { v: 1, ...line },
    ]);
  });
});

test("a tail whose node goes away ends and says why, rather than wait for ever", async () => {
  const { code, err } = await cli(["tail"], [node]);
  expect(code).toBe(1);
  expect(err).toContain("error NODE_SILENT: the values ended");
});

test("explain lists all codes without one, and takes one in any case", async () => {
  expect((await cli(["explain"])).out).toContain("BUS_LOST");
  const { code, out } = await cli(["explain", "bus-lost"]);
  expect(code).toBe(0);
  expect(out).toContain("  says      lost the broker at <url>: <why>");
});

test("version says what it runs on", async () => {
  expect((await cli(["version"])).out).toMatch(/^holdfast 1\.2\.3 \(node \d+\.\d+\.\d+, /);
  expect(JSON.parse((await cli(["version", "--json"])).out)).toMatchObject({
    v: 1,
    version: "1.2.3",
  });
  expect((await cli(["--version"])).out).toBe("1.2.3\n");
});

test("schema prints a JSON Schema", async () => {
  expect(JSON.parse((await cli(["schema", "config"])).out)).toHaveProperty("oneOf");
});

test("a defect of ours is not dressed up as weather", async () => {
  const broken: Answering = {
    ...node,
    answer: () => {
      throw new TypeError("a defect");
    },
  };
  await expect(cli(["status"], [broken])).rejects.toThrow("a defect");
});
