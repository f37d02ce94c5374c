import { beforeEach, describe, expect, test } from "vitest";
import { LogDamper } from "#src/adapters/log-damper.ts";

describe("a log damper", () => {
  let now: number;
  let told: [string, number][];
  let damper: LogDamper;
  const say = (key: string, times: number): number =>
    Array.from({ length: times }, () => damper.passes(key)).filter((passed) => passed).length;

  beforeEach(() => {
    now = 1_000;
    told = [];
    damper = new LogDamper({ now: () => now, tell: (key, count) => told.push([key, count]) });
  });

  test("LD1: lets five of a kind pass in ten seconds, and then tells how many did not", () => {
    expect(say("a", 12)).toBe(5);
    now += 9_999;
    expect(say("a", 1)).toBe(0);
    expect(told).toEqual([]);
    now += 1;
    expect(say("a", 6)).toBe(5);
    expect(told).toEqual([["a", 8]]);
  });

  test("LD1: one kind does not use up another's", () => {
    expect(say("a", 9)).toBe(5);
    expect(say("b", 3)).toBe(3);
  });

  test("LD1: tells when swept, and when it is due for that", () => {
    say("quiet", 2);
    now += 500;
    expect(damper.due).toBeUndefined();
    say("loud", 7);
    expect(damper.due).toBe(11_500);
    now = 11_499;
    damper.sweep();
    expect(told).toEqual([]);
    now = 11_500;
    damper.sweep();
    expect(told).toEqual([["loud", 2]]);
    expect(damper.due).toBeUndefined();
  });

  test("LD2: tells of a kind before it is forgotten for the sake of new ones", () => {
    say("first", 6);
    for (let i = 0; i < 256; i += 1) say(`other ${i}`, 1);
    expect(told).toEqual([["first", 1]]);
  });
});
