import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { Powers } from "#src/cli/powers.ts";
import type { Shrunken } from "#src/cli/sim/power.ts";
import { cli, type Ran } from "../fake-powers.ts";
import { type FakeSimulation, fakeSimulation, violation } from "./fake-simulation.ts";

let folder = "";
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "holdfast-sim-"));
});
afterAll(() => rmSync(folder, { recursive: true }));

const sim = (
  line: string,
  simulation: FakeSimulation = fakeSimulation(),
  more: Partial<Powers> = {},
): Promise<Ran> =>
  cli(["sim", ...line.split(" ")], [], { simulation: async () => simulation, ...more });

const records = ({ out }: Ran): Record<string, unknown>[] =>
  out
    .trim()
    .split("\n")
    .map((line) => JSON.parse(line));

describe("a simulation that makes no sense", () => {
  test.each([
    ["run --nodes 0", "choose a whole number, 1 … 100000"],
    ["run --hours 0.01", "choose a number of hours, 0.1 … 8784"],
    ["run --hours 1e3", "choose a number of hours"],
    ["run --regions 0", "choose a whole number, 1 … 1000"],
    ["run --nodes 5000 --regions 2", "--nodes 5000 is more than --regions 2 take: 1000 each"],
    ["run --seeds 9..1", "write A..B, such as 1..100"],
    ["run --seed 1 --seeds 1..2", "cannot be used with"],
    ["run --faults cutt", 'there is no kind "cutt" (did you mean cut?); choose all, none, or'],
    ["run --plan nowhere.json", "--plan nowhere.json cannot be read: ENOENT"],
    ["replay", "missing required argument 'seed'"],
    ["replay 1 --nodes 6 --node node-6", "there are node-0 … node-5 and region-0 … region-2"],
    ["plot 1 --nodes 6 --node valve", "--node valve: there are node-0 … node-5"],
    ["scenario flaping-link", "did you mean flapping-link?"],
    ["run --scenario flaping-link", "did you mean flapping-link?"],
    ["run --scenario flapping-link --faults all", "cannot be used with"],
    ["shirnk 1", "unknown command 'shirnk': did you mean shrink?"],
  ])("sim %s ends with 2 and says why", async (line, why) => {
    const { code, out, err } = await sim(line);
    expect({ code, out }).toEqual({ code: 2, out: "" });
    expect(err).toContain(why);
    expect(err).toMatch(/ {2}next {6}\S/);
  });

  test("sim alone names its verbs", async () => {
    const { code, err } = await cli(["sim"]);
    expect(code).toBe(2);
    expect(err).toContain("holdfast sim wants one of run, replay, shrink, scenario, plot");
  });
});

