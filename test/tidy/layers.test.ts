import { describe, expect, test } from "vitest";
import { importsOf } from "./imports.ts";
import { layerOf, layers, trespasses } from "./layers.ts";

const known = new Set([
  "src/base/units.ts",
  "src/contract/topics.ts",
  "src/core/agent.ts",
  "src/core/control/pid.ts",
  "src/ports/clock.ts",
  "src/runtime/host.ts",
  "src/adapters/mqtt-bus.ts",
  "src/main.ts",
  "agents/node/link.ts",
  "broker/access.ts",
  "firmware-sim/plant.ts",
  "firmware-sim/main.ts",
  "firmware-sim/modbus-server.ts",
  "package.json",
]);

const says = (path: string, specifier: string): string | undefined =>
  trespasses({ path, text: `import { it } from "${specifier}";` }, known)[0]?.says;

describe("a trespass is seen", () => {
  test.each([
    ["src/base/rng.ts", "#src/contract/topics.ts"],
    ["src/contract/config.ts", "#src/core/agent.ts"],
    ["src/core/agent.ts", "#src/ports/clock.ts"],
    ["src/core/agent.ts", "#src/runtime/host.ts"],
    ["src/ports/bus.ts", "#src/core/agent.ts"],
    ["src/runtime/host.ts", "#src/adapters/mqtt-bus.ts"],
    ["src/runtime/host.ts", "#agents/node/link.ts"],
    ["src/adapters/mqtt-bus.ts", "#src/core/agent.ts"],
    ["src/adapters/mqtt-bus.ts", "#src/runtime/host.ts"],
    ["src/sim/world.ts", "#src/adapters/mqtt-bus.ts"],
    ["src/sim/world.ts", "#firmware-sim/main.ts"],
    ["src/sim/world.ts", "#firmware-sim/modbus-server.ts"],
    ["src/cli/program.ts", "#src/core/agent.ts"],
    ["src/cli/program.ts", "#src/adapters/mqtt-bus.ts"],
    ["src/cli/program.ts", "#src/runtime/host.ts"],
    ["agents/node/control.ts", "#src/ports/clock.ts"],
    ["agents/node/control.ts", "#src/main.ts"],
    ["broker/aedes-broker.ts", "#src/runtime/host.ts"],
    ["broker/aedes-broker.ts", "#agents/node/link.ts"],
    ["firmware-sim/plant.ts", "#src/core/agent.ts"],
    ["firmware-sim/plant.ts", "#agents/node/link.ts"],
    ["src/core/safety/bounds.ts", "../../ports/clock.ts"],
    ["src/core/safety/bounds.ts", "../../../package.json"],
  ])("%s importing %s", (path, specifier) => {
    expect(says(path, specifier)).toMatch(/may not import/);
  });

  test.each([
    "src/base",
    "src/contract",
    "src/core/control",
    "src/ports",
    "src/runtime",
    "src/sim",
    "agents/node",
    "broker",
    "firmware-sim",
  ])("%s importing Node", (folder) =>
    expect(says(`${folder}/it.ts`, "node:fs")).toMatch(/is free of Node/),
  );

  test("a relative path that leaves its layer, even towards an allowed one", () => {
    expect(says("src/core/agent.ts", "../base/units.ts")).toMatch(/write #src\/base\/units\.ts/);
  });

  test("a folder without a row", () => {
    expect(says("src/utilities/it.ts", "#src/base/units.ts")).toMatch(/without a row/);
    expect(says("scripts/it.ts", "#src/base/units.ts")).toMatch(/without a row/);
    expect(says("it.ts", "#src/base/units.ts")).toMatch(/without a row/);
  });

  test("a folder that is called like something every object has", () => {
    expect(says("constructor/it.ts", "node:fs")).toMatch(/without a row/);
  });

  test("a file that is not there, from a composition root too", () => {
    expect(says("src/core/agent.ts", "./absent.ts")).toMatch(/not there/);
    expect(says("src/main.ts", "#src/core/absent.ts")).toMatch(/not there/);
    expect(says("src/core/agent.ts", "#src/core/control/pi")).toMatch(/not there/);
  });

  test("an import that is computed", () => {
    const file = { path: "src/core/agent.ts", text: "const it = import(name);" };
    expect(trespasses(file, known)[0]?.says).toMatch(/computed/);
  });
});

test.each([
  ["src/core/control/pid.ts", "../agent.ts"],
  ["src/core/agent.ts", "./control/pid.ts"],
  ["src/core/agent.ts", "#src/base/units.ts"],
  ["src/runtime/host.ts", "#src/ports/clock.ts"],
  ["src/cli/program.ts", "node:path"],
  ["src/sim/world.ts", "#firmware-sim/plant.ts"],
  ["src/main.ts", "#src/adapters/mqtt-bus.ts"],
  ["src/run-node.ts", "#agents/node/link.ts"],
  ["firmware-sim/main.ts", "#agents/node/link.ts"],
  [".ci/binary.ts", "../package.json"],
  ["broker/aedes-broker.ts", "node:net"],
  ["test/unit/it.test.ts", "#src/adapters/mqtt-bus.ts"],
])("%s may import %s", (path, specifier) => {
  expect(importsOf(`import "${specifier}";`)).toHaveLength(1);
  expect(says(path, specifier)).toBeUndefined();
});

test("the row of a file is its folder, two deep under src", () => {
  expect(layerOf("src/core/control/pid.ts")).toBe("src/core");
  expect(layerOf("agents/node/link.ts")).toBe("agents");
  expect(layerOf("src/main.ts")).toBeUndefined();
});

test("no layer reaches itself through another: the table has no circle", () => {
  const reachOf = (name: string): readonly string[] =>
    Object.keys(layers).filter(
      (other) => other !== name && layers[name]?.reach.some((one) => one.startsWith(`${other}/`)),
    );
  const visit = (name: string, path: readonly string[]): void => {
    expect(path).not.toContain(name);
    for (const next of reachOf(name)) visit(next, [...path, name]);
  };
  for (const name of Object.keys(layers)) visit(name, []);
});
