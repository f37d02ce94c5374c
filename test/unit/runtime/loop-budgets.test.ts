import { expect, test } from "vitest";
import { instant, millis } from "#src/base/units.ts";
import type { LoopClass } from "#src/contract/config-points.ts";
import { limits } from "#src/contract/limits.ts";
import { LoopBudgets } from "#src/runtime/loop-budgets.ts";

const loopsOf = (...classes: LoopClass[]) =>
  classes.map((of, index) => ({
    name: `loop-${index}`,
    period: millis(100),
    class: of,
    budget: millis(10),
  }));

const now = instant(60_000);

/** All loops due again and again; `lengths` says how long each takes. */
function turns(budgets: LoopBudgets, count: number, lengths: readonly number[], at = now) {
  const all = [...lengths.keys()];
  return Array.from({ length: count }, () =>
    budgets.steps(all).flatMap((step) => {
      const length = step.reduce((sum, loop) => sum + (lengths[loop] ?? 0), 0);
      return budgets.took(step, millis(length), at) ?? [];
    }),
  ).flat();
}

test("LB1: a turn serves safety, then control, then each advisory loop by itself", () => {
  const budgets = new LoopBudgets(
    loopsOf("advisory", "control", "safety", "control", "advisory", "safety"),
  );
  expect(budgets.steps([0, 1, 2, 3, 4, 5])).toEqual([[2, 5], [1, 3], [0], [4]]);
  expect(budgets.steps([1, 4])).toEqual([[1], [4]]);
  expect(budgets.steps([])).toEqual([]);
});

test("LB2: a long step puts the loops that shared it on trial, not those of another class", () => {
  const budgets = new LoopBudgets(loopsOf("safety", "safety", "control", "control"));
  budgets.took([2, 3], millis(11), now);
  expect(budgets.steps([0, 1, 2, 3])).toEqual([[0, 1], [2], [3]]);
});

test("LB2: loops that kept their budget share a step again, and rest from suspicion", () => {
  const budgets = new LoopBudgets(loopsOf("control", "control"));
  turns(budgets, 1 + limits.trialSteps, [6, 6]);
  expect(budgets.steps([0, 1])).toEqual([[0, 1]]);
  turns(budgets, 1, [6, 6]);
  expect(budgets.steps([0, 1])).toEqual([[0, 1]]);
  turns(budgets, 1, [6, 6], instant(now + limits.trialPause));
  expect(budgets.steps([0, 1])).toEqual([[0], [1]]);
});

test("LB3: only the loop that exceeds its budget is slowed down, by as much as it does", () => {
  const budgets = new LoopBudgets(loopsOf("control", "control", "control"));
  const told = turns(budgets, 1 + limits.overruns, [1, 35, 1]);
  expect(told).toEqual([{ loop: 1, length: 35, slowdown: 4 }]);
  expect([0, 1, 2].map((loop) => budgets.account(loop).slowdown)).toEqual([1, 4, 1]);
  expect(budgets.account(1).overruns).toBe(limits.overruns);
});

test("LB3: an overrun now and then slows nothing down, and no loop down without end", () => {
  const budgets = new LoopBudgets(loopsOf("control"));
  for (let i = 0; i < 10; i += 1) {
    turns(budgets, limits.overruns - 1, [200]);
    turns(budgets, 1, [1]);
  }
  expect(budgets.account(0).slowdown).toBe(1);
  turns(budgets, limits.overruns, [100_000]);
  expect(budgets.account(0).slowdown).toBe(limits.slowdown);
});

test("LB4: a loop that keeps its budget again runs at every tick again", () => {
  const budgets = new LoopBudgets(loopsOf("control", "control"));
  turns(budgets, 10, [1, 50]);
  expect(turns(budgets, limits.trialSteps - 1, [1, 1])).toEqual([]);
  expect(turns(budgets, 1, [1, 1])).toEqual([{ loop: 1, length: 1, slowdown: 1 }]);
  expect(budgets.steps([0, 1])).toEqual([[0, 1]]);
});
