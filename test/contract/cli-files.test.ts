import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { type AddressInfo, createServer, type Server } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { readConfig } from "#src/adapters/config-file.ts";
import { checkFolder } from "#src/cli/doctor/folder.ts";
import { checkTcp } from "#src/cli/doctor/tcp.ts";
import type { Powers } from "#src/cli/powers.ts";
import { cli, type Ran } from "#test/unit/cli/fake-powers.ts";

let folder: string;
let server: Server;
let port: number;

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), "holdfast-cli-"));
  server = createServer();
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  ({ port } = server.address() as AddressInfo);
});

afterEach(() => {
  server.close();
  rmSync(folder, { recursive: true });
});

const inFolder = (name: string): string => join(folder, name);

/** A command line with the real reader of configurations. */
const run = (line: readonly string[], more: Partial<Powers> = {}): Promise<Ran> =>
  cli(line, [], {
    readConfig,
    runtimeFolder: () => folder,
    dataFolder: (_, id) => inFolder(id),
    probeStore: async () => ({ ok: true, evidence: "wrote and read a row" }),
    probeBroker: async () => ({ ok: true, evidence: "there and back in 2 ms" }),
    ...more,
  });

describe("init", () => {
  test.each([
    [["--plant", "cold-room"], "node node-1 in region region-1"],
    [["--plant", "tank", "--node", "tank-3"], "node tank-3 in region region-1"],
    [["--plant", "hvac-two-zone", "--region", "north"], "node node-1 in region north"],
    [["--role", "region", "--region", "north"], "region north"],
  ])("%j writes what run would run", async (options, says) => {
    const path = inFolder("site.yaml");
    expect((await run(["init", ...options, "--output", path])).code).toBe(0);
    const { code, out, err } = await run(["run", "--check", "--config", path]);
    expect({ code, err }).toEqual({ code: 0, err: "" });
    expect(out).toContain(`ok ${path} would run ${says}`);
  });

  test("never replaces a file by itself", async () => {
    const path = inFolder("site.yaml");
    writeFileSync(path, "mine");
    const { code, err } = await run(["init", "--output", path]);
    expect(code).toBe(1);
    expect(err).toContain("error FILE_EXISTS: no configuration was written");
    expect(readFileSync(path, "utf8")).toBe("mine");
    expect((await run(["init", "--output", path, "--force"])).code).toBe(0);
    expect(readFileSync(path, "utf8")).toContain("role: node");
  });

  test("prints to standard output for -, and says why a folder cannot take it", async () => {
    expect((await run(["init", "--output", "-"])).out).toContain("role: node");
    const { code, err } = await run(["init", "--output", inFolder("no/such/site.yaml")]);
    expect(code).toBe(1);
    expect(err).toContain("error FILE_UNWRITABLE: no configuration was written");
    expect(err).toContain("ENOENT");
  });
});

describe("run", () => {
  test("starts nothing with a configuration that has a mistake, and marks each", async () => {
    const path = inFolder("site.yaml");
    await run(["init", "--output", path]);
    writeFileSync(path, readFileSync(path, "utf8").replace("setpoint:", "setpiont:"));
    for (const check of [[], ["--check"]]) {
      const { code, out, err } = await run(["run", "--config", path, ...check]);
      expect({ code, out }).toEqual({ code: 78, out: "" });
      expect(err).toMatch(/error CONFIG_UNKNOWN_KEY .*did you mean setpoint\?\n.*\n.*\^{8}/);
      expect(err).toContain("error CONFIG_REFUSED");
    }
  });

  test("tells programs of each mistake with its place", async () => {
    const path = inFolder("site.yaml");
    writeFileSync(path, "role: node\nnode: n1\n");
    const { code, out } = await run(["run", "--check", "--json", "--config", path]);
    expect(code).toBe(78);
    const said = JSON.parse(out);
    expect(said).toMatchObject({ v: 1, ok: false, path });
    expect(said.problems[0]).toMatchObject({ code: "CONFIG_MISSING", file: path });
  });

  test("hands a sound configuration on, and its exit code back", async () => {
    const path = inFolder("region.yaml");
    await run(["init", "--role", "region", "--output", path]);
    const started: unknown[] = [];
    const { code } = await run(["run", "--config", path], {
      runRole: async (config) => {
        started.push(config);
        return 7;
      },
    });
    expect({ code, started }).toMatchObject({ code: 7, started: [{ role: "region" }] });
  });

  test("names every place it looked in when there is no configuration", async () => {
    const { code, err } = await run(["run", "--config", inFolder("none.yaml")]);
    expect(code).toBe(78);
    expect(err).toContain("CONFIG_UNREADABLE");
  });
});

describe("devices", () => {
  test("takes several nodes, and no region", async () => {
    const paths = [inFolder("a.yaml"), inFolder("b.yaml"), inFolder("region.yaml")] as const;
    await run(["init", "--node", "a", "--output", paths[0]]);
    await run(["init", "--node", "b", "--output", paths[1]]);
    await run(["init", "--role", "region", "--output", paths[2]]);
    const served: string[] = [];
    const runDevices: Powers["runDevices"] = async (configs) => {
      served.push(...configs.map(({ node }) => node));
      return 0;
    };
    expect((await run(["devices", "-c", paths[0], "-c", paths[1]], { runDevices })).code).toBe(0);
    expect(served).toEqual(["a", "b"]);
    const { code, err } = await run(["devices", "-c", paths[2]], { runDevices });
    expect(code).toBe(78);
    expect(err).toContain("is of role region, not node");
  });
});

describe("doctor", () => {
  const siteWith = async (devicePort: number): Promise<string> => {
    const path = inFolder("site.yaml");
    await run(["init", "--output", path]);
    const text = readFileSync(path, "utf8")
      .replace(/port: \d+/g, `port: ${devicePort}`)
      .replace(/mqtt:\/\/[^\s"]+/, `mqtt://127.0.0.1:${port}`);
    writeFileSync(path, text);
    return path;
  };

  test("finds nothing where all is well", async () => {
    const { code, out } = await run(["doctor", "--json", "--config", await siteWith(port)]);
    const { healthy, checks } = JSON.parse(out);
    expect({ code, healthy }).toEqual({ code: 0, healthy: true });
    const names = checks.map(({ name }: { name: string }) => name);
    for (const name of ["config", "clock", "data folder", "broker", "round trip"]) {
      expect(names).toContain(name);
    }
  });

  test("names a device that does not answer and what to do, and fails for it", async () => {
    const path = await siteWith(port);
    server.close();
    const { code, out } = await run(["doctor", "--config", path]);
    expect(code).toBe(1);
    expect(out).toMatch(/failed +device \S+ +127\.0\.0\.1:\d+: ECONNREFUSED/);
    expect(out).toContain("→ check its power and cable");
    expect(out).toMatch(/skipped +round trip +no connection/);
  });

  test("says that a closed port refuses, and that an open one takes a connection", async () => {
    expect(await checkTcp("127.0.0.1", port)).toMatchObject({ ok: true });
    server.close();
    expect(await checkTcp("127.0.0.1", port)).toEqual({
      ok: false,
      why: `127.0.0.1:${port}: ECONNREFUSED`,
    });
  });

  test("judges a folder that is not there by the one it would be made in", () => {
    expect(checkFolder("data folder", inFolder("a/b"))).toMatchObject({ result: "ok" });
    writeFileSync(inFolder("file"), "");
    expect(checkFolder("data folder", inFolder("file/b"))).toMatchObject({
      result: "failed",
      evidence: `${inFolder("file")} is no folder`,
    });
  });
});