describe("sim run", () => {
  test("is fifty nodes in three regions for a day with all kinds of faults, unless told", async () => {
    const simulation = fakeSimulation();
    expect((await sim("run", simulation)).code).toBe(0);
    expect(simulation.asked).toMatchObject([
      { seed: 1, nodes: 50, regions: 3, hours: 24, sites: [], faults: simulation.faultKinds },
    ]);
  });

  test("takes kinds of faults in the order of the list, however they are said", async () => {
    const simulation = fakeSimulation();
    await sim("run --faults broker-crash,cut", simulation);
    await sim("run --faults none", simulation);
    expect(simulation.asked.map(({ faults }) => faults)).toEqual([["cut", "broker-crash"], []]);
  });

  test("leaves people out where it is told to, and says so in what replays it", async () => {
    const simulation = fakeSimulation([1]);
    const { out } = await sim("run --no-people", simulation);
    await sim("run", simulation);
    expect(simulation.asked.map(({ people }) => people)).toEqual([false, true]);
    expect(out).toMatch(/holdfast sim replay 1 .*--no-people\n$/);
  });

  test("counts violations in JSON, and fails when there are any", async () => {
    const sound = await sim("run --seed 7 --nodes 6 --hours 0.5 --json");
    expect(sound.code).toBe(0);
    expect(records(sound)).toMatchObject([
      { seed: 7, hash: "hash-of-7", nodes: 6, hours: 0.5, violations: 0, events: 1_000 },
    ]);
    const broken = await sim("run --seed 7 --json", fakeSimulation([7]));
    expect(broken.code).toBe(1);
    expect(records(broken)).toMatchObject([{ violations: 12, first: [violation] }]);
    expect(typeof records(broken)[0]?.["speed"]).toBe("number");
  });

  test("of several seeds prints an object each, and one of all at the end", async () => {
    const ran = await sim("run --seeds 3..6 --json", fakeSimulation([4, 6]));
    expect(ran.code).toBe(1);
    expect(records(ran).map(({ seed }) => seed)).toEqual([3, 4, 5, 6, 6]);
    const total = { seed: 6, seeds: 4, failed: [4, 6], violations: 24, events: 4_000 };
    expect(records(ran).at(-1)).toMatchObject(total);
  });

  test("tells people what broke, what was never reached, and how to replay it", async () => {
    const line = "run --seeds 1..2 --nodes 6 --hours 0.5 --faults cut";
    const { out } = await sim(line, fakeSimulation([2]));
    expect(out).toContain("seed 1: no violation  (6 nodes, 3 regions, 0.5 h)");
    expect(out).toContain("seed 2: 12 violations");
    expect(out).toContain("  1:02:03.250  bounded    region-1/node-4     a machine started");
    expect(out).toContain("  faults    cut 2\n");
    expect(out).toContain("  reached   lease lapsed 3\n");
    expect(out).toContain("  never     budget spent\n");
    const replay = "holdfast sim replay 2 --nodes 6 --hours 0.5 --regions 3 --faults cut\n";
    expect(out).toContain(`  replay    ${replay}`);
    expect(out).toContain("seeds 1..2: 1 failed: 2; 2,000 events");
    expect(out.endsWith(`  ${replay}`)).toBe(true);
  });

  test("shows how far it is where somebody looks at it, and wipes the line", async () => {
    let text = "";
    let time = 0;
    const err = { isTTY: true, write: (said: string) => (text += said) };
    await sim("run --nodes 6 --hours 0.5", fakeSimulation(), {
      err,
      now: () => (time += 200),
    });
    expect(text).toContain("seed 1  1:00  3 %  150 times real time  violations 1");
    expect(text.endsWith("\r\u001b[2K")).toBe(true);
  });
});

const least: Shrunken = {
  first: violation,
  broken: violation,
  faults: [{ kind: "cut", at: 61_000, until: 90_000.5, node: 0, way: "both" }],
  nodes: 1,
  hours: 0.1,
  tried: 2,
  done: true,
};

describe("a site file of somebody's own", () => {
  const uplink = { url: "mqtt://127.0.0.1" };
  const readConfig = (config: object): Partial<Powers> => ({
    readConfig: () => ({ ok: true, warnings: [], config: config as never }),
  });

  test("is simulated in place of the ready-made ones, and named in the command", async () => {
    const config = { role: "node", uplink, devices: { plc: {} }, simulation: { plc: {} } };
    const simulation = fakeSimulation([1]);
    const { out } = await cli(["sim", "run", "--site", "my plant.yaml"], [], {
      simulation: async () => simulation,
      ...readConfig(config),
    });
    expect(simulation.asked[0]?.sites).toEqual([config]);
    expect(out).toContain("--regions 3 --site 'my plant.yaml'\n");
  });

  test.each([
    ["", true],
    ["--variants", false],
  ])(
    "%s comes as it is written, or in variants, and a plan says which",
    async (option, asWritten) => {
      const config = { role: "node", uplink, devices: { plc: {} }, simulation: { plc: {} } };
      const simulation = fakeSimulation([7], least);
      const output = join(folder, "variants.json");
      const line = `7 --site one.yaml ${option}`.trim();
      const ran = await sim(`replay ${line}`, simulation, readConfig(config));
      expect(simulation.asked.at(-1)).toMatchObject({ asWritten });
      await sim(`shrink ${line} -o ${output}`, simulation, readConfig(config));
      await sim(`replay 7 --plan ${output}`, simulation, readConfig(config));
      expect(ran.code).toBe(1);
      expect(simulation.asked.at(-1)).toMatchObject({ sites: [config], asWritten });
    },
  );

  test.each([
    [{ role: "region" }, 78, "CONFIG_ROLE"],
    [{ role: "node", devices: {} }, 2, "has no uplink: there is no region to lose"],
    [{ role: "node", uplink, devices: { plc: {} } }, 2, 'no plant for device "plc"'],
  ])("that cannot be simulated is refused: %j", async (config, code, why) => {
    const ran = await sim("run --site one.yaml", fakeSimulation(), readConfig(config));
    expect(ran.code).toBe(code);
    expect(ran.err).toContain(why);
  });
});

