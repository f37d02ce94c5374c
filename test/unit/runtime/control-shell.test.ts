import { expect, test } from "vitest";
import { control } from "#agents/node/control.ts";
import { ordersAtFailure, ordersAtStop } from "#agents/node/last-orders.ts";
import { instant, millis, seconds, wallTime } from "#src/base/units.ts";
import type { Reading } from "#src/contract/image.ts";
import { limits } from "#src/contract/limits.ts";
import type { LoopTiming } from "#src/contract/query.ts";
import {
  blankMemory,
  type ControlInput,
  type ControlMemory,
  type LastKnown,
} from "#src/core/control-io.ts";
import { ControlShell } from "#src/runtime/control-shell.ts";
import type { Frame, ToLink } from "#src/runtime/threads.ts";
import { plan } from "../agents/site.ts";
import { HandClock } from "../hand-clock.ts";

const compressor = 0;

/** A control thread with devices that do as they are told, and defects to plant. */
function shelled(memory: ControlMemory = blankMemory) {
  const clock = new HandClock();
  const real: number[] = [0, 0.1, 1];
  const writes: (readonly [number, number])[] = [];
  const posted: ToLink[] = [];
  const cycles: Extract<ControlInput, { kind: "cycle" }>[] = [];
  const defects = { left: 0 };
  const links = { takes: true };
  const lasts: LastKnown[] = [];
  let timingOf: ((loop: number) => LoopTiming) | undefined;
  const say = (value: number): Reading => ({ value, quality: "good", at: clock.now() });
  let polled = { inputs: [say(10), say(2)], outputs: real.map(say) };
  const agent: typeof control = {
    ...control,
    step(given, state, input, now) {
      if (input.kind === "cycle") {
        if (defects.left > 0) {
          defects.left -= 1;
          throw new Error("a defect");
        }
        cycles.push(input);
      }
      return control.step(given, state, input, now);
    },
  };
  const shell = new ControlShell({
    agent,
    plan,
    memory,
    loops: plan.loops.map(({ name }) => ({
      name,
      period: millis(100),
      class: "control" as const,
      budget: millis(10),
    })),
    triggers: [[0], [1, 0]],
    lookEvery: millis(500),
    onFailure(last) {
      lasts.push(last);
      return ordersAtFailure(plan, last);
    },
    onStop: (last) => ordersAtStop(plan, last),
    devices: {
      image() {
        const [last] = polled.inputs;
        if (clock.now() - (last?.at ?? 0) >= 350)
          polled = { inputs: [say(10), say(2)], outputs: real.map(say) };
        return polled;
      },
      write(output, value) {
        real[output] = value;
        writes.push([output, value]);
      },
      close: () => Promise.resolve(),
    },
    clock,
    post(frame: Frame<ToLink>) {
      if (!("message" in frame)) return;
      posted.push(frame.message);
      if (links.takes) shell.receive({ ack: true });
    },
    answer(_, about, of) {
      timingOf = of;
      return about.kind === "why"
        ? { kind: "why", explanation: undefined }
        : { kind: "status", status: {} as never };
    },
  });
  const timing = () => {
    shell.receive({ message: { kind: "ask", id: "q", about: { kind: "status" } } });
    return timingOf?.(0);
  };
  const modes = () => posted.flatMap((one) => (one.kind === "mode" ? [one.mode.mode] : []));
  const rows = () => posted.flatMap((one) => (one.kind === "row" ? [one] : []));
  return {
    clock,
    shell,
    real,
    writes,
    posted,
    cycles,
    defects,
    links,
    lasts,
    timing,
    modes,
    rows,
  };
}

test("TG1: a new value of an input lets its loops decide at once, and none after the end", () => {
  const { clock, shell, cycles } = shelled();
  shell.start();
  clock.pass(50);
  cycles.length = 0;
  shell.changed([1]);
  expect(cycles.map(({ due }) => due)).toEqual([[0, 1]]);
  shell.receive({ message: { kind: "stop" } });
  shell.changed([0]);
  clock.pass(1_000);
  expect(cycles).toHaveLength(1);
});

const lease = { kind: "lease", controller: "c", epoch: 5, ttl: seconds(10) } as const;

