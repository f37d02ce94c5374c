import { describe, expect, test } from "vitest";
import { type ControlState, control } from "#agents/node/control.ts";
import { type ControlPlan, lookEvery, planNode } from "#agents/node/plan.ts";
import type { PidPlan } from "#agents/node/plan-loops.ts";
import { type Instant, instant, millis, wallTime } from "#src/base/units.ts";
import { NodeConfig } from "#src/contract/config.ts";
import type { Reading } from "#src/contract/image.ts";
import { blankMemory, type ControlEffect, type ControlMemory } from "#src/core/control-io.ts";
import type { SafeState } from "#src/core/safety/safe-state.ts";
import { plan } from "./site.ts";

/** What a node and its devices have to do with each other: here a device can be away, and restart. */
const compressor = 0;
const valve = 1;
const lamp = 2;
/** Writes again sooner than a read-back can be trusted to have followed. */
const eager: ControlPlan = {
  ...plan,
  outputs: plan.outputs.map((one) => ({ ...one, refresh: millis(400), settle: millis(1_500) })),
};
const never: Reading = { value: Number.NaN, quality: "bad", at: instant(0) };

class Bench {
  now = instant(1_000_000);
  state: ControlState;
  air = 10;
  level = 2;
  /** What the outputs of the device really are. */
  readonly real = [0, 0.1, 0];
  isThere = true;
  isStuck = false;
  sensorsAreElsewhere = false;
  readonly writes: { readonly at: Instant; readonly output: number; readonly value: number }[] = [];
  readonly faults: string[] = [];
  readonly #plan: ControlPlan;
  #inputs: Reading[] = [never, never];
  #outputs: Reading[] = [never, never, never];
  #isRead = false;

  constructor(memory: Partial<ControlMemory> = {}, of: ControlPlan = plan) {
    this.#plan = of;
    const step = control.start(of, { ...blankMemory, ...memory }, this.now);
    this.state = step.state;
  }

  /** Every 200 ms the device is polled, as far as it is there, and then the loops have their turn. */
  pass(length: number, due: readonly number[] = [0, 1]): void {
    for (const end = this.now + length; this.now < end; ) {
      this.now = instant(this.now + 200);
      this.#poll();
      this.cycle(due);
    }
  }

  cycle(due: readonly number[]): void {
    const image = { inputs: this.#inputs, outputs: this.#outputs };
    const lateness = due.map(() => millis(0));
    const step = control.step(
      this.#plan,
      this.state,
      { kind: "cycle", wall: wallTime(1_790_000_000_000), due, lateness, image },
      this.now,
    );
    this.state = step.state;
    for (const effect of step.effects) this.#carryOut(effect);
  }

  #poll(): void {
    const say = (value: number): Reading => ({ value, quality: "good", at: this.now });
    this.#isRead = this.isThere;
    if (this.isThere || this.sensorsAreElsewhere) this.#inputs = [say(this.air), say(this.level)];
    if (this.isThere) this.#outputs = this.real.map(say);
  }

  /** D4: what is ordered of a device that was not read is forgotten. */
  #carryOut(effect: ControlEffect): void {
    if (effect.kind === "report") this.faults.push(effect.fault.code);
    if (effect.kind !== "actuate" || !this.#isRead) return;
    this.writes.push({ at: this.now, output: effect.output, value: effect.value });
    if (!this.isStuck) this.real[effect.output] = effect.value;
  }
}

test("RT1: a compressor that was stuck when it was told to stop rests from when it gave way", () => {
  const bench = new Bench({}, eager);
  bench.pass(300_000);
  expect(bench.real[compressor]).toBe(1);
  bench.isStuck = true;
  bench.air = 2;
  bench.pass(1_000);
  expect(bench.real[compressor]).toBe(1);
  bench.isStuck = false;
  bench.pass(600);
  expect(bench.real[compressor]).toBe(0);
  const gaveWay = bench.now - 600;
  bench.air = 10;
  bench.pass(300_000);
  const start = bench.writes.find(
    ({ at, output, value }) => at > gaveWay && output === compressor && value === 1,
  );
  expect(start?.at).toBeGreaterThanOrEqual(gaveWay + 180_000);
});