describe("sim replay", () => {
  test("prints a line of fixed columns for everything that befell", async () => {
    const { code, out } = await sim("replay 7 --nodes 6 --hours 2", fakeSimulation([7]));
    expect(code).toBe(1);
    expect(out.split("\n").slice(0, 4)).toEqual([
      "  0:00:00.000  mode       region-1/node-4     local: no region was ever heard",
      "  0:01:00.000  fault      region-1            broker-crash, how killed",
      "  0:01:01.000  fault      region-0/node-0     cut, way both",
      "  1:02:03.250  violation  region-1/node-4     bounded: \ufffd[2Jrest",
    ]);
    expect(out).toContain("seed 7: 12 violations");
  });

  test.each([
    ["node-4", [0, 3_723_250.5]],
    ["region-1/node-4", [0, 3_723_250.5]],
    ["region-1", [0, 60_000, 3_723_250.5]],
    ["node-0", [61_000]],
  ])("of %s shows what concerns it", async (name, moments) => {
    const ran = await sim(`replay 7 --nodes 6 --node ${name} --json`);
    const lines = records(ran);
    expect(lines.slice(0, -1).map(({ at }) => at)).toEqual(moments);
    expect(lines.at(-1)).toMatchObject({ seed: 7, violations: 0 });
  });
});

describe("a plan in a file", () => {
  const write = (plan: unknown): string => {
    const path = join(folder, "plan.json");
    writeFileSync(path, typeof plan === "string" ? plan : JSON.stringify(plan));
    return path;
  };
  const cut = { kind: "cut", at: 60_000, until: 90_000, node: 1, way: "both" };

  test("says all that the line does not", async () => {
    const simulation = fakeSimulation();
    const path = write({ seed: 9, nodes: 2, regions: 1, hours: 0.2, faults: [cut] });
    await sim(`run --plan ${path}`, simulation);
    await sim(`replay 5 --plan ${path} --nodes 4`, simulation);
    expect(simulation.asked).toMatchObject([
      { seed: 9, nodes: 2, regions: 1, hours: 0.2, plan: [cut] },
      { seed: 5, nodes: 4, regions: 1, hours: 0.2, plan: [cut] },
    ]);
  });

  test.each([
    ["{", "cannot be read"],
    [{ nodes: 3 }, 'is not a plan: it has no list "faults"'],
    [{ faults: [cut, { ...cut, kind: "flood" }] }, "has a fault 2 that is of no known kind"],
    [{ faults: [{ ...cut, until: 1 }] }, "needs at and until"],
    [{ faults: [{ ...cut, node: "one" }] }, "has a fault 1 that needs node"],
    [{ nodes: 1, faults: [cut] }, "fault 1 (cut) befalls node 1; there are 1"],
    [{ hours: 0.1, faults: [{ ...cut, until: 400_000 }] }, "lasts beyond the end, --hours 0.1"],
    [{ nodes: -1, faults: [] }, "nodes is no whole number"],
    [{ hours: "two", faults: [] }, "hours is no number"],
    [{ hours: 0.01, faults: [] }, "hours is not within 0.1 … 8784"],
    [{ nodes: 0, faults: [] }, "nodes is not within 1 … 100000"],
    [{ v: 2, faults: [] }, "has version 2; this program reads 1"],
    [{ v: "1", faults: [] }, 'has version "1"; this program reads 1'],
    [{ people: "no", faults: [] }, "people is neither true nor false"],
    [{ asWritten: 1, faults: [] }, "asWritten is neither true nor false"],
  ])("that makes none is refused: %j", async (plan, why) => {
    const { code, err } = await sim(`run --plan ${write(plan)}`);
    expect(code).toBe(2);
    expect(err).toContain(why);
  });
});

