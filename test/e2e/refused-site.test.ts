import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { afterAll, beforeAll, expect, test } from "vitest";
import { Fleet } from "./fleet.ts";
import { coldRoom, type Site } from "./sites.ts";

/** What a person sees who starts a node with a file that cannot be right. */
const node = "room-1";
let fleet: Fleet;

beforeAll(async () => {
  fleet = await Fleet.plan({ broker: "none", nodes: { [node]: coldRoom } });
});
afterAll(() => fleet.close());

test.each([
  ["an unknown key", "CONFIG_UNKNOWN_KEY", { loops: { cooling: { setpiont: "4 degC" } } }],
  ["a wrong type", "CONFIG_TYPE", { devices: { plc: { port: "high" } } }],
  [
    "two outputs in one register",
    "CONFIG_OVERLAP",
    { outputs: { fan: { register: { kind: "coil", address: 0 } } } },
  ],
  [
    "a setpoint outside its bounds",
    "CONFIG_BOUNDS",
    { loops: { cooling: { setpoint: "20 degC" } } },
  ],
])("%s is shown where it stands, and nothing is started", async (_, code, wrong) => {
  const path = fleet.configOf("wrong");
  const site = coldRoom.site(fleet.place(node));
  const text = JSON.stringify(merged(site, wrong), undefined, 2);
  writeFileSync(path, text);
  const { code: exit, said } = await fleet.run("run", "--config", path);
  expect(exit, said).toBe(78);
  expect(said).toContain(code);
  expect(said).toContain("CONFIG_REFUSED");
  const [, line = "0", column = "0"] = /wrong\.yaml:(\d+):(\d+)/.exec(said) ?? [];
  expect(text.split("\n")[Number(line) - 1]?.slice(Number(column) - 1)).not.toBe("");
  expect(said).toMatch(/^[ |\d]*\^+/m);
  expect(existsSync(fleet.dataOf(node))).toBe(false);
});

test("a sound file is not refused by the same judge", async () => {
  const { code, said } = await fleet.run("run", "--check", "--config", fleet.configOf(node));
  expect(code, said).toBe(0);
  expect(readFileSync(fleet.configOf(node), "utf8")).not.toContain("setpiont");
});

/** Objects key by key, all else replaced. */
function merged(into: unknown, from: unknown): unknown {
  if (!isObject(into) || !isObject(from)) return from;
  const changed = Object.entries(from).map(([key, value]) => [key, merged(into[key], value)]);
  return { ...into, ...Object.fromEntries(changed) } satisfies Partial<Site>;
}

const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === "object" && value !== null && !Array.isArray(value);
