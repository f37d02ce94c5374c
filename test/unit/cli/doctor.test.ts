import { describe, expect, test } from "vitest";
import { failed, passed, skipped } from "#src/cli/doctor/check.ts";
import { checkClock } from "#src/cli/doctor/clock.ts";
import { renderDoctor } from "#src/cli/show/doctor.ts";
import { widthOf } from "#src/cli/show/text.ts";
import { now, sceneOf } from "./scene.ts";

describe("the clock", () => {
  test("is plausible today", () => {
    expect(checkClock(now).result).toBe("ok");
  });

  test("is not in 1970, where a machine without a battery wakes up", () => {
    expect(checkClock(12_000)).toMatchObject({
      result: "failed",
      evidence: "it says 1970-01-01T00:00:12.000Z",
    });
  });
});

const checks = [
  passed("config", "holdfast.yaml: node n1"),
  failed("device plc", "10.0.0.7:502: ECONNREFUSED", "check its power"),
  skipped("broker", "no uplink"),
];

test("a doctor's report puts each remedy below what it heals, and counts", () => {
  expect(renderDoctor(checks, sceneOf())).toEqual([
    "ok       config      holdfast.yaml: node n1",
    "failed   device plc  10.0.0.7:502: ECONNREFUSED",
    "                     → check its power",
    "skipped  broker      no uplink",
    "",
    "3 checks: 1 check failed",
  ]);
});

test("a doctor's report fits its screen", () => {
  const long = [failed("disk", "word ".repeat(40).trim(), "do ".repeat(40).trim())];
  for (const line of renderDoctor(long, sceneOf({ width: 60 }))) {
    expect(widthOf(line)).toBeLessThanOrEqual(60);
  }
});