test("RT2: a compressor that ran through a restart of its node is not stopped by it", () => {
  const bench = new Bench({}, eager);
  bench.isThere = false;
  bench.real[compressor] = 1;
  bench.pass(1_000);
  bench.isThere = true;
  bench.pass(10_000);
  expect(bench.real[compressor]).toBe(1);
  expect(bench.writes.filter(({ output, value }) => output === compressor && value === 0)).toEqual(
    [],
  );
});

test("PID2: a valve that was open at a restart is taken over without a bump", () => {
  const bench = new Bench({}, eager);
  bench.isThere = false;
  bench.real[valve] = 0.8;
  bench.pass(1_000);
  bench.isThere = true;
  bench.pass(1_000);
  expect(bench.real[valve]).toBeCloseTo(0.8, 1);
});

test("RT1: a compressor whose device was away may have just stopped, and rests from its return", () => {
  const bench = new Bench({}, eager);
  bench.air = 4;
  bench.pass(200_000);
  expect(bench.real[compressor]).toBe(0);
  bench.isThere = false;
  // Its sensor is on another device: the loop goes on, and orders a start that nobody hears.
  bench.sensorsAreElsewhere = true;
  bench.pass(2_000);
  bench.air = 10;
  bench.pass(600);
  expect(bench.state.outputs[compressor]?.value).toBe(1);
  bench.isThere = true;
  const back = bench.now;
  bench.pass(300_000);
  const start = bench.writes.find(({ output, value }) => output === compressor && value === 1);
  expect(start?.at).toBeGreaterThanOrEqual(back + 180_000);
});

test("RT1: a compressor that was told to stop while its device was away rests from its return", () => {
  const bench = new Bench({}, eager);
  bench.pass(200_000);
  expect(bench.real[compressor]).toBe(1);
  bench.isThere = false;
  bench.pass(60_000);
  expect(bench.state.outputs[compressor]?.value).toBe(0);
  // It never heard of that: it stopped because it restarted, just now.
  bench.real[compressor] = 0;
  bench.isThere = true;
  const back = bench.now;
  bench.writes.length = 0;
  bench.pass(300_000);
  const start = bench.writes.find(({ output, value }) => output === compressor && value === 1);
  expect(start?.at).toBeGreaterThanOrEqual(back + 180_000);
});

test("RT1: an agent that failed, and stopped its compressor so, does not start it at once", () => {
  const bench = new Bench({}, eager);
  bench.pass(200_000);
  expect(bench.real[compressor]).toBe(1);
  const failed = control.start(eager, { ...blankMemory, failed: [0, 0.1, 1] }, bench.now);
  bench.state = failed.state;
  bench.writes.length = 0;
  // The image is still the one from before; the order that went out is read back after it.
  bench.cycle([0, 1]);
  bench.real[compressor] = 0;
  bench.pass(170_000);
  expect(bench.writes.filter(({ output, value }) => output === compressor && value === 1)).toEqual(
    [],
  );
  bench.pass(15_000);
  expect(bench.real[compressor]).toBe(1);
});

test("C5: an output is written again each refresh, however long its loop sleeps", () => {
  const bench = new Bench();
  bench.pass(200);
  bench.writes.length = 0;
  bench.pass(20_000, []);
  for (const output of [compressor, valve, lamp]) {
    const count = bench.writes.filter((one) => one.output === output).length;
    expect(count).toBeGreaterThanOrEqual(9);
    expect(count).toBeLessThanOrEqual(10);
  }
});

test("C5: the agent is asked often enough for the shortest refresh", () => {
  expect(lookEvery(plan)).toBe(1_000);
  const quick = NodeConfig.parse({
    role: "node",
    region: "north",
    node: "room-1",
    devices: { plc: { driver: "modbus-tcp" } },
    inputs: {},
    outputs: {
      lamp: {
        device: "plc",
        register: { kind: "coil", address: 1 },
        safe: 1,
        onSensorBad: "safe",
        onPartition: "keep",
        onAgentLoss: "safe",
        refresh: "250ms",
      },
    },
    loops: {},
  });
  expect(lookEvery(planNode(quick))).toBe(250);
});

test("C1: a valve that somebody opened too far by hand is not held there", () => {
  const bench = new Bench();
  bench.pass(10_000);
  bench.real[valve] = 2;
  bench.writes.length = 0;
  bench.pass(10_000, []);
  expect(bench.real[valve]).toBe(1);
  expect(bench.writes.every(({ value }) => value >= 0 && value <= 1)).toBe(true);
});

