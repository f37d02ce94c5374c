import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { lockFindings } from "./lockfile.ts";
import { root } from "./repository.ts";

test("a platform that is asked for and not locked is seen", () => {
  const asks = { optionalDependencies: { "@it/linux": "1.0.0", "@it/other": "1.0.0" } };
  const packages = { "node_modules/it": asks, "node_modules/@it/linux": {} };
  expect(lockFindings({ packages })).toEqual(["it asks for @it/other, which is not locked"]);
});

test("the address of a registry is seen", () => {
  const packages = { "node_modules/it": { resolved: "https://registry.example/it.tgz" } };
  expect(lockFindings({ packages })).toEqual(["it has the address of a registry"]);
});

test("package-lock.json installs on every platform, from any registry", () => {
  const lock = JSON.parse(readFileSync(join(root, "package-lock.json"), "utf8"));
  expect(Object.keys(lock.packages).length).toBeGreaterThan(100);
  expect(lockFindings(lock)).toEqual([]);
});
