import { expect, test } from "vitest";
import type { Powers } from "#src/cli/powers.ts";
import { Config } from "#src/contract/config.ts";
import { tankSite } from "../contract/site.ts";
import { cli } from "./fake-powers.ts";

function site(simulation: ReturnType<typeof tankSite>["simulation"]): Partial<Powers> {
  const config = Config.parse({ ...tankSite(), simulation });
  return {
    readConfig: () => ({ ok: true, config, warnings: [], origins: new Map() }),
    runDevices: async () => 0,
  };
}
const line = ["devices", "-c", "site.yaml"];

test("devices of a site that simulates none are an error that names the key", async () => {
  for (const none of [undefined, {}]) {
    const { code, err } = await cli(line, [], site(none));
    expect(code).toBe(1);
    expect(err).toContain("error SIMULATION_REFUSED: no device was started");
    expect(err).toContain("evidence  n1: simulation: is missing in site.yaml");
    expect(err).toContain("next      add simulation: with the plant behind each device");
  }
});

test("devices of a site that simulates one are served", async () => {
  const simulation = { plc: { plant: "tank", signals: { level: "level" } } };
  expect(await cli(line, [], site(simulation))).toMatchObject({ code: 0, err: "" });
});
