import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { type Fault, fault } from "#src/base/fault.ts";
import type { ReplayReport } from "#src/contract/journal.ts";
import { type Answering, cli } from "./fake-powers.ts";
import { now } from "./scene.ts";

const same: ReplayReport = {
  agent: "control",
  node: "pump-1",
  recordedBy: "1.2.0",
  written: now - 60_000,
  why: "somebody asked for it",
  steps: 120,
  restarts: 0,
  from: now - 180_000,
  to: now - 60_000,
  verdict: "identical",
  difference: null,
};
const other: ReplayReport = {
  ...same,
  verdict: "different",
  difference: {
    step: 7,
    line: 9,
    at: now - 170_000,
    given: "cycle",
    path: "effects[0].value",
    recorded: "0.25",
    replayed: "0.5",
  },
};
const replaying = (report: ReplayReport | Fault) => ({
  replay: async () => report,
});

describe("replay", () => {
  test("says that the same came out, and exits with 0", async () => {
    const { code, out } = await cli(["replay", "a.jsonl"], [], replaying(same));
    expect(code).toBe(0);
    expect(out).toContain("identical: the same came out of all 120 steps, bit for bit");
    expect(out).toContain("recorded by 1.2.0, replayed by 1.2.3");
  });

  test("names the first difference with its place and both values, and exits with 1", async () => {
    const { code, out } = await cli(["replay", "a.jsonl"], [], replaying(other));
    expect(code).toBe(1);
    for (const part of ["step 7 (cycle)", "line 9", "effects[0].value", "0.25", "0.5"]) {
      expect(out).toContain(part);
    }
  });

  test("gives the same to programs", async () => {
    const { code, out } = await cli(["replay", "a.jsonl", "--json"], [], replaying(other));
    expect(code).toBe(1);
    expect(JSON.parse(out)).toEqual({ v: 1, ...other, replayedBy: "1.2.3" });
  });

  test("exits with 2 when the file is no journal, and says where", async () => {
    const met = fault("JOURNAL_UNREADABLE", {
      path: "a.jsonl",
      line: 3,
      why: "it was cut off here",
    });
    const { code, err } = await cli(["replay", "a.jsonl"], [], replaying(met));
    expect(code).toBe(2);
    expect(err).toContain("a.jsonl:3: it was cut off here");
  });
});

describe("journal", () => {
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), "hf-"));
    writeFileSync(join(folder, "control-1.jsonl"), "all of it\n");
  });
  afterEach(() => rmSync(folder, { recursive: true, force: true }));

  const node = (): Answering => ({
    role: "node",
    id: "pump-1",
    answer: () => ({ path: join(folder, "control-1.jsonl"), steps: 12 }),
  });

  test("asks the node for its control agent's and copies the file", async () => {
    const output = join(folder, "copy.jsonl");
    const ran = await cli(["journal", "pump-1", "-o", output], [node()]);
    expect(ran).toMatchObject({ code: 0, out: expect.stringContaining("12 steps") });
    expect(ran.asked[0]?.query).toEqual({ v: 1, verb: "journal", agent: "control" });
    expect(readFileSync(output, "utf8")).toBe("all of it\n");
  });

  test("replaces a file only when it is told to", async () => {
    const output = join(folder, "copy.jsonl");
    writeFileSync(output, "mine");
    const line = ["journal", "pump-1", "-o", output];
    const ran = await cli(line, [node()]);
    expect(ran).toMatchObject({ code: 1, err: expect.stringContaining("FILE_EXISTS") });
    expect(readFileSync(output, "utf8")).toBe("mine");
    expect((await cli([...line, "--force"], [node()])).code).toBe(0);
    expect(readFileSync(output, "utf8")).toBe("all of it\n");
  });

  test("says why there is none", async () => {
    const silent = await cli(["journal", "pump-1"], []);
    expect(silent).toMatchObject({ code: 1, err: expect.stringContaining("NOT_RUNNING") });
    const met = fault("JOURNAL_LOST", { agent: "control", why: "ENOSPC" });
    const full = await cli(["journal", "pump-1"], [{ ...node(), answer: () => met }]);
    expect(full).toMatchObject({ code: 1, err: expect.stringContaining("ENOSPC") });
  });
});
