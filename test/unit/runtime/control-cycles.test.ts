import fc from "fast-check";
import { expect, test } from "vitest";
import type { Fault } from "#src/base/fault.ts";
import { millis } from "#src/base/units.ts";
import type { LoopClass } from "#src/contract/config-points.ts";
import { limits } from "#src/contract/limits.ts";
import type { ControlInput } from "#src/core/control-io.ts";
import { ControlCycles } from "#src/runtime/control-cycles.ts";
import { HandClock } from "../hand-clock.ts";

type CycleInput = Extract<ControlInput, { kind: "cycle" }>;

interface LoopMade {
  readonly period: number;
  readonly of?: LoopClass;
  readonly budget?: number;
}

/** Cycles over an agent whose step takes as long as its loops are told to. */
function cycling(made: readonly LoopMade[]) {
  const clock = new HandClock();
  const began = clock.now();
  const lengths = made.map(() => 0);
  const asked: CycleInput[] = [];
  const told: Fault[] = [];
  const life = { isThere: true };
  const loops = made.map(({ period, of = "control", budget = 5 }, index) => ({
    name: `loop-${index}`,
    period: millis(period),
    class: of,
    budget: millis(budget),
  }));
  const cycles = new ControlCycles({
    loops,
    clock,
    devices: {
      image: () => ({ inputs: [], outputs: [] }),
      write() {},
      close: () => Promise.resolve(),
    },
    isThere: () => life.isThere,
    step(input) {
      asked.push(input);
      for (const loop of input.due) clock.block(lengths[loop] ?? 0);
    },
    report: (met) => told.push(met),
  });
  const run = (length: number): void => {
    const end = clock.now() + length;
    for (let next = cycles.next(); next !== undefined && next < end; next = cycles.next()) {
      clock.block(Math.max(0, next - clock.now()));
      cycles.turn(clock.now(), false);
    }
    clock.block(Math.max(0, end - clock.now()));
  };
  /** Ticks that there were, whatever became of them. */
  const ticks = (loop: number): number => {
    const { cycles: ran, missed, skipped } = cycles.timing(loop);
    return ran + missed + skipped;
  };
  return { clock, began, cycles, lengths, asked, told, life, run, ticks };
}

test("CT1: the steps of a turn see one image, safety first", () => {
  const { cycles, clock, asked } = cycling([
    { period: 10, of: "advisory" },
    { period: 10 },
    { period: 10, of: "safety" },
  ]);
  expect(cycles.turn(clock.now(), false)).toBe(true);
  expect(asked.map(({ due }) => due)).toEqual([[2], [1], [0]]);
  expect(new Set(asked.map(({ image }) => image)).size).toBe(1);
});

test("loops of one class share a step while the world is well", () => {
  const { run, asked } = cycling([{ period: 10 }, { period: 10 }, { period: 20 }]);
  run(100);
  expect(asked).toHaveLength(10);
  expect(asked[0]).toMatchObject({ due: [0, 1, 2], lateness: [0, 0, 0] });
});

test("the agent is asked though no loop is due, when it must be", () => {
  const { cycles, clock, asked } = cycling([{ period: 1_000 }]);
  cycles.turn(clock.now(), false);
  clock.block(500);
  expect(cycles.turn(clock.now(), false)).toBe(false);
  expect(cycles.turn(clock.now(), true)).toBe(true);
  expect(asked.at(-1)?.due).toEqual([]);
});

test("LB3: a loop over its budget is slowed down alone, and its neighbours keep their period", () => {
  const { run, lengths, cycles, told } = cycling([{ period: 20 }, { period: 20 }, { period: 20 }]);
  run(1_000);
  lengths[1] = 12;
  run(10_000);
  expect(told).toMatchObject([
    { code: "LOOP_SLOWED", message: expect.stringContaining("loop-1 took 12 ms of a budget of 5") },
  ]);
  const [one, hog, other] = [0, 1, 2].map((loop) => cycles.timing(loop));
  expect(one).toMatchObject({ cycles: 550, missed: 0, skipped: 0, slowdown: 1, overruns: 0 });
  expect(other).toMatchObject({ cycles: 550, missed: 0, skipped: 0, slowdown: 1, overruns: 0 });
  expect(hog?.slowdown).toBe(3);
  expect(hog?.skipped).toBeGreaterThan(300);
  expect(hog?.step.max).toBe(12);
});

test("LB4, CS3: a loop that behaves again has its period back, and every tick is accounted for", () => {
  const { run, lengths, cycles, ticks } = cycling([{ period: 20 }, { period: 20 }]);
  lengths[1] = 30;
  run(2_000);
  expect(cycles.timing(1).slowdown).toBe(6);
  lengths[1] = 1;
  run(1_000);
  const before = cycles.timing(1);
  expect(before.slowdown).toBe(1);
  run(1_000);
  expect(cycles.timing(1).cycles - before.cycles).toBe(50);
  expect(ticks(1)).toBe(200);
});

