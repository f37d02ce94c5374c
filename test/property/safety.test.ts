import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { millis } from "#src/base/units.ts";
import { coil, input, planOf, SiteBench, valve } from "../unit/agents/site-bench.ts";

/** A plant with all that there is: vote, cascade, select, split range, staging, interlocks. */
const machine = { minOn: "30s", minOff: "60s", startsPerHour: 6 };
const loop = { bounds: [-20, 40], action: "direct", period: "1s" };

const plan = planOf({
  inputs: {
    "t-1": input(0, { maxRate: 5, frozen: "60s", substitute: { for: "30s" } }),
    "t-2": input(1),
    "t-3": input(2),
    pressure: input(3),
  },
  signals: { t: { kind: "vote", of: ["t-1", "t-2", "t-3"], maxDeviation: 3 } },
  outputs: {
    "c-1": coil(0, machine),
    "c-2": coil(1, { ...machine, onSensorBad: "cycle 40s on 70s off" }),
    heat: valve(0, { rate: 0.1, onSensorBad: "ramp 10s" }),
    cool: valve(1, { onPartition: "value 0.3", onSensorBad: "hold 20s" }),
    relief: valve(2, { select: "max" }),
  },
  loops: {
    room: { ...loop, kind: "pid", input: "t", setpoint: 4, gain: 2, integralTime: "60s" },
    supply: {
      ...loop,
      kind: "pid",
      input: "t-2",
      output: "air",
      follow: "room",
      setpoint: 2,
      gain: 1e3,
      integralTime: "100ms",
      derivativeTime: "10s",
    },
    suction: { ...loop, kind: "on-off", input: "t", output: "rack", setpoint: 4, deadband: 1 },
    low: { ...loop, kind: "pid", input: "pressure", output: "relief", setpoint: 3, gain: 0.4 },
    high: { ...loop, kind: "pid", input: "t-3", output: "relief", setpoint: 5, gain: 0.4 },
  },
  drives: {
    air: {
      kind: "split-range",
      to: [
        { output: "heat", from: 0.45, to: 0 },
        { output: "cool", from: 0.55, to: 1 },
      ],
    },
    rack: {
      kind: "staging",
      machines: [{ output: "c-1" }, { output: "c-2" }],
      upDelay: "2s",
      downDelay: "2s",
    },
  },
  interlocks: {
    "high-pressure": { trip: "pressure > 20", force: { "c-1": 0, "c-2": 0, relief: 1 } },
    frost: {
      trip: "t_2 < -5",
      force: { "c-1": 0, heat: 1 },
      delay: "3s",
      reset: "after 10s",
      onBad: "ignore",
    },
  },
});

/** One second of the world: what the sensors say, and what befalls the node. */
const value = fc.oneof(
  { weight: 4, arbitrary: fc.double({ min: -10, max: 30, noNaN: true }) },
  { weight: 1, arbitrary: fc.constantFrom(0, 0.5, 1) },
  { weight: 1, arbitrary: fc.constantFrom(Number.NaN, Infinity, -Infinity, 1e308, -1e308, 5e-324) },
);
const second = fc.record({
  values: fc.tuple(value, value, value, value),
  isSilent: fc.boolean(),
  holds: fc.integer({ min: 1, max: 30 }),
  befalls: fc.oneof(
    { weight: 12, arbitrary: fc.constant("nothing" as const) },
    {
      weight: 2,
      arbitrary: fc.constantFrom(
        "restart",
        "crash",
        "lease",
        "set",
        "reset",
        "kill",
        "revive",
        "force" as const,
      ),
    },
  ),
  asked: value,
});
type Said = typeof second extends fc.Arbitrary<infer S> ? S : never;
type Second = Omit<Said, "befalls"> & { readonly befalls: Said["befalls"] | "move" };

/** Runs a story against a device that does what it is told, and remembers all that was written. */
function play(
  story: readonly Second[],
  onSecond: (bench: SiteBench) => void = () => {},
): SiteBench {
  const bench = new SiteBench(plan);
  for (const { values, isSilent, holds, befalls, asked } of story) {
    befall(bench, befalls, asked);
    for (let at = 0; at < holds; at += 1) {
      bench.pass(isSilent ? undefined : values);
      onSecond(bench);
    }
  }
  return bench;
}

function befall(bench: SiteBench, what: Second["befalls"], asked: number): void {
  const person = { owner: "anna", reason: "test" };
  switch (what) {
    case "nothing":
      return;
    case "restart":
      bench.state = bench.begin();
      return;
    case "crash":
      bench.fail();
      return;
    case "lease":
      bench.lease(15_000);
      return;
    case "set": {
      const grant = { id: "a", for: millis(20_000), loop: "suction", value: asked, ...person };
      bench.give({ kind: "override", grant });
      return;
    }
    case "force":
      for (const { name } of plan.outputs) {
        const hand = { id: "h", output: name, value: asked, for: millis(40_000) };
        bench.give({ kind: "force", ...hand, ...person });
      }
      return;
    case "move":
      // Somebody stands at the panel, or the device began anew, with a mind of its own.
      if (Number.isFinite(asked)) bench.device.fill(asked);
      return;
    case "kill":
    case "revive":
      bench.give({ kind: what, id: "k", output: undefined, wall: bench.wall, ...person });
      return;
    case "reset":
      bench.give({ kind: "reset", id: "r", interlock: "high-pressure", ...person });
  }
}

