import { chmodSync, mkdirSync, readdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { checkSimulation } from "#firmware-sim/check-simulation.ts";
import { type Check, readConfig } from "#src/adapters/config-file.ts";
import { initTemplate, type Template } from "#src/cli/init-template.ts";
import { bench } from "./config-bench.ts";

const { folder, path, read, seen } = bench();
const simulated: Check = (config) => (config.role === "node" ? checkSimulation(config) : []);
const coldRoom = initTemplate({ role: "node", node: "n1", region: "north" });

describe("files to start from", () => {
  const templates: Template[] = [
    { role: "region", node: "", region: "north" },
    { role: "node", node: "n1", region: "north" },
    { role: "node", node: "007", region: "null", plant: "tank" },
    { role: "node", node: "1e3", region: "true", plant: "hvac-two-zone" },
    { role: "node", node: "n1", region: "north", plant: "refrigeration-rack" },
    { role: "node", node: "n1", region: "north", plant: "air-handler" },
    { role: "node", node: "n1", region: "north", plant: "pump-station" },
    { role: "node", node: "n1", region: "north", plant: "solar-battery" },
    { role: "node", node: "n1", region: "north", plant: "ev-charging" },
  ];

  test.each(templates)("the template of a $role with plant $plant passes as it is", (template) => {
    const result = read(initTemplate(template), { checks: [simulated] });
    expect(result).toMatchObject({ ok: true, warnings: [], config: { region: template.region } });
  });

  const sites = new URL("../../agents/sites/", import.meta.url).pathname;
  test.each(readdirSync(sites))("%s passes without a warning", (name) => {
    const result = readConfig(join(sites, name), { env: {}, checks: [simulated] });
    expect(result).toMatchObject({ ok: true, warnings: [] });
  });
});

describe("a file is unreadable that", () => {
  test("is not there, a folder, or too large", () => {
    const missing = readConfig(join(folder, "none.yaml"), { env: {} });
    expect(missing).toMatchObject({
      ok: false,
      problems: [{ code: "CONFIG_UNREADABLE", line: 0 }],
    });
    const aFolder = readConfig(folder, { env: {} });
    expect(aFolder).toMatchObject({ problems: [{ message: "is a folder" }] });
    expect(seen("#".repeat(1024 * 1024 + 1))).toContain("is larger than 1024 KiB");
  });

  test("this user may not read", () => {
    writeFileSync(join(folder, "locked.yaml"), "");
    chmodSync(join(folder, "locked.yaml"), 0);
    const locked = asOrdinaryUser(() => readConfig(join(folder, "locked.yaml"), { env: {} }));
    expect(locked).toMatchObject({ problems: [{ message: "this user may not read it" }] });
  });

  test("is not UTF-8, and says where", () => {
    const latin1 = Buffer.from("role: region\nregion: caf\xe9-1\n", "latin1");
    expect(seen(latin1)).toBe(`
holdfast.yaml:2:12 error CONFIG_UNREADABLE is not UTF-8 text
    2 | region: caf\ufffd
      |            ^
    fix: save it in the encoding UTF-8
`);
  });

  test("but a byte order mark and Windows line ends are no fault", () => {
    expect(read("\ufeffrole: region\r\nregion: north\r\n").ok).toBe(true);
    expect(seen("\ufeffrole: region\r\nregion: No\r\n")).toContain("holdfast.yaml:2:9 error");
  });
});

describe("CF1: the environment", () => {
  const region = "role: region\nregion: north\nbroker:\n  listen: { port: 1884 }\n";

  test("goes before the file, the file before defaults, and each is known by its origin", () => {
    const result = read(region, {
      env: {
        HOLDFAST_BROKER__LISTEN__PORT: "1885",
        HOLDFAST_LEASE__TTL: "20s",
        PATH: "/bin",
      },
    });
    expect(result).toMatchObject({
      ok: true,
      config: {
        region: "north",
        broker: { listen: { host: "127.0.0.1", port: 1885 } },
        lease: { ttl: 20_000, renew: 3_000 },
      },
    });
    const origins = result.ok ? result.origins : new Map();
    expect(origins.get("region")).toBe(`${path}:2`);
    expect(origins.get("broker.listen.port")).toBe("environment HOLDFAST_BROKER__LISTEN__PORT");
    expect(origins.get("lease.ttl")).toBe("environment HOLDFAST_LEASE__TTL");
    expect(origins.has("lease.renew")).toBe(false);
  });

  test("is text where text is wanted, and may be a list", () => {
    const env = {
      HOLDFAST_NODE: "007",
      HOLDFAST_LOOPS__COOLING__BOUNDS: "[3, 7 degC]",
      HOLDFAST_LOOPS__COOLING__SETPOINT: "5",
    };
    expect(read(coldRoom, { env })).toMatchObject({
      ok: true,
      config: { node: "007", loops: { cooling: { bounds: [{ value: 3 }, { value: 7 }] } } },
    });
  });

  test("may name a file with the value", () => {
    writeFileSync(join(folder, "url"), "mqtt://elsewhere\n");
    const env = { HOLDFAST_BROKER__URL_FILE: join(folder, "url") };
    expect(read("role: region\nregion: north\n", { env })).toMatchObject({
      config: { broker: { url: "mqtt://elsewhere" } },
    });
  });

  test("is refused with its name, beside what is wrong with the file", () => {
    const env = {
      HOLDFAST_BROKER__LISTEN__PORT: "http",
      HOLDFAST_BROKER__URL_FILE: "/nowhere/url",
      HOLDFAST_LEASE__TTL: "1ms",
      holdfast_lease__ttl: "5s",
      HOLDFAST_LEESE__TTL: "5s",
    };
    expect(seen("role: region\nregion: N\n", { env })).toBe(`
holdfast.yaml:2:9 error CONFIG_TYPE region: expected an id (1 to 32 of a-z, 0-9, _ and -, first a letter or digit), found "N"
    2 | region: N
      |         ^
    fix: write n

environment HOLDFAST_BROKER__LISTEN__PORT: error CONFIG_TYPE broker.listen.port: expected a whole number, found "http"
    fix: write a whole number

environment HOLDFAST_LEASE__TTL: error CONFIG_BOUNDS lease.ttl: "1ms" is outside 2s … 10m
    fix: choose a length inside

environment HOLDFAST_BROKER__URL_FILE: error CONFIG_ENVIRONMENT broker.url: /nowhere/url: there is no such file
    fix: name a file with the value as its text

environment HOLDFAST_LEESE__TTL: error CONFIG_ENVIRONMENT names no key of the configuration, did you mean HOLDFAST_LEASE__TTL?
    fix: rename it to HOLDFAST_LEASE__TTL

environment holdfast_lease__ttl: error CONFIG_ENVIRONMENT lease.ttl: is set by HOLDFAST_LEASE__TTL too
    fix: unset one of the two
`);
  });
});

describe("drop-in files", () => {
  const conf = join(folder, "conf.d");

  test("are laid over the file in the order of their names, key by key", () => {
    mkdirSync(conf, { recursive: true });
    writeFileSync(join(conf, "20-last.yaml"), "lease: { ttl: 30s }\n");
    writeFileSync(join(conf, "10-first.yaml"), "lease: { ttl: 20s, renew: 5s }\n");
    writeFileSync(join(conf, "notes.txt"), "not read");
    const result = read("role: region\nregion: north\n", { conf });
    expect(result).toMatchObject({
      config: { region: "north", lease: { ttl: 30_000, renew: 5_000 } },
    });
    const origins = result.ok ? result.origins : new Map();
    expect(origins.get("lease.ttl")).toBe(`${join(conf, "20-last.yaml")}:1`);
  });

  test("have places of their own in what is said of them", () => {
    writeFileSync(join(conf, "20-last.yaml"), "\nlease: { til: 30s }\n");
    const said = seen("role: region\nregion: N\n", { conf });
    expect(said.match(/^\S+ error \w+/gm)).toEqual([
      "holdfast.yaml:2:9 error CONFIG_TYPE",
      "conf.d/20-last.yaml:2:10 error CONFIG_UNKNOWN_KEY",
    ]);
  });

  test("are optional, but a folder that cannot be listed is a problem", () => {
    const text = "role: region\nregion: north\n";
    expect(read(text, { conf: join(folder, "none.d") }).ok).toBe(true);
    expect(seen(text, { conf: path })).toContain("CONFIG_UNREADABLE cannot be listed");
  });
});

/** Root may read everything; for these lines it is nobody. */
function asOrdinaryUser<T>(work: () => T): T {
  if (process.getuid?.() !== 0) return work();
  process.seteuid?.(65_534);
  try {
    return work();
  } finally {
    process.seteuid?.(0);
  }
}
