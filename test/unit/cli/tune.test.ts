import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, describe, expect, test } from "vitest";
import { fault } from "#src/base/fault.ts";
import type { Powers } from "#src/cli/powers.ts";
import type { NodeStatus, TuningStatus } from "#src/contract/query.ts";
import { type Answering, cli } from "./fake-powers.ts";
import { cutOffNode } from "./reports.ts";

type Outcome = TuningStatus["outcome"];
const done: Outcome = {
  kind: "done",
  gain: 10.82,
  period: 3_784,
  proposal: { gain: 3.381_25, integralTime: 8_324.8 },
};

/** A node whose test comes to this. */
function tuned(outcome: Outcome): Answering {
  const node = cutOffNode as NodeStatus;
  const control = node.control as NonNullable<NodeStatus["control"]>;
  const tuning = {
    id: "t",
    owner: "ada",
    reason: "r",
    action: "direct",
    unit: null,
    outcome,
  } as const;
  const loops = control.loops.map((loop) => ({ ...loop, kind: "pid", tuning }));
  const status = { ...node, control: { ...control, loops } };
  return {
    role: "node",
    id: "cold-room-1",
    answer: (query) => (query.verb === "status" ? status : {}),
  };
}
const ticking: Partial<Powers> = {
  tailLocal(_, onLine) {
    const line = { node: "n", at: 0, series: "loop/cooling/setpoint", value: 4 } as const;
    queueMicrotask(() => onLine({ ...line, quality: "good" }));
    return { close: () => undefined };
  },
};
const folders: string[] = [];
function siteFile(): string {
  const folder = mkdtempSync(join(tmpdir(), "holdfast-tune-"));
  folders.push(folder);
  const path = join(folder, "holdfast.yaml");
  writeFileSync(path, "loops:\n  cooling:\n    gain: 2      # old\n    integralTime: 90s\n");
  return path;
}
afterEach(() => {
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true });
});

const line = ["tune", "cold-room-1/cooling", "--amplitude", "0.1", "--reason", "commissioning"];
const read = (path: string): Partial<Powers> => ({
  ...ticking,
  readConfig: (asked) => ({ ok: true, warnings: [], config: { path, asked } as never }),
});

describe("a test of a loop's process", () => {
  test("is only described before somebody approved it", async () => {
    const { code, out, asked } = await cli(line, [tuned(done)]);
    expect(code).toBe(0);
    expect(asked).toEqual([]);
    expect(out).toContain("output    compressor, from where it is now, 1, by plus and minus 0.1\n");
    expect(out).toContain("when the process value is 0 degC beyond where it is now");
    expect(out).toContain("the same line with --approve");
  });

  test("is described for programs, too", async () => {
    const { out } = await cli([...line, "--json"], [tuned(done)]);
    expect(JSON.parse(out)).toMatchObject({
      approved: false,
      output: "compressor",
      amplitude: 0.1,
    });
  });

  test("of a loop that is not there, or switches, or at a node that does not run, is not described", async () => {
    const nonsense = ["tune", "cold-room-1/coolin", ...line.slice(2)];
    const absent = await cli(nonsense, [tuned(done)]);
    expect(absent).toMatchObject({ code: 1, out: "", asked: [] });
    expect(absent.err).toContain("error SETPOINT_UNKNOWN_LOOP: cold-room-1/coolin was not tuned");
    expect((await cli(line, [])).err).toContain('no node "cold-room-1" runs here');
    const switching: Answering = { ...tuned(done), answer: () => cutOffNode };
    expect((await cli(line, [switching])).err).toContain("it switches on and off");
  });

  test("has an amplitude above 0, but that a step may go down", async () => {
    const by = (...more: string[]) =>
      cli(["tune", "cold-room-1/cooling", "--reason", "r", ...more], [tuned(done)]);
    const down = await by("--amplitude", "-0.1");
    expect(down).toMatchObject({ code: 2, out: "", asked: [] });
    expect(down.err).toContain("a relay goes to either side by its amplitude: say 0.1, not -0.1");
    expect((await by("--amplitude", "0")).code).toBe(2);
    const step = await by("--amplitude", "-0.1", "--method", "step");
    expect(step.out).toContain("from where it is now, 1, by -0.1, after a look");
  });

  test("that somebody ended with Ctrl-C says so, after the node was told", async () => {
    const running = tuned({ kind: "running", periods: 1 });
    const interrupted: Partial<Powers> = {
      tailLocal(...given) {
        queueMicrotask(() => process.emit("SIGINT", "SIGINT"));
        return (ticking.tailLocal as Powers["tailLocal"])(...given);
      },
    };
    const { code, err, asked } = await cli([...line, "--approve"], [running], interrupted);
    expect(code).toBe(1);
    expect(asked.at(-1)?.query).toEqual({ v: 1, verb: "tune-stop", loop: "cooling" });
    expect(err).toContain("loop cooling is not tuned: it was ended by hand");
    expect(err).toContain("the loop has its output again");
  });

  test("says in its help how long it takes, in words", async () => {
    const { out } = await cli(["tune", "--help"]);
    expect(out).toMatch(/gives up after this long \(default: 30m\)/);
  });

  test("is asked of the node with its limits, and ends in a change of the site file", async () => {
    const path = siteFile();
    const whole = [...line, "--approve", "-c", path];
    const { code, out, asked } = await cli(whole, [tuned(done)], read(path));
    expect(code).toBe(0);
    expect(asked[0]?.query).toEqual({
      v: 1,
      verb: "tune",
      loop: "cooling",
      method: "relay",
      amplitude: 0.1,
      hysteresis: 0,
      for: 1_800_000,
      owner: "ada",
      reason: "commissioning",
    });
    expect(out).toContain("swings with a period of 3.784s at a gain of 10.82");
    expect(out).toContain("-    gain: 2      # old\n+    gain: 3.38      # old\n");
    expect(out).toContain("-    integralTime: 90s\n+    integralTime: 8.32s\n");
    expect(readFileSync(path, "utf8")).toContain("gain: 2 ");
    await cli([...whole, "--write"], [tuned(done)], read(path));
    expect(readFileSync(path, "utf8")).toContain("gain: 3.38      # old\n    integralTime: 8.32s");
  });

  test("that was ended by a limit fails, and says which", async () => {
    const aborted = tuned({ kind: "aborted", why: "the process value 31 left 10 … 30" });
    const { code, err } = await cli([...line, "--approve"], [aborted], ticking);
    expect(code).toBe(1);
    expect(err).toContain("the process value 31 left 10 … 30");
  });

  test("that the node refuses is not waited for", async () => {
    const refused = fault("TUNE_REFUSED", { loop: "cooling", why: "its input is not good" });
    const node: Answering = {
      ...tuned(done),
      answer: (query) => (query.verb === "tune" ? refused : tuned(done).answer(query)),
    };
    const { code, err } = await cli([...line, "--approve"], [node], ticking);
    expect(code).toBe(1);
    expect(err).toContain("its input is not good");
  });
});
