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
  const loops = control.loops.map((loop) => ({ ...loop, tuning }));
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
    expect(out).toContain("where it is now, plus and minus 0.1");
    expect(out).toContain("the same line with --approve");
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
    const node: Answering = { ...tuned(done), answer: () => refused };
    const { code, err } = await cli([...line, "--approve"], [node], ticking);
    expect(code).toBe(1);
    expect(err).toContain("its input is not good");
  });
});