test("a reading that is called good but is no number is not taken over", () => {
  const bench = new Bench();
  bench.real[valve] = Number.NaN;
  bench.pass(200);
  expect(bench.faults).toEqual([]);
});

test("C1: a loop that lost its numbers is safe, says so, and finds them again", () => {
  const [cooling, filling] = plan.loops;
  const wild = {
    ...filling,
    pid: { ...(filling as PidPlan).pid, gain: 1e308, integralTime: millis(100) },
  } as PidPlan;
  const absurd = { ...plan.inputs[1], min: -1e9 } as (typeof plan.inputs)[number];
  const bench = new Bench(
    {},
    {
      ...plan,
      inputs: [plan.inputs[0], absurd] as ControlPlan["inputs"],
      loops: [cooling, wild] as ControlPlan["loops"],
    },
  );
  bench.level = -1e3;
  bench.pass(2_000);
  expect(bench.faults).toContain("LOOP_FAILED");
  bench.level = 2;
  bench.faults.length = 0;
  bench.pass(2_000);
  expect(bench.faults).toEqual([]);
  expect(bench.writes.every(({ value }) => Number.isFinite(value))).toBe(true);
});

test("MM3: a lapse that no cycle has seen counts: one lease after it is not enough", () => {
  const bench = new Bench();
  const lease = { kind: "lease", controller: "c1", epoch: 3, ttl: millis(10_000) } as const;
  const hear = (): void => {
    bench.state = control.step(plan, bench.state, lease, bench.now).state;
  };
  hear();
  expect(bench.state.mode.mode).toBe("connected");
  bench.now = instant(bench.now + 10_500);
  hear();
  expect(bench.state.mode.mode).toBe("autonomous");
  bench.now = instant(bench.now + 3_000);
  hear();
  expect(bench.state.mode.mode).toBe("connected");
});

test("RT1: a machine that its device stopped before anything was ordered rests from then", () => {
  const bench = new Bench({}, eager);
  bench.air = 4;
  bench.real[compressor] = 1;
  bench.cycle([0, 1]);
  bench.pass(200, []);
  bench.real[compressor] = 0;
  bench.air = 20;
  bench.pass(1_000);
  const started = bench.writes.filter(({ output, value }) => output === compressor && value === 1);
  expect(started.every(({ at }) => at < instant(1_000_400))).toBe(true);
});

describe("SS2: an output that is to hold its value, or to leave it slowly, over a restart", () => {
  const [broken, alone] = [Number.NaN, { epoch: 3 }];
  const holding = (state: SafeState, memory: Partial<ControlMemory>): Bench =>
    new Bench(memory, {
      ...eager,
      outputs: eager.outputs.map((one) => ({ ...one, onSensorBad: state, onPartition: state })),
    });
  const hold: SafeState = { kind: "hold", for: millis(60_000), value: 0 };
  const ramp: SafeState = { kind: "ramp", over: millis(60_000), value: 0 };

  test.each([
    ["a sensor that is broken", {}, broken],
    ["a region that is silent", alone, 2],
  ] as const)("waits for the device to say where it is: %s", (_, memory, level) => {
    for (const state of [hold, ramp]) {
      const bench = holding(state, memory);
      bench.real[valve] = 0.8;
      bench.level = level;
      bench.isThere = false;
      bench.sensorsAreElsewhere = true;
      bench.pass(30_000);
      expect(bench.state.outputs[valve]?.value).toBeUndefined();
      bench.isThere = true;
      bench.pass(200);
      expect(bench.real[valve]).toBe(0.8);
      bench.pass(59_800);
      expect(bench.real[valve]).toBeCloseTo(state === hold ? 0.8 : 0, 2);
      bench.pass(600);
      expect(bench.real[valve]).toBe(0);
    }
  });

  test("is ordered to its safe value when its time is over, though the device never spoke", () => {
    const bench = holding(hold, alone);
    bench.isThere = false;
    bench.pass(59_800);
    expect(bench.state.outputs[valve]?.value).toBeUndefined();
    bench.pass(600);
    expect(bench.state.outputs[valve]?.value).toBe(0);
  });
});
