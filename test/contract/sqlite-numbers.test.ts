import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { openRegionStore } from "#src/adapters/sqlite-region-store.ts";
import { openStateStore } from "#src/adapters/sqlite-state-store.ts";
import { millis, type WallTime, wallTime } from "#src/base/units.ts";

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "holdfast-numbers-"));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const year = 31_536_000_000;
const today = wallTime(1_790_000_000_000);

function beginAt(now: WallTime, file: string): number {
  const path = join(folder, file);
  const store = openStateStore({ path, now, damaged: () => undefined });
  const boot = store.begin();
  store.close();
  return boot;
}

function claimAt(now: WallTime, file: string): number {
  const path = join(folder, file);
  const store = openRegionStore({ path, now, damaged: () => undefined });
  const epoch = store.claim("main", millis(10_000), now);
  store.close();
  return epoch;
}

test.each([
  ["ST1: a boot number", beginAt],
  ["RS1: an epoch", claimAt],
])("%s of a wiped disk is higher than any before it", (_, give) => {
  const before = [0, 1, 2].map(() => give(today, "first.db")).at(-1) ?? 0;
  expect(give(wallTime(today + 60_000), "wiped.db")).toBeGreaterThan(before);
});

test.each([
  ["ST1, S2: a boot number", beginAt],
  ["RS1, G3: an epoch", claimAt],
])("%s grows on one disk, whatever the clock does", (_, give) => {
  const clocks = [today, today, wallTime(today - year), wallTime(0), wallTime(today + year), today];
  const given = clocks.map((now) => give(now, "one.db"));
  expect(given).toEqual([...new Set(given)].sort((a, b) => a - b));
});