test("CS2: an agent that rested catches up with nothing, and its missed ticks are counted", () => {
  const { clock, shell, cycles, defects, timing } = shelled();
  shell.start();
  clock.pass(1_000);
  defects.left = limits.restarts + 1;
  clock.pass(1_000);
  cycles.length = 0;
  clock.pass(limits.restartRest);
  expect(cycles.length).toBeLessThan(12);
  const { cycles: taken = 0, missed = 0 } = timing() ?? {};
  expect(taken + missed).toBe(71);
  expect(missed).toBeGreaterThan(40);
});

test("an agent that failed leaves its outputs safe, and RT1 goes on from there", () => {
  const { clock, shell, real, writes, defects } = shelled();
  shell.start();
  clock.pass(seconds(200));
  expect(real[compressor]).toBe(1);
  writes.length = 0;
  defects.left = 1;
  clock.pass(seconds(170));
  expect(writes.filter(([output, value]) => output === compressor && value === 1)).toEqual([]);
  clock.pass(seconds(20));
  expect(real[compressor]).toBe(1);
});

test("ND1, ND2: what was ordered last, seen and remembered decides what an agent that failed leaves", () => {
  const { clock, shell, defects, lasts } = shelled();
  shell.start();
  const by = { id: "k", owner: "anna", reason: "r", wall: wallTime(0) };
  shell.receive({ message: { kind: "input", input: { kind: "kill", output: "valve", ...by } } });
  clock.pass(seconds(200));
  defects.left = 1;
  clock.pass(seconds(1));
  expect(lasts).toMatchObject([
    {
      safety: { kills: [{ output: "valve" }] },
      written: [1, 0.1, 1],
      image: { outputs: [{ value: 1 }, { value: 0.1 }, { value: 1 }] },
    },
  ]);
});

test("MM2: an agent that failed knows the epoch it obeyed, and how long it was alone", () => {
  const { clock, shell, defects, modes } = shelled();
  shell.start();
  shell.receive({ message: { kind: "input", input: lease } });
  clock.pass(seconds(11));
  expect(modes()).toEqual(["local", "connected", "autonomous"]);
  clock.pass(seconds(3_000));
  defects.left = 1;
  clock.pass(seconds(1));
  expect(modes().at(-1)).toBe("autonomous");
  clock.pass(seconds(700));
  expect(modes().at(-1)).toBe("safe");
});

test("C5: looks as often as it is told, though no loop is due", () => {
  const clock = new HandClock();
  let looks = 0;
  const slow = new ControlShell({
    agent: control,
    plan,
    memory: blankMemory,
    loops: [],
    triggers: [],
    lookEvery: millis(250),
    onFailure: () => [],
    onStop: () => [],
    devices: {
      image() {
        looks += 1;
        return { inputs: [], outputs: [] };
      },
      write() {},
      close: () => Promise.resolve(),
    },
    clock,
    post() {},
    answer: () => ({ kind: "why", explanation: undefined }),
  });
  slow.start();
  clock.pass(1_000);
  expect(looks).toBe(5);
});

test("CR2: points that a stuck link thread never took are counted with the next that it takes", () => {
  const { clock, shell, links, rows } = shelled();
  shell.start();
  links.takes = false;
  const most = limits.channelMessages + limits.channelWaiting;
  clock.pass(seconds(2 * most));
  links.takes = true;
  for (let i = 0; i < limits.channelMessages; i += 1) shell.receive({ ack: true });
  clock.pass(seconds(2));
  const all = rows();
  const records = (clock.now() - instant(10_000)) / limits.recordEvery + 1;
  const measured = all.reduce((sum, one) => sum + one.row.values.length + one.shed, 0);
  expect(measured).toBe(records * plan.series.length);
  expect(all.some((one) => one.shed > 0)).toBe(true);
});

test("an orderly stop leaves each output as its site says, and takes no more turns", async () => {
  const { clock, shell, real, posted, cycles } = shelled();
  shell.start();
  clock.pass(seconds(200));
  expect(real[compressor]).toBe(1);
  const { 1: valve } = real;
  shell.receive({ message: { kind: "stop" } });
  await Promise.resolve();
  await Promise.resolve();
  cycles.length = 0;
  clock.pass(seconds(10));
  expect(real).toEqual([0, valve, 1]);
  expect(posted.at(-1)).toEqual({ kind: "stopped" });
  expect(cycles).toEqual([]);
});
