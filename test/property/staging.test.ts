import fc from "fast-check";
import { expect, test } from "vitest";
import { type Instant, instant, type Millis, millis } from "#src/base/units.ts";
import { type Machine, type Staging, stage, startStaging } from "#src/core/control/staging.ts";

const machine = fc.record({
  available: fc.boolean(),
  runs: fc.boolean(),
  mayStart: fc.boolean(),
  mayStop: fc.boolean(),
  runTime: fc.nat(1e9).map(millis),
});
const rule = fc.record({
  most: fc.integer({ min: 1, max: 4 }),
  rotate: fc.constantFrom("run-time", "start", "never"),
  upDelay: fc.nat(5_000).map(millis),
  downDelay: fc.nat(5_000).map(millis),
});
const demand = fc.oneof(fc.double(), fc.double({ min: 0, max: 1 }));

test("SG1 SG4: whatever is asked, permissions are kept and never more than `most` are started", () => {
  const turn = fc.tuple(demand, fc.array(machine, { minLength: 4, maxLength: 4 }), fc.nat(9_000));
  fc.assert(
    fc.property(rule, fc.array(turn, { maxLength: 30 }), (of, turns) => {
      let state = startStaging(4);
      let now = 0;
      for (const [asked, machines, later] of turns) {
        now += later;
        const staged = stage(of, state, { demand: asked, machines }, instant(now));
        expectPermitted(of, machines, staged.on);
        expect([...staged.state.started].sort()).toEqual([0, 1, 2, 3]);
        expect(staged.state.count - state.count).toBeLessThanOrEqual(1);
        state = staged.state;
      }
    }),
  );
});

function expectPermitted(of: Staging, machines: readonly Machine[], on: readonly boolean[]): void {
  let starts = 0;
  for (const [place, { available, runs, mayStart, mayStop }] of machines.entries()) {
    if (on[place] === true && !runs) {
      starts += 1;
      expect(available && mayStart).toBe(true);
    }
    if (on[place] === false && runs) expect(mayStop).toBe(true);
  }
  const running = machines.filter((one, place) => one.available && on[place] === true).length;
  const held = machines.filter((one) => one.available && one.runs && !one.mayStop).length;
  if (starts > 0) expect(running).toBeLessThanOrEqual(of.most);
  expect(running).toBeLessThanOrEqual(Math.max(of.most, held));
}

test("SG2 SG3: at most one starts in a turn and in a delay, but for those that were lost meanwhile", () => {
  const asked = fc.oneof(fc.constant(1), demand);
  const turn = fc.tuple(asked, fc.array(machine, { minLength: 4, maxLength: 4 }), fc.nat(3_000));
  fc.assert(
    fc.property(rule, fc.array(turn, { maxLength: 40 }), (of, turns) => {
      let state = startStaging(4);
      let now = 0;
      let last = { starts: Number.NEGATIVE_INFINITY, missing: 0 };
      let relied: readonly number[] = [];
      for (const [asks, machines, later] of turns) {
        now += later;
        const staged = stage(of, state, { demand: asks, machines }, instant(now));
        const gone = relied.filter((place) => !isServing(machines[place]));
        const lost = relied.filter((place) => machines[place]?.available === false);
        const starts = staged.on.filter(
          (on, place) => on && machines[place]?.runs === false,
        ).length;
        const missing = last.missing + gone.length;
        expect(starts).toBeLessThanOrEqual(Math.max(1, lost.length));
        if (now - last.starts < of.upDelay) expect(starts).toBeLessThanOrEqual(missing);
        last = starts > 0 ? { starts: now, missing: 0 } : { ...last, missing };
        relied = [0, 1, 2, 3].filter((place) => staged.on[place] && machines[place]?.available);
        state = staged.state;
      }
    }),
    { numRuns: 300 },
  );
});

const isServing = (one: Machine | undefined): boolean => one?.available === true && one.runs;

const minute = 60_000;
const lowest = 5 * minute;

/** Run time of each of three machines after `days` of a demand that swings. */
function shares(rotate: Staging["rotate"], days: number, phase: number): readonly number[] {
  const of: Staging = { most: 3, rotate, upDelay: millis(minute), downDelay: millis(minute) };
  let state = startStaging(3);
  const runTime = [0, 0, 0];
  const since: Instant[] = [instant(-lowest), instant(-lowest), instant(-lowest)];
  let on: readonly boolean[] = [false, false, false];
  for (let at = 0; at < days * 1_440 * minute; at += minute) {
    const asked = 0.5 + 0.5 * Math.sin(at / (40 * minute) + phase);
    const machines = on.map((runs, place): Machine => {
      const rested = at - (since[place] ?? 0) >= lowest;
      const ran = millis(runTime[place] ?? 0) as Millis;
      return { available: true, runs, mayStart: rested, mayStop: rested, runTime: ran };
    });
    const staged = stage(of, state, { demand: asked, machines }, instant(at));
    for (const [place, is] of staged.on.entries()) {
      if (is !== on[place]) since[place] = instant(at);
      if (is) runTime[place] = (runTime[place] ?? 0) + minute;
    }
    ({ state, on } = staged);
  }
  return runTime;
}

test("SG5: over weeks no machine runs a fifth longer than another, by run time or by turns", () => {
  fc.assert(
    fc.property(
      fc.constantFrom("run-time", "start"),
      fc.double({ min: 0, max: 6, noNaN: true }),
      (rotate, phase) => {
        const ran = shares(rotate, 14, phase);
        expect(Math.max(...ran) / Math.min(...ran)).toBeLessThan(1.2);
      },
    ),
    { numRuns: 6 },
  );
});
