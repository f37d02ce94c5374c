import { expect, test } from "vitest";
import { after, instant, millis, minutes, seconds, wallTime } from "#src/base/units.ts";
import { moment } from "#src/sim/moment.ts";
import { PowerLost } from "#src/sim/power-lost.ts";
import { SimMachine } from "#src/sim/sim-machine.ts";
import type { SimProcess } from "#src/sim/sim-process.ts";
import { World } from "#src/sim/world.ts";

const wall = wallTime(1_790_000_000_000);

function begin() {
  const world = new World(1);
  const machine = new SimMachine(world, wall, seconds(100));
  const process = machine.spawn();
  const ran: string[] = [];
  const at = (process: SimProcess, length: number, name: string) =>
    process.at(after(process.now(), millis(length)), () => ran.push(`${name} ${process.now()}`));
  return { world, machine, process, ran, at };
}

test("VC1: setting the wall clock back moves no instant and no task", () => {
  const { world, machine, process, ran, at } = begin();
  at(process, 1_000, "a");
  world.run(moment(500));
  machine.stepWall(minutes(-90));
  expect(process.wall()).toBe(wall + 500 - 5_400_000);
  expect(process.now()).toBe(100_500);
  world.run(moment(2_000));
  expect(ran).toEqual(["a 101000"]);
});

test("VC2: on a fast, slow or changing clock no task runs before its instant, and soon after", () => {
  for (const ppm of [0, 1, 317, -317, 99_999, -99_999]) {
    const { world, machine, process } = begin();
    machine.drift(ppm);
    const late: number[] = [];
    for (let i = 0; i < 500; i += 1) {
      const when = after(process.now(), millis(i / 3.7));
      process.at(when, () => late.push(process.now() - when));
    }
    world.run(moment(60));
    machine.drift(-ppm / 2);
    world.run(moment(1_000));
    expect(late).toHaveLength(500);
    expect(Math.min(...late)).toBeGreaterThanOrEqual(0);
    expect(Math.max(...late)).toBeLessThan(0.01);
  }
});

test.each([0, 317])(
  "VC2: late in a long story a hair later is still not sooner, at %i ppm",
  (ppm) => {
    const { world, machine } = begin();
    world.run(moment(4e9));
    machine.reboot();
    machine.drift(ppm);
    const process = machine.spawn();
    const when = instant(2 ** -30);
    const late: number[] = [];
    process.at(when, () => late.push(process.now() - when));
    world.run(moment(4e9 + 1));
    expect(late).toHaveLength(1);
    expect(late[0]).toBeGreaterThanOrEqual(0);
  },
);

test("VC2: a drifting clock gains what it should", () => {
  const { world, machine, process } = begin();
  machine.drift(100);
  world.run(moment(3_600_000));
  expect(process.now() - 100_000).toBeCloseTo(3_600_360, 3);
  expect(process.wall() - wall).toBe(3_600_360);
});

test("VC3: a suspended machine runs nothing; its clocks go on", () => {
  const { world, machine, process, ran, at } = begin();
  at(process, 1_000, "a");
  world.run(moment(500));
  machine.suspend();
  world.run(moment(10_500));
  expect(ran).toEqual([]);
  expect(process.now()).toBe(110_500);
  expect(process.wall()).toBe(wall + 10_500);
  machine.resume();
  world.run(moment(11_500));
  expect(ran).toEqual(["a 110500"]);
});

test("VC4: after a reboot no task of the former life runs, and time begins anew", () => {
  const { world, machine, process, ran, at } = begin();
  at(process, 1_000, "old");
  machine.reboot();
  expect(machine.now()).toBe(0);
  at(process, 10, "ghost");
  const next = machine.spawn();
  at(next, 1_000, "new");
  world.run(moment(5_000));
  expect(ran).toEqual(["new 1000"]);
  expect(process.alive).toBe(false);
});

test("PR1: what comes from outside takes its place among the tasks", () => {
  const { world, process, ran, at } = begin();
  at(process, 10, "task");
  world.schedule(moment(5), () => process.take((name) => ran.push(name), "early"));
  process.at(after(process.now(), millis(20)), () => {
    process.take((name) => ran.push(name), "within");
    ran.push("task before it");
  });
  world.run(moment(100));
  expect(ran).toEqual(["early", "task 100010", "task before it", "within"]);
});

test("PR2: a paused process runs nothing, then everything late and in order", () => {
  const { world, process, ran, at } = begin();
  at(process, 30, "c");
  at(process, 10, "a");
  world.schedule(moment(20), () => process.take((name) => ran.push(name), "b from outside"));
  process.pause();
  world.run(moment(1_000));
  expect(ran).toEqual([]);
  process.resume();
  world.run(moment(1_000));
  expect(ran).toEqual(["a 101000", "b from outside", "c 101000"]);
});

test("PR2: pauses of process and machine add up", () => {
  const { world, machine, process, ran, at } = begin();
  at(process, 10, "a");
  process.pause();
  machine.suspend();
  process.resume();
  world.run(moment(100));
  expect(ran).toEqual([]);
  machine.resume();
  world.run(moment(200));
  expect(ran).toEqual(["a 100100"]);
});

test("PR3: the dead do nothing, and their own end unwinds without harm", () => {
  const { world, machine, process, ran } = begin();
  process.at(instant(100_010), () => {
    process.at(instant(100_020), () => ran.push("late"));
    machine.losePower();
    throw new PowerLost();
  });
  world.run(moment(100));
  process.take(() => ran.push("from outside"), undefined);
  world.run(moment(200));
  expect(ran).toEqual([]);
});
