import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { drivers, trespasses } from "./drivers.ts";
import { root } from "./repository.ts";

const says = (path: string, text: string): string | undefined =>
  trespasses({ path, text })[0]?.says;

describe("a driver outside its fence is seen", () => {
  test.each([
    ["src/adapters/pino-log.ts", "better-sqlite3"],
    ["src/run-node.ts", "mqtt"],
    ["src/adapters/sqlite-audit.ts", "mqtt"],
    ["src/adapters/mqtt-bus.ts", "pino"],
    ["src/contract/config.ts", "yaml"],
    ["src/adapters/mqtt-bus.ts", "modbus-serial"],
    ["firmware-sim/plant.ts", "modbus-serial"],
    ["broker/access.ts", "aedes"],
    ["broker/access.ts", "aedes/lib/persistence.js"],
    ["src/main.ts", "commander"],
    ["src/core/agent.ts", "zod"],
    ["src/base/rng.ts", "fast-check"],
    ["src/core/agent.ts", "vitest"],
  ])("%s importing %s", (path, specifier) => {
    expect(says(path, `import it from "${specifier}";`)).toMatch(/may be imported by/);
  });

  test("a package without a row", () => {
    expect(says("src/adapters/mqtt-bus.ts", 'import it from "left-pad";')).toMatch(/no row/);
    expect(says("src/adapters/mqtt-bus.ts", 'import it from "@scope/it/deep";')).toMatch(
      /@scope\/it has no row/,
    );
  });
});

test("a driver inside its fence is welcome", () => {
  expect(says("src/adapters/sqlite-audit.ts", 'import it from "better-sqlite3";')).toBeUndefined();
  expect(says("broker/aedes-broker.ts", 'import { it } from "aedes";')).toBeUndefined();
});

test("types of zod go anywhere, zod itself does not", () => {
  expect(says("src/core/agent.ts", 'import type { z } from "zod";')).toBeUndefined();
  expect(says("src/core/agent.ts", 'import { type z } from "zod";')).toMatch(/zod/);
});

test("every package that the product depends on has a fence", () => {
  const { dependencies } = JSON.parse(readFileSync(join(root, "package.json"), "utf8"));
  expect(Object.keys(dependencies).filter((name) => drivers[name] === undefined)).toEqual([]);
});
