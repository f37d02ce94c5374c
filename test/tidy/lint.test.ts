import { spawnSync } from "node:child_process";
import { cpSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { root } from "./repository.ts";

/** What each rule of biome.json must catch, planted in a folder that has nothing else. */
const planted: Readonly<Record<string, string>> = {
  "src/core/clock.ts": "export const it = [Date.now(), performance.now()];",
  "src/core/timer.ts": "setTimeout(() => {}, 5);",
  "src/core/chance.ts": "export const it = Math.random();",
  "src/core/world.ts": 'export const it = globalThis["Date"];',
  "src/contract/process.ts": "export const it = process.pid;",
  "src/ports/fetch.ts": "export const it = fetch;",
  "src/base/bytes.ts": "export const it = Buffer;",
  "src/runtime/files.ts": 'import { rmSync } from "node:fs";\n\nexport const it = rmSync;',
  "src/sim/microtask.ts": "queueMicrotask(() => {});",
  "agents/node/clock.ts": "export const it = new Date();",
  "broker/clock.ts": "export const it = new Date();",
  "firmware-sim/clock.ts": "export const it = new Date();",
  "src/adapters/enum.ts": "export enum It {\n  A = 1,\n}",
  "src/adapters/namespace.ts": "export namespace It {\n  export const a = 1;\n}",
  "src/adapters/property.ts": "export class It {\n  constructor(readonly a: number) {}\n}",
  "src/adapters/environment.ts": 'export const it = process.env["HOME"];',
  "src/adapters/console.ts": 'console.log("it");',
  "src/adapters/any.ts": "export const it: any = 1;",
  "src/adapters/default.ts": "const it = 1;\nexport default it;",
  "src/adapters/undeclared.ts": 'import it from "left-pad";\n\nexport const that = it;',
  "src/adapters/extension.ts": 'import { it } from "./default";\n\nexport const that = it;',
  "src/adapters/floating.ts": "export async function it(): Promise<void> {}\nit();",
  "src/adapters/misused.ts":
    "async function it(): Promise<boolean> {\n  return true;\n}\nif (it()) it().catch(() => {});",
  "src/adapters/switch.ts":
    'export function it(key: "a" | "b"): number {\n  switch (key) {\n    case "a":\n      return 1;\n  }\n  return 2;\n}',
  "src/adapters/cycle-a.ts":
    'import { b } from "#src/adapters/cycle-b.ts";\n\nexport const a = (): unknown => b;',
  "src/adapters/cycle-b.ts":
    'import { a } from "./cycle-a.ts";\n\nexport const b = (): unknown => a;',
  "src/adapters/thrown.ts": 'throw "it";',
  "src/adapters/barrel.ts": 'export * from "./default.ts";',
};

const expected: Readonly<Record<string, string>> = {
  clock: "style/noRestrictedGlobals",
  timer: "style/noRestrictedGlobals",
  chance: "nursery/noJsRestrictedProperties",
  world: "nursery/noJsRestrictedProperties",
  process: "style/noRestrictedGlobals",
  fetch: "style/noRestrictedGlobals",
  bytes: "style/noRestrictedGlobals",
  microtask: "style/noRestrictedGlobals",
  files: "correctness/noNodejsModules",
  enum: "style/noEnum",
  namespace: "style/noNamespace",
  property: "style/noParameterProperties",
  environment: "style/noProcessEnv",
  console: "suspicious/noConsole",
  any: "suspicious/noExplicitAny",
  default: "style/noDefaultExport",
  undeclared: "correctness/noUndeclaredDependencies",
  extension: "correctness/useImportExtensions",
  floating: "nursery/noFloatingPromises",
  misused: "nursery/noMisusedPromises",
  switch: "nursery/useExhaustiveSwitchCases",
  "cycle-a": "suspicious/noImportCycles",
  "cycle-b": "suspicious/noImportCycles",
  thrown: "style/useThrowOnlyError",
  barrel: "performance/noBarrelFile",
};

/** All of this is welcome where it stands. */
const welcome: Readonly<Record<string, string>> = {
  "src/adapters/powers.ts":
    'import { rmSync } from "node:fs";\n\nexport const it = [Date.now(), setTimeout, process.pid, rmSync];\n',
  "broker/aedes-broker.ts": "export const it = [Date.now(), Buffer.from([])];\n",
  "src/cli/says.ts": 'console.log(process.env["HOME"]);\n',
  "src/main.ts": 'export const it = process.env["HOME"];\n',
  "src/core/number.ts": "export const it = Math.min(1, 2);\n",
};

const folder = mkdtempSync(join(tmpdir(), "holdfast-lint-"));
let tripped: ReadonlySet<string> = new Set();

beforeAll(() => {
  for (const name of ["biome.json", "package.json", "tsconfig.json"]) {
    cpSync(join(root, name), join(folder, name));
  }
  symlinkSync(join(root, "node_modules"), join(folder, "node_modules"));
  for (const [path, text] of Object.entries({ ...planted, ...welcome })) {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), text);
  }
  tripped = lint();
});

afterAll(() => rmSync(folder, { recursive: true }));

describe("lint stops", () => {
  test.each(Object.keys(planted))("%s", (path) => {
    const name = path.slice(path.lastIndexOf("/") + 1).replace(".ts", "");
    expect([...tripped]).toContain(`${path} lint/${expected[name]}`);
  });
});

test.each(Object.keys(welcome))("lint lets %s pass", (path) => {
  expect([...tripped].filter((one) => one.startsWith(`${path} `))).toEqual([]);
});

/** Each finding that makes `npm run lint` fail, as "path category". */
function lint(): ReadonlySet<string> {
  const biome = join(root, "node_modules/.bin/biome");
  const flags = ["--vcs-enabled=false", "--reporter=json", "--max-diagnostics=none"];
  const ended = spawnSync(biome, ["lint", ...flags, "."], {
    cwd: folder,
    encoding: "utf8",
    timeout: 15_000,
  });
  expect(ended.status, ended.stderr).toBe(1);
  const { diagnostics } = JSON.parse(ended.stdout) as { diagnostics: readonly Diagnostic[] };
  return new Set(
    diagnostics
      .filter(({ severity }) => severity === "error" || severity === "warning")
      .map(({ location, category }) => `${location.path} ${category}`),
  );
}

interface Diagnostic {
  readonly severity: string;
  readonly category: string;
  readonly location: { readonly path: string };
}
