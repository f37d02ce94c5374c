import { describe, expect, test } from "vitest";
import { faults } from "#src/base/fault.ts";
import { reservedVariables } from "#src/contract/config-environment.ts";
import { laws } from "#src/contract/simulation.ts";
import { channels } from "#src/contract/topics.ts";
import { faultKinds } from "#src/sim/fault-plan.ts";
import { scenarios } from "#src/sim/scenarios.ts";
import { breaches } from "./bans.ts";
import * as drivers from "./drivers.ts";
import { type Finding, show } from "./finding.ts";
import { lawsOf, unkept } from "./laws.ts";
import * as layers from "./layers.ts";
import { layersTable } from "./layers-table.ts";
import { unmentioned } from "./mentions.ts";
import { misnamed } from "./names.ts";
import { ignoring, isSource, repositoryFiles } from "./repository.ts";
import { longFiles } from "./size.ts";

const files = repositoryFiles();
const sources = files.filter(isSource);
const paths = new Set(files.map((file) => file.path));
const shown = (findings: readonly Finding[]) => findings.map(show);

describe("the gates see the repository", () => {
  test("with about as many files as it has", () => {
    expect(sources.length).toBeGreaterThan(150);
    expect(lawsOf(files).length).toBeGreaterThan(50);
  });

  test.each(Object.keys(layers.layers).filter((name) => !["bench", "src/sim"].includes(name)))(
    "with files in %s",
    (name) => expect(sources.some((file) => layers.layerOf(file.path) === name)).toBe(true),
  );

  test("without what git does not see", () => {
    const ignored = ignoring("dist/\n*.log\n/data/\n# a remark\n");
    expect(["dist", "src/dist", "a.log", "data", ".git"].filter((path) => !ignored(path))).toEqual(
      [],
    );
    expect(["src/core/data", "distance", "data.ts"].filter(ignored)).toEqual([]);
  });
});

test("every import keeps to the table of layers", () => {
  expect(shown(sources.flatMap((file) => layers.trespasses(file, paths)))).toEqual([]);
});

test("every driver stays inside its fence", () => {
  expect(shown(sources.flatMap(drivers.trespasses))).toEqual([]);
});

test("nothing banned is said", () => {
  expect(shown(files.flatMap(breaches))).toEqual([]);
});

test("every file and export has a name that says what it is", () => {
  expect(shown(files.flatMap(misnamed))).toEqual([]);
});

test("every law has one name and a test that cites it", () => {
  expect(shown(unkept(files))).toEqual([]);
});

test("docs/faults.md speaks of every fault", () => {
  expect(shown(unmentioned(files, "docs/faults.md", Object.keys(faults)))).toEqual([]);
});

test("a variable overrides nothing exactly where the program reads it itself", () => {
  const read = sources
    .filter(({ path }) => path.startsWith("src/"))
    .flatMap(({ text }) => [...text.matchAll(/env\["(HOLDFAST_\w+)"\]/g)].map(([, name]) => name));
  expect([...new Set(read)].toSorted()).toEqual(reservedVariables.toSorted());
});

test("docs/topics.md speaks of every topic", () => {
  const patterns = Object.values(channels).map(({ topic }) => topic.pattern);
  expect(shown(unmentioned(files, "docs/topics.md", patterns))).toEqual([]);
});

test("the page of the simulator speaks of every kind of fault, every law and every story", () => {
  const words = [...faultKinds, ...laws, ...scenarios.map(({ name }) => name)];
  expect(shown(unmentioned(files, "docs/simulation.md", words))).toEqual([]);
});

test("CONTRIBUTING.md has the table of layers as it is", () => {
  const page = files.find((file) => file.path === "CONTRIBUTING.md");
  expect(page?.text).toContain(layersTable());
});

test("long files are known (a hint, not a failure)", () => {
  const long = longFiles(sources);
  if (long.length > 0) console.info(`over 300 lines:\n${long.join("\n")}`);
  expect(long.length).toBeLessThan(sources.length / 10);
});
