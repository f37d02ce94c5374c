import fc from "fast-check";
import { expect, test } from "vitest";
import { instant, millis } from "#src/base/units.ts";
import { CycleSchedule } from "#src/runtime/cycle-schedule.ts";

test("CS1: lateness never moves the next tick", () => {
  const schedule = new CycleSchedule([millis(100)], instant(0));
  schedule.take(instant(0));
  expect(schedule.take(instant(130))).toEqual({ due: [0], lateness: [30] });
  expect(schedule.next()).toBe(200);
});

test("CS2: missed ticks are counted and skipped", () => {
  const schedule = new CycleSchedule([millis(100)], instant(0));
  schedule.take(instant(0));
  expect(schedule.take(instant(460)).due).toEqual([0]);
  expect(schedule.timing(0)).toMatchObject({ cycles: 2, missed: 3 });
  expect(schedule.next()).toBe(500);
});

test("each loop keeps its own period", () => {
  const schedule = new CycleSchedule([millis(100), millis(250)], instant(0));
  const due = [];
  for (let now = 0; now <= 500; now += 50) due.push(schedule.take(instant(now)).due.join("+"));
  expect(due).toEqual(["0+1", "", "0", "", "0", "1", "0", "", "0", "", "0+1"]);
});

test("CS1, CS2: cycles and missed ticks together are all ticks, however late it is looked at", () => {
  const waits = fc.array(fc.integer({ min: 1, max: 2_000 }), { minLength: 1, maxLength: 100 });
  fc.assert(
    fc.property(waits, fc.integer({ min: 10, max: 700 }), (all, period) => {
      const schedule = new CycleSchedule([millis(period)], instant(0));
      let now = 0;
      for (const wait of all) {
        now += wait;
        schedule.take(instant(now));
        expect((schedule.next() ?? 0) % period).toBe(0);
        expect(schedule.next()).toBeGreaterThan(now);
      }
      const { cycles, missed } = schedule.timing(0);
      expect(cycles + missed).toBe(Math.floor(now / period) + 1);
    }),
  );
});

test("CS3: a loop that is slowed down keeps to its ticks, and those between are skipped", () => {
  const schedule = new CycleSchedule([millis(100), millis(100)], instant(0));
  schedule.take(instant(0));
  schedule.slowDown(0, 3);
  const due = [];
  for (let now = 100; now <= 800; now += 100) due.push(schedule.take(instant(now)).due.join("+"));
  expect(due).toEqual(["0+1", "1", "1", "0+1", "1", "1", "0+1", "1"]);
  schedule.slowDown(0, 1);
  for (let now = 900; now <= 1_200; now += 100) schedule.take(instant(now));
  expect(schedule.next()).toBe(1_300);
  expect(schedule.timing(0)).toMatchObject({ cycles: 7, missed: 0, skipped: 6 });
});

test("a turn that a loop did not get after all is not one of its cycles", () => {
  const schedule = new CycleSchedule([millis(100)], instant(0));
  const { due } = schedule.take(instant(0));
  schedule.passOver(due, "skipped");
  expect(schedule.timing(0)).toMatchObject({ cycles: 0, missed: 0, skipped: 1 });
});

test("lateness is summed up within a fifth, its greatest exactly", () => {
  const schedule = new CycleSchedule([millis(1_000)], instant(0));
  for (let tick = 0; tick < 1_000; tick += 1) schedule.take(instant(tick * 1_000 + tick / 10));
  const { p50, p99, max } = schedule.timing(0).lateness;
  expect(p50).toBeGreaterThan(50 / 1.2);
  expect(p50).toBeLessThan(50 * 1.2);
  expect(p99).toBeGreaterThan(99 / 1.2);
  expect(p99).toBeLessThan(99 * 1.2);
  expect(max).toBeCloseTo(99.9);
});
