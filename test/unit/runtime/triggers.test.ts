import { describe, expect, test } from "vitest";
import { elapsed } from "#src/base/units.ts";
import { Triggers, triggersOf } from "#src/runtime/triggers.ts";
import { HandClock } from "../hand-clock.ts";

/** Triggers of three inputs and two loops, whose turns take as long as they are told to. */
function triggered(length = 0) {
  const clock = new HandClock();
  const began = clock.now();
  let lasting = length;
  const turns: { readonly due: readonly number[]; readonly at: number }[] = [];
  const triggers = new Triggers({
    loopsOf: [[0], [0, 1], []],
    clock,
    turn(due) {
      turns.push({ due, at: elapsed(began, clock.now()) });
      clock.block(lasting);
    },
  });
  const lasts = (next: number): void => {
    lasting = next;
  };
  return { clock, triggers, turns, lasts };
}

describe("triggers", () => {
  test("TG1: a new value gives its loops a turn at once, in their order", () => {
    const { triggers, turns } = triggered();
    triggers.changed([0]);
    triggers.changed([1]);
    expect(turns).toEqual([
      { due: [0], at: 0 },
      { due: [0, 1], at: 0 },
    ]);
  });

  test("TG1: values that come together give one turn", () => {
    const { triggers, turns } = triggered();
    triggers.changed([1, 0]);
    expect(turns).toEqual([{ due: [0, 1], at: 0 }]);
  });

  test("an input that no loop waits for gives no turn", () => {
    const { triggers, turns } = triggered();
    triggers.changed([2]);
    expect(turns).toEqual([]);
  });

  test("TG2: a burst is answered value by value", () => {
    const { triggers, turns } = triggered(1);
    for (let count = 0; count < 5; count += 1) triggers.changed([0]);
    expect(turns).toHaveLength(5);
  });

  test("TG2: a flood gets half of the thread, and its newest value a turn", () => {
    const { clock, triggers, turns } = triggered(1);
    for (let count = 0; count < 2_000; count += 1) {
      triggers.changed([0]);
      clock.pass(0.5);
    }
    clock.pass(50);
    const length = turns.at(-1)?.at ?? 0;
    expect(turns.length).toBeGreaterThan(0.45 * length);
    expect(turns.length).toBeLessThan(0.5 * length + 10);
    const before = turns.length;
    clock.pass(50);
    expect(turns).toHaveLength(before);
  });

  test("TG2: what waits goes together", () => {
    const { clock, triggers, turns } = triggered(20);
    triggers.changed([0]);
    triggers.changed([0]);
    triggers.changed([1]);
    clock.pass(100);
    expect(turns.map(({ due }) => due)).toEqual([[0], [0, 1]]);
  });

  test("TG3: a turn that was held up once holds up nothing after it", () => {
    const { clock, triggers, turns, lasts } = triggered(0.1);
    triggers.changed([0]);
    lasts(30);
    clock.pass(1);
    triggers.changed([0]);
    lasts(0.1);
    triggers.changed([0]);
    triggers.changed([0]);
    expect(turns).toHaveLength(4);
  });

  test("TG3: turns that become long are known for it before long", () => {
    const { clock, triggers, turns, lasts } = triggered(0.1);
    triggers.changed([0]);
    lasts(5);
    for (let count = 0; count < 200; count += 1) {
      triggers.changed([0]);
      clock.pass(0.5);
    }
    const { at = 0 } = turns.at(-1) ?? {};
    turns.length = 0;
    for (let count = 0; count < 2_000; count += 1) {
      triggers.changed([0]);
      clock.pass(0.5);
    }
    const length = (turns.at(-1)?.at ?? 0) - at;
    expect(turns.length * 5).toBeLessThan(0.55 * length);
  });

  test("what waits when it stops has no turn any more", () => {
    const { clock, triggers, turns } = triggered(20);
    triggers.changed([0]);
    triggers.changed([0]);
    triggers.stop();
    clock.pass(1_000);
    expect(turns).toHaveLength(1);
  });
});

test("a loop is triggered by its input, and by what its input is made of", () => {
  const signals = {
    air: { kind: "vote", of: ["front", "back"] },
    felt: { kind: "rule", expression: "air - 0.2 * humidity" },
    night: { kind: "schedule" },
  };
  const loops = {
    slow: { input: "front", onChange: false },
    cooling: { input: "felt", onChange: true },
    plain: { input: "door", onChange: true },
  };
  const inputs = { front: {}, back: {}, humidity: {}, door: {}, other: {} };
  const order = ["plain", "slow", "cooling"];
  expect(triggersOf({ inputs, signals, loops }, order)).toEqual([[2], [2], [2], [0], []]);
});
