import fc from "fast-check";
import { expect, test } from "vitest";
import { millis } from "#src/base/units.ts";
import { input, planOf, SiteBench, valve } from "../unit/agents/site-bench.ts";

/** Machines that turn slower and faster, as their loops ask: one takes its time, the other jumps. */
const rate = 0.1;
const machine = { bounds: [0, 0.6], minOn: "30s", minOff: "60s", startsPerHour: 6 };
const loop = { kind: "pid", input: "t", bounds: [0, 40], action: "direct", setpoint: 4 };
const plan = planOf({
  inputs: { t: input(0) },
  outputs: { slow: valve(0, { ...machine, rate }), quick: valve(1, machine) },
  loops: {
    slow: { ...loop, output: "slow", gain: 0.2, integralTime: "60s" },
    quick: { ...loop, output: "quick", gain: 0.1 },
  },
});
const middle = 0.3;
const person = { owner: "anna", reason: "test" };

const spell = fc.record({
  t: fc.oneof(
    { weight: 6, arbitrary: fc.double({ min: -2, max: 14, noNaN: true }) },
    { weight: 1, arbitrary: fc.constant(Number.NaN) },
  ),
  lasts: fc.integer({ min: 1, max: 60 }),
  asked: fc.double({ min: 0, max: 0.6, noNaN: true }),
  befalls: fc.oneof(
    { weight: 8, arbitrary: fc.constant("nothing" as const) },
    { weight: 2, arbitrary: fc.constantFrom("restart", "kill", "revive", "force" as const) },
  ),
});
type Said = typeof spell extends fc.Arbitrary<infer S> ? S : never;
type Spell = Omit<Said, "befalls"> & { readonly befalls: Said["befalls"] | "move" };

function befall(bench: SiteBench, { befalls, asked: value }: Spell): void {
  if (befalls === "restart") bench.state = bench.begin();
  // Somebody stands at the panel, or the device began anew, with a mind of its own.
  else if (befalls === "move") bench.device.fill(4 * value - 1);
  else if (befalls === "kill" || befalls === "revive") {
    bench.give({ kind: befalls, id: "k", output: undefined, wall: bench.wall, ...person });
  } else if (befalls === "force") {
    for (const { name: output } of plan.outputs) {
      const hand = { id: "h", output, value, for: millis(90_000) };
      bench.give({ kind: "force", ...hand, ...person });
    }
  }
}

interface Change {
  readonly place: number;
  readonly from: number;
  readonly to: number;
  readonly toSafe: boolean;
  readonly isHeld: boolean;
  readonly at: number;
}

/** What a second did to each output. */
function play(story: readonly Spell[], sees: (change: Change) => void = () => {}): SiteBench {
  const bench = new SiteBench(plan);
  for (const one of story) {
    befall(bench, one);
    for (let second = 0; second < one.lasts; second += 1) {
      const before = [...bench.device];
      bench.pass([one.t]);
      for (const [place, from] of before.entries()) {
        const { authority, reason } = bench.state.outputs[place] ?? {};
        const toSafe = authority === "kill" || authority === "safe-state";
        const to = bench.device[place] as number;
        sees({ place, from, to, toSafe, isHeld: reason?.held !== undefined, at: bench.now });
      }
    }
  }
  return bench;
}

const stories = fc.array(spell, { minLength: 20, maxLength: 60 });
const moved = fc.array(
  fc.oneof(
    spell,
    spell.map((one): Spell => ({ ...one, befalls: "move" })),
  ),
  { minLength: 20, maxLength: 60 },
);
const runs = { numRuns: 40 };

test("OR1: nothing is written outside the bounds, wherever the device moves the output", () => {
  fc.assert(
    fc.property(moved, (story) => {
      const written = play(story).writes.map(({ value }) => value);
      expect(Math.min(...written)).toBeGreaterThanOrEqual(0);
      expect(Math.max(...written)).toBeLessThanOrEqual(0.6);
    }),
    runs,
  );
});

test("RT1, RT2, RT3: a machine that turns faster and slower keeps its times like one that only runs or stands", () => {
  fc.assert(
    fc.property(stories, (story) => {
      const switchedAt = [Number.NEGATIVE_INFINITY, Number.NEGATIVE_INFINITY];
      const starts: number[][] = [[], []];
      play(story, ({ place, from, to, toSafe, at }) => {
        if (from > middle === to > middle) return;
        const lasted = at - (switchedAt[place] as number);
        if (to > middle) {
          expect(lasted).toBeGreaterThanOrEqual(60_000);
          starts[place]?.push(at);
        } else if (!toSafe) expect(lasted).toBeGreaterThanOrEqual(30_000);
        switchedAt[place] = at;
      });
      for (const all of starts) {
        for (const start of all) {
          const within = all.filter((other) => other > start - 3_600_000 && other <= start);
          expect(within.length).toBeLessThanOrEqual(6);
        }
      }
    }),
    runs,
  );
});

test("OR3: what may not cross the middle stays where it is, and does not set out for it", () => {
  fc.assert(
    fc.property(stories, (story) => {
      play(story, ({ from, to, isHeld }) => {
        if (isHeld) expect(to).toBe(from);
      });
    }),
    runs,
  );
});

test("OR2: but for safety nothing moves faster than its rate", () => {
  fc.assert(
    fc.property(stories, (story) => {
      play(story, ({ place, from, to, toSafe }) => {
        if (place !== 0 || toSafe) return;
        expect(Math.abs(to - from)).toBeLessThanOrEqual(rate + 1e-9);
      });
    }),
    runs,
  );
});
