import { describe, expect, test } from "vitest";
import { accountOf, breachesOf, type RoomRecords } from "#src/cli/demo/audit.ts";
import { renderSummary } from "#src/cli/demo/summary.ts";
import type { Audit, Series } from "#src/cli/powers.ts";
import { modes } from "#src/contract/messages.ts";
import { sceneOf } from "../scene.ts";

const audit = (said: Partial<Audit> = {}): Audit => ({
  produced: 100,
  delivered: 90,
  buffered: 10,
  tombstoned: 0,
  lost: 0,
  duplicates: 0,
  duplicatesDropped: 4,
  ...said,
});

const series = (...values: readonly (number | null)[]): Series =>
  values.map((value, at) => ({ at, value }));

const inModes = (...names: readonly (typeof modes)[number][]): Series =>
  series(...names.map((mode) => modes.indexOf(mode)));

const records = (said: Partial<RoomRecords> = {}): RoomRecords => ({
  node: "cold-room-1",
  audit: audit(),
  outputs: [{ min: 0, max: 1, series: series(null, 0, 1, 1) }],
  mode: inModes("local", "connected", "connected", "autonomous", "connected"),
  lateness: series(...Array.from({ length: 100 }, (_, index) => index + 1)),
  ...said,
});

describe("the account of a room", () => {
  test("holds its modes in their order without repeats, and percentiles that occurred", () => {
    expect(accountOf([records()]).nodes[0]).toEqual({
      node: "cold-room-1",
      produced: 100,
      delivered: 90,
      buffered: 10,
      tombstoned: 0,
      lost: 0,
      duplicates: 0,
      boundsViolations: 0,
      modes: ["local", "connected", "autonomous", "connected"],
      lateness: { p50: 50, p99: 99, max: 100 },
    });
  });

  test("counts every value outside its bounds, and none that was not written", () => {
    const outputs = [
      { min: 0, max: 1, series: series(0, 1.5, null) },
      { min: 2, max: 8, series: series(1.9, 2, 8, 8.1) },
    ];
    expect(accountOf([records({ outputs })]).nodes[0]?.boundsViolations).toBe(3);
  });

  test("without measurements has no percentiles rather than zero", () => {
    expect(accountOf([records({ lateness: [] })]).total.lateness).toEqual({
      p50: null,
      p99: null,
      max: null,
    });
  });
});

test("the total adds up rooms and takes percentiles over all of them", () => {
  const other = records({
    node: "cold-room-2",
    audit: audit({ produced: 11, delivered: 11, buffered: 0 }),
    mode: inModes("connected", "safe"),
    lateness: series(1_000),
  });
  expect(accountOf([records(), other]).total).toMatchObject({
    produced: 111,
    delivered: 101,
    buffered: 10,
    modes: ["local", "connected", "autonomous", "safe"],
    lateness: { p50: 51, p99: 100, max: 1_000 },
  });
});

describe("a promise is broken", () => {
  const breaches = (said: Partial<RoomRecords>) => breachesOf(accountOf([records(said)]));

  test("by nothing when all is delivered or still buffered", () => {
    expect(breaches({})).toEqual([]);
  });

  test("by a lost point, a point that counts twice, a value outside its bounds", () => {
    expect(breaches({ audit: audit({ lost: 2, duplicates: 1 }) })).toEqual([
      "cold-room-1 lost 2 points",
      "cold-room-1 counts 1 points twice",
    ]);
    expect(breaches({ outputs: [{ min: 0, max: 1, series: series(2) }] })).toEqual([
      "cold-room-1 wrote 1 values outside their bounds",
    ]);
  });

  test("by an empty record: what never ran proves nothing", () => {
    expect(breaches({ audit: audit({ produced: 0, delivered: 0, buffered: 0 }) })).toEqual([
      "cold-room-1 produced nothing",
    ]);
  });
});

test("the summary is a table with a verdict", () => {
  const account = accountOf([records(), records({ node: "cold-room-2" })]);
  expect(renderSummary(account, [], sceneOf())).toEqual([
    "             produced  delivered  buffered  lost  twice  out of bounds  late p99  modes",
    "cold-room-1       100         90        10     0      0              0     99 ms  local → connected → autonomous → connected",
    "cold-room-2       100         90        10     0      0              0     99 ms  local → connected → autonomous → connected",
    "total             200        180        20     0      0              0     99 ms",
    "",
    "nothing lost, nothing twice, no output outside its bounds",
  ]);
});
