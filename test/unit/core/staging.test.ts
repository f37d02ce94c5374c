import { expect, test } from "vitest";
import { instant, millis } from "#src/base/units.ts";
import {
  type Machine,
  type Staging,
  type StagingState,
  stage,
  startStaging,
} from "#src/core/control/staging.ts";

const rule: Staging = {
  most: 3,
  rotate: "run-time",
  upDelay: millis(30_000),
  downDelay: millis(60_000),
};
const idle: Machine = {
  available: true,
  runs: false,
  mayStart: true,
  mayStop: true,
  runTime: millis(0),
};
const running: Machine = { ...idle, runs: true };
const state = (count: number): StagingState => ({ ...startStaging(3), count });
const ran = (machine: Machine, runTime: number): Machine => ({
  ...machine,
  runTime: millis(runTime),
});

function on(count: number, demand: number, machines: readonly Machine[], over = {}): string {
  const staged = stage({ ...rule, ...over }, state(count), { demand, machines }, instant(0));
  return staged.on.map((is) => (is ? "1" : "0")).join("");
}

test("SG1: one that may not start is passed over for another", () => {
  expect(on(1, 0.33, [{ ...idle, mayStart: false }, ran(idle, 9), ran(idle, 5)])).toBe("001");
  expect(on(2, 0.67, [{ ...idle, mayStart: false }, running, idle])).toBe("011");
});

test("SG1: one that may not stop runs on, and another that may stop does", () => {
  const held = ran({ ...running, mayStop: false }, 90);
  expect(on(1, 0.33, [held, ran(running, 5), idle])).toBe("100");
  expect(on(0, 0, [held, running, idle])).toBe("100");
  expect(on(0, 0, [{ ...held, available: false }, idle, idle])).toBe("100");
});

test("SG2: one machine more at a time, each after the delay, and one less likewise", () => {
  let now = state(0);
  let machines: readonly Machine[] = [idle, idle, idle];
  const counts: number[] = [];
  for (let second = 0; second <= 300; second += 10) {
    const demand = second < 120 ? 1 : 0;
    const staged = stage(rule, now, { demand, machines }, instant(second * 1_000));
    now = staged.state;
    machines = machines.map((one, place) => ({ ...one, runs: staged.on[place] === true }));
    counts.push(staged.on.filter(Boolean).length);
  }
  expect([2, 3, 6, 9, 11].map((place) => counts[place])).toEqual([0, 1, 2, 3, 3]);
  expect([17, 18, 24, 30].map((place) => counts[place])).toEqual([3, 2, 1, 0]);
});

test("SG2: a demand that only swings around a step changes nothing", () => {
  let now = state(1);
  const machines = [running, idle, idle];
  for (let second = 0; second < 600; second += 1) {
    const demand = (1.5 + 0.2 * Math.sin(second / 40)) / 3;
    now = stage(rule, now, { demand, machines }, instant(second * 1_000)).state;
    expect(now.count).toBe(1);
  }
});

test("SG2: after a stop of all one starts as soon as it may, each further one after the delay", () => {
  const held = { ...idle, available: false };
  let now = state(3);
  let machines: readonly Machine[] = [running, running, running];
  const counts: number[] = [];
  for (let second = 0; second <= 200; second += 10) {
    const isHeld = second >= 20 && second < 100;
    if (isHeld) machines = [held, held, held];
    else machines = machines.map((one) => ({ ...one, available: true }));
    const staged = stage(rule, now, { demand: 1, machines }, instant(second * 1_000));
    now = staged.state;
    machines = machines.map((one, place) => ({ ...one, runs: staged.on[place] === true }));
    counts.push(staged.on.filter(Boolean).length);
  }
  expect([1, 2, 9, 10, 13, 14, 16, 17].map((place) => counts[place])).toEqual([
    3, 0, 0, 1, 1, 2, 2, 3,
  ]);
});

test("SG2: a single one that was held comes back as soon as it may", () => {
  const held = { ...idle, available: false };
  const stopped = stage(
    rule,
    state(3),
    { demand: 1, machines: [running, running, held] },
    instant(0),
  );
  const machines = [running, running, idle];
  expect(stage(rule, stopped.state, { demand: 1, machines }, instant(1)).on).toEqual([
    true,
    true,
    true,
  ]);
});

test("SG3: two that fail in one turn are replaced in it, two that were missing are not", () => {
  const failed = { ...running, available: false };
  const four = { ...startStaging(4), count: 2 };
  const two = { demand: 0.67, machines: [running, running, idle, idle] };
  const { state: ran } = stage(rule, four, two, instant(0));
  const lost = { demand: 0.67, machines: [failed, failed, idle, idle] };
  expect(stage(rule, ran, lost, instant(1)).on).toEqual([false, false, true, true]);
  const resting = { ...idle, mayStart: false };
  const later = stage(
    rule,
    ran,
    { ...lost, machines: [failed, failed, resting, resting] },
    instant(1),
  );
  expect(stage(rule, later.state, lost, instant(2)).on).toEqual([false, false, true, false]);
});

test("SG3: one that failed is replaced at once, by one that is available and may start", () => {
  const failed = { ...running, available: false };
  expect(on(1, 0.33, [failed, idle, idle])).toBe("010");
  expect(on(1, 0.33, [failed, { ...idle, available: false }, idle])).toBe("001");
  expect(on(1, 0.33, [failed, { ...idle, mayStart: false }, { ...idle, available: false }])).toBe(
    "000",
  );
});

test("SG3 SG4: one that failed and may not stop yet is replaced beside it", () => {
  const failed = { ...running, available: false, mayStop: false };
  expect(on(1, 0.33, [failed, idle, idle])).toBe("110");
  expect(on(2, 1, [failed, running, idle], { most: 2 })).toBe("111");
});

test("SG4: the standby stands while those on duty run, whatever is asked", () => {
  expect(on(2, 1, [running, running, idle], { most: 2 })).toBe("110");
  expect(on(3, 1, [running, running, running], { most: 2 })).toBe("011");
});

test("SG5: the one that ran least starts, the one that ran most stops", () => {
  expect(on(1, 0.33, [ran(idle, 9), ran(idle, 3), ran(idle, 5)])).toBe("010");
  expect(on(2, 0.67, [ran(running, 9), ran(running, 30), ran(running, 5)])).toBe("101");
});

test("SG5: by start they take turns, and without rotation the first leads", () => {
  for (const [rotate, turns] of [
    ["start", ["100", "010", "001", "100"]],
    ["never", ["100", "100", "100", "100"]],
  ] as const) {
    let now = state(1);
    const seen = turns.map((_, turn) => {
      const input = { demand: 0.33, machines: [idle, idle, idle] };
      const staged = stage({ ...rule, rotate }, now, input, instant(turn));
      now = staged.state;
      return staged.on.map((is) => (is ? "1" : "0")).join("");
    });
    expect(seen).toEqual(turns);
  }
});

test("SG5: without rotation the last stops first, whatever each ran", () => {
  const machines = [ran(running, 30), ran(running, 9), ran(running, 5)];
  expect(on(2, 0.67, machines, { rotate: "never" })).toBe("110");
  expect(on(1, 0.33, machines, { rotate: "never" })).toBe("100");
});
