import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { Fleet } from "./fleet.ts";
import { coldRoom } from "./sites.ts";
import { until } from "./until.ts";

/** The journal of a real process, run again by another. */
const node = "room-1";
let fleet: Fleet;

beforeEach(async () => {
  fleet = await Fleet.raise({ broker: "embedded", nodes: { [node]: coldRoom } });
});
afterEach(() => fleet.close());

describe("a node's journal", { timeout: 60_000 }, () => {
  test("is replayed bit for bit, of its control agent and of its link agent", async () => {
    await fleet.mode("connected");
    const isGood = async (good: boolean): Promise<boolean> => {
      const inputs = (await fleet.status(node))?.control?.inputs ?? [];
      return inputs.length > 0 && inputs.every(({ quality }) => quality === "good") === good;
    };
    await until("all its inputs were read", () => isGood(true), { within: 30_000 });
    fleet.tellDevice(node, { fault: { kind: "dropout" } });
    await until("its input is old", () => isGood(false), { within: 30_000 });
    for (const agent of ["control", "link"]) {
      const file = join(fleet.folder, `${agent}.jsonl`);
      const asked = await fleet.run("journal", node, "--agent", agent, "-o", file);
      expect(asked, asked.said).toMatchObject({ code: 0 });
      const { code, said } = await fleet.run("replay", file, "--json");
      expect(code, said).toBe(0);
      const report = JSON.parse(said.trim().split("\n").at(-1) ?? "");
      expect(report).toMatchObject({ agent, node, verdict: "identical", difference: null });
      expect(report.steps).toBeGreaterThan(10);
    }
  });
});
