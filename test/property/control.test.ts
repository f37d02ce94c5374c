import fc from "fast-check";
import { expect, test } from "vitest";
import { type Instant, instant, millis } from "#src/base/units.ts";
import { limits } from "#src/contract/limits.ts";
import { onOff } from "#src/core/control/on-off.ts";
import { pid, track } from "#src/core/control/pid.ts";
import { nextPause } from "#src/core/protect/backoff.ts";
import { permitRun, type Running, withStart } from "#src/core/safety/run-times.ts";

const value = fc.double({ min: -1e6, max: 1e6, noNaN: true });

test("PID1: the result is within min … max, whatever came before", () => {
  fc.assert(
    fc.property(
      fc.array(fc.tuple(value, value, fc.integer({ min: 0, max: 100_000 })), { maxLength: 50 }),
      (inputs) => {
        const rule = {
          action: "direct",
          gain: 3,
          integralTime: millis(5_000),
          derivativeTime: millis(2_000),
          setpointWeight: 0.7,
          period: millis(1_000),
          min: -2,
          max: 5,
        } as const;
        let state = track(rule, 0, 0, 0);
        for (const [setpoint, measured, since] of inputs) {
          const step = pid(
            rule,
            state,
            { setpoint, value: measured, feedForward: 0, applied: undefined },
            millis(since),
          );
          expect(step.output >= -2 && step.output <= 5).toBe(true);
          expect(Number.isFinite(step.state.integral)).toBe(true);
          state = step.state;
        }
      },
    ),
  );
});

test("inside the deadband nothing changes; outside it the output does not depend on before", () => {
  fc.assert(
    fc.property(
      value,
      value,
      fc.double({ min: 0, max: 100, noNaN: true }),
      (setpoint, measured, deadband) => {
        const rule = { action: "reverse", deadband } as const;
        const [fromOn, fromOff] = [
          onOff(rule, setpoint, measured, true),
          onOff(rule, setpoint, measured, false),
        ];
        const inside = Math.abs(setpoint - measured) <= deadband / 2;
        expect(fromOn === fromOff).toBe(!inside);
      },
    ),
  );
});

test("RT1, RT2: runs last minOn and pauses minOff, unless the safe state stops a run", () => {
  const wishes = fc.array(
    fc.tuple(fc.integer({ min: 1, max: 40_000 }), fc.boolean(), fc.boolean()),
    { maxLength: 200 },
  );
  fc.assert(
    fc.property(wishes, (all) => {
      const times = { minOn: millis(30_000), minOff: millis(60_000), startsPerHour: undefined };
      let now: Instant = instant(0);
      let running: Running = { on: false, since: now, starts: [] };
      for (const [wait, wanted, toSafe] of all) {
        now = instant(now + wait);
        const { on } = permitRun(times, running, wanted, toSafe, now);
        if (on === running.on) continue;
        const lasted = now - running.since;
        if (on) expect(lasted).toBeGreaterThanOrEqual(times.minOff);
        else if (!toSafe) expect(lasted).toBeGreaterThanOrEqual(times.minOn);
        running = { on, since: now, starts: [] };
      }
    }),
  );
});

test("RT3: no hour has more starts than it may, whatever is asked", () => {
  const wishes = fc.array(fc.tuple(fc.integer({ min: 1, max: 600_000 }), fc.boolean()), {
    maxLength: 300,
  });
  fc.assert(
    fc.property(wishes, fc.integer({ min: 1, max: 6 }), (all, startsPerHour) => {
      const times = { minOn: millis(0), minOff: millis(0), startsPerHour };
      let now: Instant = instant(0);
      let running: Running = { on: false, since: now, starts: [] };
      const started: number[] = [];
      for (const [wait, wanted] of all) {
        now = instant(now + wait);
        const { on } = permitRun(times, running, wanted, false, now);
        if (on === running.on) continue;
        if (on) started.push(now);
        running = {
          on,
          since: now,
          starts: on ? withStart(times, running.starts, now) : running.starts,
        };
      }
      for (const at of started) {
        const within = started.filter((other) => other >= at && other < at + 3_600_000);
        expect(within.length).toBeLessThanOrEqual(startsPerHour);
      }
    }),
  );
});

test("BO1: every pause before a reconnect is bounded, and no two seeds walk in step", () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 0, max: 0xffffffff }),
      fc.integer({ min: 0, max: 10_000 }),
      (seed, attempt) => {
        const { pause } = nextPause({ attempt, seed });
        expect(pause).toBeGreaterThanOrEqual(100);
        expect(pause).toBeLessThanOrEqual(limits.backoffCap);
      },
    ),
  );
  const first = Array.from({ length: 1_000 }, (_, seed) =>
    Math.round(nextPause({ attempt: 8, seed }).pause),
  );
  expect(new Set(first).size).toBeGreaterThan(900);
});
