import { expect, test } from "vitest";
import { instant } from "#src/base/units.ts";
import { nothingLatched, type SafetyMemory } from "#src/contract/safety-memory.ts";
import { unite } from "#src/core/safety/remembered.ts";

const now = instant(5_000);
const of = (more: Partial<SafetyMemory>): SafetyMemory => ({
  ...nothingLatched,
  computer: "a",
  ...more,
});
const united = (older: Partial<SafetyMemory>, newer: Partial<SafetyMemory>): SafetyMemory =>
  unite(of(older), of(newer), "a", now);

test("UM1: what either knows stands, and the older word about one output", () => {
  const kill = (reason: string, output?: string) => ({
    ...(output === undefined ? {} : { output }),
    owner: "anna",
    reason,
    at: 1,
  });
  const { kills, latched } = united(
    { kills: [kill("belt"), kill("noise", "fan")], latched: ["frost", "high"] },
    { kills: [kill("later", "fan"), kill("dirt", "pump")], latched: ["high", "low"] },
  );
  expect(kills.map(({ reason }) => reason)).toEqual(["belt", "noise", "dirt"]);
  expect(latched).toEqual(["frost", "high", "low"]);
});

test("UM1: what one of them saw was seen", () => {
  const { blind } = united(
    { latched: ["a", "b", "c"], blind: ["a", "b"] },
    { latched: ["b", "c", "d"], blind: ["c", "d"] },
  );
  expect(blind).toEqual(["a", "d"]);
});

test("UM2: no start counts twice, and those by another clock count as if they were now", () => {
  const starts = { fan: [1_000, 2_000] };
  expect(united({ starts }, { starts: { fan: [2_000, 3_000] } }).starts).toEqual({
    fan: [1_000, 2_000, 3_000],
  });
  expect(united({ starts, computer: "b" }, { starts: { pump: [4_000] } }).starts).toEqual({
    fan: [5_000, 5_000],
    pump: [4_000],
  });
});

test("UM2: of run times the longer counts", () => {
  expect(united({ ran: { fan: 7, pump: 1 } }, { ran: { fan: 5, pump: 9 } }).ran).toEqual({
    fan: 7,
    pump: 9,
  });
});