test("LB3: a loop that is slowed down does not decide between its ticks either", () => {
  const { run, lengths, cycles, asked } = cycling([{ period: 20 }, { period: 20 }]);
  lengths[1] = 12;
  run(1_000);
  asked.length = 0;
  cycles.turnOf([0, 1]);
  cycles.turnOf([1]);
  expect(asked.map(({ due }) => due)).toEqual([[0]]);
});

test("CT2: advisory loops have only what time is left, and what they lose is counted", () => {
  const { run, lengths, cycles, ticks } = cycling([
    { period: 10, of: "safety", budget: 10 },
    { period: 10, of: "advisory" },
  ]);
  lengths[0] = 2;
  lengths[1] = 3;
  run(1_000);
  expect(cycles.timing(1)).toMatchObject({ cycles: 100, skipped: 0 });
  lengths[0] = 9;
  run(1_000);
  expect(cycles.timing(0)).toMatchObject({ cycles: 200, missed: 0 });
  expect(cycles.timing(1).skipped).toBeGreaterThan(95);
  expect(ticks(1)).toBe(200);
});

test("CT2: advisory loops that have a node to themselves are never skipped", () => {
  const { run, lengths, cycles } = cycling([
    { period: 10, of: "advisory" },
    { period: 10, of: "advisory" },
  ]);
  lengths[0] = 4;
  run(100);
  expect(cycles.timing(1)).toMatchObject({ cycles: 10, skipped: 0 });
});

test("CT3: what an agent at rest was due for is missed, within a turn too", () => {
  const { cycles, clock, life, asked, run, ticks } = cycling([
    { period: 10, of: "safety" },
    { period: 10 },
  ]);
  run(10);
  life.isThere = false;
  run(limits.restartRest);
  expect(asked).toHaveLength(2);
  expect(cycles.turn(clock.now(), true)).toBe(false);
  expect(ticks(0)).toBe(ticks(1));
  expect(cycles.timing(1)).toMatchObject({ cycles: 1, missed: ticks(1) - 1 });
});

test("CT4: a new value gives a turn besides the ticks, which stay where they are", () => {
  const { cycles, clock, began, asked, run } = cycling([{ period: 100 }, { period: 100 }]);
  run(50);
  cycles.turnOf([1]);
  expect(asked.at(-1)).toMatchObject({ due: [1], lateness: [0] });
  expect(clock.now() - began).toBe(50);
  run(150);
  expect(asked.map(({ due }) => due)).toEqual([[0, 1], [1], [0, 1]]);
  expect(cycles.timing(1)).toMatchObject({ cycles: 2, missed: 0 });
});

test("CT4: a loop that was slowed down decides at its ticks only", () => {
  const { cycles, lengths, asked, run } = cycling([{ period: 20 }, { period: 20 }]);
  lengths[1] = 30;
  run(2_000);
  const before = asked.length;
  cycles.turnOf([1]);
  expect(asked).toHaveLength(before);
  cycles.turnOf([0, 1]);
  expect(asked.at(-1)?.due).toEqual([0]);
});

test("CT4: an advisory loop has no turn of its own shortly before another's tick", () => {
  const { cycles, clock, lengths, asked, run } = cycling([
    { period: 100 },
    { period: 100, of: "advisory" },
  ]);
  lengths[1] = 4;
  run(150);
  cycles.turnOf([1]);
  expect(asked.at(-1)?.due).toEqual([1]);
  const before = asked.length;
  clock.block(44);
  cycles.turnOf([1]);
  expect(asked).toHaveLength(before);
});

test("CT4: nobody is asked while the agent rests", () => {
  const { cycles, life, asked } = cycling([{ period: 100 }]);
  life.isThere = false;
  cycles.turnOf([0]);
  expect(asked).toEqual([]);
});

test("CS3, CT2: whatever steps take, every tick is accounted for and advisory loops wait", () => {
  const loop = fc.record({
    period: fc.integer({ min: 1, max: 50 }),
    of: fc.constantFrom<LoopClass>("safety", "control", "advisory"),
    budget: fc.integer({ min: 1, max: 10 }),
  });
  const loops = fc.array(loop, { minLength: 1, maxLength: 6 });
  const lengths = fc.array(fc.array(fc.integer({ min: 0, max: 30 }), { minLength: 6 }), {
    maxLength: 4,
  });
  fc.assert(
    fc.property(loops, lengths, (made, phases) => {
      const world = cycling(made);
      for (const phase of phases) {
        world.lengths.splice(0, made.length, ...phase.slice(0, made.length));
        world.run(500);
      }
      world.lengths.fill(0);
      world.cycles.turn(world.clock.now(), false);
      for (const [index, { period, of }] of made.entries()) {
        const { skipped } = world.cycles.timing(index);
        const ticks = Math.floor((world.clock.now() - world.began) / period) + 1;
        // What a loop that is slowed down passes over is counted when it begins to.
        expect(world.ticks(index)).toBeGreaterThanOrEqual(ticks);
        expect(world.ticks(index)).toBeLessThan(ticks + limits.slowdown);
        if (of !== "advisory" && world.told.length === 0) expect(skipped).toBe(0);
      }
    }),
    { numRuns: 200 },
  );
});