const place = (name: string): number => plan.outputs.findIndex((one) => one.name === name);
const stories = fc.array(second, { minLength: 5, maxLength: 60 });
/** In which somebody moves the outputs, too, or their device does: anywhere. */
const moved = fc.array(
  fc.oneof(
    { weight: 3, arbitrary: second },
    { weight: 1, arbitrary: second.map((one): Second => ({ ...one, befalls: "move" })) },
  ),
  { minLength: 5, maxLength: 60 },
);
const runs = { numRuns: 60 };

/** Warm and cold in turn, so that machines want to start as often as they may. */
const lively = fc.array(
  fc
    .record({
      t: fc.constantFrom(-4, 12, 20, Number.NaN),
      holds: fc.integer({ min: 1, max: 90 }),
      befalls: fc.oneof(
        { weight: 8, arbitrary: fc.constant("nothing" as const) },
        { weight: 2, arbitrary: fc.constantFrom("restart", "crash", "set", "force" as const) },
      ),
      hand: fc.constantFrom(0, 1),
    })
    .map(
      ({ t, holds, befalls, hand }): Second => ({
        values: [t, t, t, 5],
        isSilent: false,
        holds,
        befalls,
        asked: befalls === "force" ? hand : 4,
      }),
    ),
  { minLength: 40, maxLength: 80 },
);

describe("whatever the sensors say, people ask and befalls the node", () => {
  test("C1, OR1: nothing is written outside the bounds of its output, wherever that was moved", () => {
    fc.assert(
      fc.property(moved, (story) => {
        for (const { output, value: of } of play(story).writes) {
          const { min, max } = plan.outputs[output] ?? { min: Number.NaN, max: Number.NaN };
          expect(of >= min && of <= max).toBe(true);
        }
      }),
      runs,
    );
  });

  test("RT1, RT3: a machine rests its time, over restarts and crashes, and starts no oftener than it may", () => {
    fc.assert(
      fc.property(lively, (story) => {
        const { writes } = play(story);
        for (const name of ["c-1", "c-2"]) {
          const mine = writes.filter(({ output }) => output === place(name));
          let [last, stoppedAt] = [0, Number.NEGATIVE_INFINITY];
          const starts: number[] = [];
          for (const { at, value: of } of mine) {
            if (of === last) continue;
            if (of === 1) {
              expect(at - stoppedAt).toBeGreaterThanOrEqual(60_000);
              starts.push(at);
            } else stoppedAt = at;
            last = of;
          }
          for (const start of starts) {
            const within = starts.filter((other) => other > start - 3_600_000 && other <= start);
            expect(within.length).toBeLessThanOrEqual(6);
          }
        }
      }),
      { numRuns: 12 },
    );
  });

  test("C6, IL1: what an interlock forces is so within one period, and stays so while it is tripped", () => {
    fc.assert(
      fc.property(stories, (story) => {
        play(story, ({ state, device }) => {
          if (state.kills.length > 0) return;
          const [high, frost] = state.interlocks;
          if (high?.trippedAt !== undefined) {
            expect([device[place("c-1")], device[place("c-2")]]).toEqual([0, 0]);
            expect(device[place("relief")]).toBe(1);
          }
          if (frost?.trippedAt !== undefined) expect(device[place("heat")]).toBe(1);
        });
      }),
      runs,
    );
  });

  test("C7: what is killed is at its safe value within one period, until a person releases it", () => {
    fc.assert(
      fc.property(stories, (story) => {
        let isKilled = false;
        for (const [at, one] of story.entries()) {
          if (one.befalls === "kill") isKilled = true;
          if (one.befalls === "revive") isKilled = false;
          if (!isKilled) continue;
          const { device, state } = play(story.slice(0, at + 1));
          expect(device).toEqual(plan.outputs.map(({ safe }) => safe));
          expect(state.outputs.map(({ authority }) => authority)).toEqual(
            plan.outputs.map(() => "kill"),
          );
          return;
        }
      }),
      runs,
    );
  });

  test("SM1, IL2: a latched interlock is let go by nothing but a person", () => {
    fc.assert(
      fc.property(stories, (story) => {
        const noResets = story.map((one) =>
          one.befalls === "reset" ? { ...one, befalls: "restart" as const } : one,
        );
        let wasTripped = false;
        play(noResets, ({ state }) => {
          const [high] = state.interlocks;
          const isTripped = high?.trippedAt !== undefined && high.wasSeen;
          expect(wasTripped && !isTripped).toBe(false);
          wasTripped ||= isTripped;
        });
      }),
      runs,
    );
  });
});