describe("sim shrink", () => {
  test("writes the least plan that fails and says how to replay it", async () => {
    const output = join(folder, "least.json");
    const simulation = fakeSimulation([7], least);
    const ran = await sim(`shrink 7 --nodes 6 --hours 0.5 -o ${output}`, simulation);
    expect(ran.code).toBe(0);
    expect(ran.err).toBe("try    2  still fails with 1 fault, 1 node, 0.1 h\n");
    expect(ran.out).toContain("least after 2 tries: 1 fault, 1 node, 0.1 h\n");
    expect(ran.out).toContain("  0:01:01.000  to  0:01:30.000  cut, node 0, way both\n");
    expect(ran.out).toContain(`  replay    holdfast sim replay 7 --plan ${output}\n`);
    expect(JSON.parse(readFileSync(output, "utf8"))).toEqual({
      v: 1,
      seed: 7,
      regions: 3,
      nodes: 1,
      hours: 0.1,
      law: "bounded",
      faults: least.faults,
    });
    await sim(`replay 7 --plan ${output}`, simulation);
    expect(simulation.asked.at(-1)).toMatchObject({ nodes: 1, hours: 0.1, plan: least.faults });
  });

  test.each([
    ["--scenario flapping-link", { asWritten: true, people: true }],
    ["--no-people", { asWritten: false, people: false }],
    ["--nodes 6", { asWritten: false, people: true }],
  ])("of a run with %s writes a plan that tells the same story", async (line, same) => {
    const output = join(folder, "same.json");
    const simulation = fakeSimulation([7], least);
    await sim(`shrink 7 ${line} -o ${output}`, simulation);
    await sim(`replay 7 --plan ${output}`, simulation);
    expect(simulation.asked.at(-1)).toMatchObject({ ...same, plan: least.faults });
  });

  test.each(["shrink 7 --nodes 6", "plot 7 --nodes 6"])(
    "%s into a folder that is not there says that it cannot be written",
    async (line) => {
      const ran = await sim(`${line} -o ${join(folder, "no", "file")}`, fakeSimulation([7], least));
      expect(ran.code).not.toBe(0);
      expect(ran.code).not.toBe(2);
      expect(ran.err).toContain("FILE_UNWRITABLE");
    },
  );

  test("of a seed that holds says so", async () => {
    const { code, out } = await sim("shrink 7");
    expect(code).toBe(0);
    expect(out).toBe("seed 7 breaks no law: there is nothing to shrink\n");
  });
});

describe("sim scenario", () => {
  test("without a name lists the stories", async () => {
    const { out } = await sim("scenario");
    expect(out).toBe("flapping-link  (3 nodes, 0.5 h, 1 fault)\n  A link comes and goes.\n");
  });

  test("plays one with its own plan and ends with a verdict", async () => {
    const simulation = fakeSimulation();
    const { code, out } = await sim("scenario flapping-link --seed 4", simulation);
    expect(code).toBe(0);
    expect(out.startsWith("A link comes and goes.\n\n  0:00:00.000  mode")).toBe(true);
    expect(out).toContain("seed 4: no violation  (3 nodes, 1 region, 0.5 h)");
    expect(simulation.asked).toMatchObject([{ seed: 4, plan: [{ kind: "cut" }], people: true }]);
  });

  test("leaves people out where it is told to, and says so in what plays it again", async () => {
    const simulation = fakeSimulation([4]);
    const { out } = await sim("scenario flapping-link --seed 4 --no-people", simulation);
    expect(simulation.asked).toMatchObject([{ people: false }]);
    expect(out).toMatch(/holdfast sim scenario flapping-link --seed 4 --no-people\n$/);
  });
});

test("a story can be run with many seeds, and in another size", async () => {
  const simulation = fakeSimulation([2]);
  const { out } = await sim("run --scenario flapping-link --seeds 1..2 --nodes 5", simulation);
  const [plan] = simulation.scenarios.map(({ faults }) => faults);
  const same = { nodes: 5, regions: 1, hours: 0.5, plan };
  expect(simulation.asked).toMatchObject([
    { seed: 1, ...same },
    { seed: 2, ...same },
  ]);
  const replay = "sim replay 2 --nodes 5 --hours 0.5 --regions 1 --scenario flapping-link\n";
  expect(out).toContain(replay);
});

test("sim plot writes a picture of one node, with the faults that befell it", async () => {
  const output = join(folder, "plot.svg");
  const simulation = fakeSimulation();
  const { code, out } = await sim(
    `plot 7 --nodes 6 --hours 0.5 --node node-4 -o ${output}`,
    simulation,
  );
  expect(code).toBe(0);
  expect(out).toBe(`region-1/node-4 with 1 fault is in ${output}\n`);
  expect(simulation.asked).toMatchObject([{ trace: 4 }]);
  expect(readFileSync(output, "utf8")).toContain("<title>cut, way both</title>");
});
