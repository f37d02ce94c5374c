import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { journalFolder } from "#src/adapters/journal-folder.ts";
import { limits } from "#src/contract/limits.ts";

let data: string;
beforeEach(() => {
  data = mkdtempSync(join(tmpdir(), "hf-journal-"));
});
afterEach(() => rmSync(data, { recursive: true, force: true }));

const journals = () => readdirSync(join(data, "journals")).toSorted();

test("JP1: a journal is there whole, for this user alone", async () => {
  const path = await journalFolder(data).keep("control", ["one\n", "two\n"]);
  expect(readFileSync(path, "utf8")).toBe("one\ntwo\n");
  expect(statSync(path).mode & 0o777).toBe(0o600);
});

test("JP1: lines that end in a defect leave no file, and the defect is told", async () => {
  function* broken() {
    yield "one\n";
    throw new Error("a defect");
  }
  await expect(journalFolder(data).keep("control", broken())).rejects.toThrow("a defect");
  expect(journals()).toEqual([]);
});

test("JP1: a thread does other things while a long journal is written", async () => {
  let turns = 0;
  const turn = setInterval(() => {
    turns += 1;
  }, 1);
  let most = 0;
  function* long() {
    for (let line = 0; line < 20_000; line += 1) {
      yield `${"x".repeat(200)}\n`;
      most = turns;
    }
  }
  await journalFolder(data).keep("control", long());
  clearInterval(turn);
  expect(most).toBeGreaterThan(2);
});

test("JP1: a folder that takes no files is a fault with its reason", async () => {
  writeFileSync(join(data, "journals"), "in the way");
  await expect(journalFolder(data).keep("control", ["one\n"])).rejects.toMatchObject({
    fault: { code: "FILE_UNWRITABLE" },
  });
});

test("JP2: the newest of each agent stay, under numbers that are not given again", async () => {
  const folder = journalFolder(data);
  await folder.keep("link", ["a\n"]);
  for (let turn = 0; turn < limits.journalFiles + 2; turn += 1) {
    await folder.keep("control", [`${turn}\n`]);
  }
  expect(journals()).toEqual([
    "control-3.jsonl",
    "control-4.jsonl",
    "control-5.jsonl",
    "control-6.jsonl",
    "link-1.jsonl",
  ]);
});
