import { describe, expect, test } from "vitest";
import type { ReadRequest, Signal } from "#src/adapters/modbus-poll-plan.ts";
import { PollSchedule } from "#src/adapters/modbus-poll-schedule.ts";
import { instant, millis } from "#src/base/units.ts";
import type { Register } from "#src/contract/registers.ts";

const register: Register = {
  kind: "coil",
  address: 0,
  type: "bit",
  wordOrder: "big",
  scale: 1,
  offset: 0,
};

const request = (period: number, ...outputs: readonly number[]): ReadRequest => {
  const signals = outputs.map(
    (index): Signal => ({
      list: "outputs",
      index,
      name: `out${index}`,
      register: { ...register, address: index },
      period: millis(period),
    }),
  );
  const address = outputs[0] ?? 0;
  return { kind: "coil", address, length: outputs.length, period: millis(period), signals };
};

const start = instant(1_000);
const at = (offset: number) => instant(start + offset);

describe("a poll schedule", () => {
  test("PS1: takes up its rhythm again after it was late, and skips what was missed", () => {
    const one = request(100, 0);
    const schedule = new PollSchedule([one], start);
    const taken = [0, 130, 160, 200, 777, 790, 800].map((offset) => schedule.take(at(offset)));
    expect(taken.map((what) => what === one)).toEqual([true, true, false, true, true, false, true]);
    expect(schedule.next()).toBe(at(900));
  });

  test("PS2: serves first what has waited longest", () => {
    const slow = request(1_000, 0);
    const quick = request(10, 1);
    const schedule = new PollSchedule([quick, slow], start);
    schedule.take(at(0));
    schedule.take(at(0));
    expect(schedule.take(at(1_005))).toBe(quick);
    expect(schedule.take(at(1_005))).toBe(slow);
    expect(schedule.take(at(1_005))).toBeUndefined();
  });

  test("PS2: a request that is urged again and again does not push others back", () => {
    const wanted = request(50, 0);
    const other = request(50, 1);
    const schedule = new PollSchedule([wanted, other], start);
    schedule.take(at(0));
    schedule.take(at(0));
    schedule.readBack(0, at(20));
    schedule.readBack(1, at(30));
    schedule.readBack(0, at(40));
    expect(schedule.take(at(40))).toBe(wanted);
    schedule.readBack(0, at(41));
    expect(schedule.take(at(41))).toBe(other);
    expect(schedule.take(at(41))).toBe(wanted);
  });

  test("PS3: an urged request is due once at once, and then by its schedule", () => {
    const one = request(100, 0, 1);
    const schedule = new PollSchedule([one], start);
    schedule.take(at(0));
    schedule.readBack(1, at(20));
    expect(schedule.next()).toBe(at(20));
    expect(schedule.take(at(20))).toBe(one);
    expect(schedule.next()).toBe(at(100));
    schedule.readBack(7, at(30));
    expect(schedule.next()).toBe(at(100));
  });

  test("is complete when every request was answered, and every piece of a split one", () => {
    const pair = request(100, 0, 1);
    const schedule = new PollSchedule([pair], start);
    schedule.take(at(0));
    expect(schedule.complete).toBe(false);
    schedule.split(pair, at(5));
    const first = schedule.take(at(5)) as ReadRequest;
    const second = schedule.take(at(5)) as ReadRequest;
    expect([first.length, second.length]).toEqual([1, 1]);
    schedule.answered(first);
    expect(schedule.complete).toBe(false);
    schedule.answered(second);
    expect(schedule.complete).toBe(true);
    expect(schedule.next()).toBe(at(100));
  });

  test("asks nothing of a device without signals", () => {
    const schedule = new PollSchedule([], start);
    expect(schedule.next()).toBeUndefined();
    expect(schedule.take(at(0))).toBeUndefined();
    expect(schedule.complete).toBe(true);
  });
});
