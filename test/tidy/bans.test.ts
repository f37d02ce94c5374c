import { describe, expect, test } from "vitest";
import { bans, breaches } from "./bans.ts";

const says = (path: string, text: string) => breaches({ path, text }).map((found) => found.says);

/** Each ban by its reason, with a text that breaks it. A ban without a planted breach fails below. */
const planted: readonly (readonly [because: RegExp, path: string, text: string])[] = [
  [/a step is synchronous/, "src/core/agent.ts", "async function it() {}"],
  [/a step is synchronous/, "agents/node/link.ts", "await it;"],
  [/time is given/, "src/core/agent.ts", "it(Date.now());"],
  [/time is given/, "src/runtime/host.ts", "it(new Date());"],
  [/time is given/, "firmware-sim/plant.ts", "performance.now();"],
  [/who waits asks the Clock/, "src/runtime/host.ts", "setTimeout(it, 5);"],
  [/who waits asks the Clock/, "broker/access.ts", "queueMicrotask(it);"],
  [/chance is given/, "src/core/agent.ts", "Math.random();"],
  [/chance is given/, "src/contract/ids.ts", "crypto.randomUUID();"],
  [/through a port/, "src/base/fault.ts", "console.log(it);"],
  [/through a port/, "src/runtime/host.ts", "process.exit(1);"],
  [/through a port/, "src/runtime/host.ts", 'globalThis["Date"];'],
  [/free of Node/, "src/runtime/host.ts", 'import { it } from "node:fs";'],
  [/without code/, "src/ports/clock.ts", "export const it = 1;"],
  [/without code/, "src/ports/clock.ts", "function it() {}"],
  [/instead of replacing/, "test/unit/it.test.ts", 'vi.mock("it");'],
  [/waits for nothing real/, "test/unit/it.test.ts", "setTimeout(it, 5);"],
  [
    /waits for nothing real/,
    "test/property/it.test.ts",
    'import { x } from "node:timers/promises";',
  ],
  [/would be silent/, "test/unit/it.test.ts", "test.only(it);"],
  [/would be silent/, "test/unit/it.test.ts", "describe.skipIf(it).only(it);"],
  [/do it, or let/, "src/core/agent.ts", `// ${"TO"}${"DO"}: later`],
  [/do it, or let/, "docs/it.md", `${"FIX"}${"ME"}`],
  [/name the type/, "src/core/agent.ts", "it as any;"],
  [/expected with a reason/, "src/core/agent.ts", "// @ts-ignore"],
  [/expected with a reason/, "src/core/agent.ts", "// @ts-expect-error\nit();"],
  [/gives its reason/, "src/core/agent.ts", "// biome-ignore lint/style/noEnum"],
  [/gives its reason/, "src/core/agent.ts", "// biome-ignore lint/style/noEnum: because"],
  [/path of one machine/, "docs/it.md", "see /home/ann/it"],
  [/path of one machine/, "src/core/agent.ts", '// "/root/it"'],
  [/machine's business/, "README.md", "https://registry.npmjs.org/it"],
  [/machine's business/, ".ci/run", "curl https://pypi.org/it"],
];

describe("a breach is seen", () => {
  test.each(planted)("%s in %s: %s", (because, path, text) => {
    expect(says(path, text)).toContainEqual(expect.stringMatching(because));
  });

  test("of every ban", () => {
    const untried = bans.filter(({ because }) => !planted.some(([known]) => known.test(because)));
    expect(untried.map(({ because }) => because)).toEqual([]);
  });
});

test.each([
  ["a word in a comment", "src/core/agent.ts", "// we await nothing, not even Date.now()"],
  ["a word in a string", "src/core/agent.ts", 'const it = "setTimeout(Date.now())";'],
  ["a key that is called like a global", "src/core/agent.ts", "it.process.fetch; it.Date.now();"],
  ["a simulated process", "src/sim/world.ts", "process.kill(); process.clock.now();"],
  ["a type of a port", "src/ports/clock.ts", "export type It = () => void;\ninterface Its {}"],
  ["a driver that waits", "src/adapters/mqtt-bus.ts", "await setTimeout(it, Date.now());"],
  ["a runtime that waits for its ports", "src/runtime/host.ts", "await this.#bus.close();"],
  ["a guarded broker file", "broker/aedes-broker.ts", "setTimeout(it, 5);"],
  ["a test that waits for a real broker", "test/contract/it.test.ts", "setTimeout(it, 5);"],
  ["a path below a variable", ".ci/run", '"$here/work/it" and $' + "{it}/root/x"],
  [
    "an exception with its reason",
    "src/it.ts",
    "// biome-ignore lint/style/noEnum: the wire says so",
  ],
  ["an expected error with its reason", "src/it.ts", "// @ts-expect-error a level is a number"],
])("%s is no breach", (_, path, text) => {
  expect(says(path, text)).toEqual([]);
});

test("a finding names its line", () => {
  const [found] = breaches({ path: "src/core/agent.ts", text: "\n\nDate.now();" });
  expect(found?.line).toBe(3);
});
