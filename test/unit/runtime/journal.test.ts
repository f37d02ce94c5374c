import { expect, test } from "vitest";
import { limits } from "#src/contract/limits.ts";
import { heft } from "#src/runtime/heft.ts";
import { recorded, replayText } from "./journal-bench.ts";

/** Until all has happened that waits for nothing. */
async function settled(): Promise<void> {
  for (let turn = 0; turn < 20; turn += 1) await Promise.resolve();
}

test("JO1: a journal holds the newest, within its bound, and still begins where it can be replayed", () => {
  const { host, journal, cycle, text } = recorded();
  host.start();
  cycle(20_000);
  const before = journal.steps;
  expect(before).toBeLessThan(20_000);
  cycle(2_000);
  expect(journal.steps).toBeLessThan(before * 1.2);
  expect(text().split("\n")[1]).toMatch(/^\{"line":"state"/);
  expect(replayText(text())).toMatchObject({ verdict: "identical", steps: journal.steps });
});

test("JO2: an agent that failed and began anew is replayed with its failure", () => {
  const { host, clock, cycle, defects, text } = recorded();
  host.start();
  cycle(10);
  defects.step = true;
  cycle(1);
  clock.pass(limits.restartRest);
  defects.effect = true;
  cycle(20);
  clock.pass(limits.restartRest);
  cycle(10);
  // The defect was planted around the agent, which by itself makes something of that input.
  const report = replayText(text());
  expect(report).toMatchObject({ verdict: "different", restarts: 2 });
  expect(report).toMatchObject({ difference: { path: "failed", replayed: '{"$":"undefined"}' } });
});

test("JO2: what carrying out an effect met is no difference of the agent", () => {
  const { host, clock, cycle, defects, text } = recorded();
  host.start();
  cycle(10);
  defects.effect = true;
  cycle(20);
  clock.pass(limits.restartRest);
  cycle(10);
  expect(replayText(text())).toMatchObject({ verdict: "identical", restarts: 1 });
});

test("JO3: a failure is written down, a series of them once, and again after the pause", async () => {
  const { host, clock, cycle, defects, files, reports } = recorded();
  host.start();
  for (let turn = 0; turn < 3; turn += 1) {
    defects.step = true;
    cycle(1);
    clock.pass(limits.restartRest);
    await settled();
  }
  expect(files.map(({ name }) => name)).toEqual(["control"]);
  expect(reports).toEqual(["JOURNAL_KEPT"]);
  expect(files[0]?.text).toContain("a defect");
  clock.pass(limits.journalPause);
  defects.step = true;
  cycle(1);
  await settled();
  expect(files).toHaveLength(2);
});

test("JO3: a disk that takes no journal touches no agent", async () => {
  const { host, clock, cycle, defects, disk, reports } = recorded();
  disk.works = false;
  host.start();
  defects.step = true;
  cycle(1);
  clock.pass(limits.restartRest);
  await settled();
  cycle(1);
  expect(host.state).toBeDefined();
  expect(reports).toEqual(["JOURNAL_LOST"]);
});

test("a guess of size grows with lists, strings and bytes, and does not look at all of them", () => {
  expect(heft(Array.from({ length: 1_000 }, () => ({ a: 1 })))).toBeGreaterThan(30_000);
  expect(heft("x".repeat(1_000))).toBeGreaterThan(1_000);
  expect(heft(new Float64Array(1_000))).toBeGreaterThan(8_000);
  expect(heft(new Map([[1, 2]]))).toBeGreaterThan(100);
  const watched = [1, 2, 3];
  Object.defineProperty(watched, 1, { get: () => expect.fail("it looked") });
  heft(watched);
});
