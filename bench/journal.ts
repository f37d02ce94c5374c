import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { control } from "#agents/node/control.ts";
import type { ControlPlan } from "#agents/node/plan.ts";
import { planNode } from "#agents/node/plan.ts";
import { instant, millis, wallTime } from "#src/base/units.ts";
import { NodeConfig } from "#src/contract/config.ts";
import type { Reading } from "#src/contract/image.ts";
import { limits } from "#src/contract/limits.ts";
import { blankMemory, type ControlEffect } from "#src/core/control-io.ts";
import type { Clock } from "#src/ports/clock.ts";
import { Host } from "#src/runtime/host.ts";
import { Journal } from "#src/runtime/journal.ts";
import type { Row } from "./row.ts";

/** What a journal costs a control thread: time of each turn, and memory. */
export function journal(quick: boolean): readonly Row[] {
  const turns = quick ? 20_000 : 200_000;
  const loops = 8;
  let bare = Number.POSITIVE_INFINITY;
  let kept = Number.POSITIVE_INFINITY;
  for (let round = 0; round < 5; round += 1) {
    bare = Math.min(bare, turn(loops, turns, false).micros);
    kept = Math.min(kept, turn(loops, turns, true).micros);
  }
  const { bytes, steps } = turn(loops, turns, true);
  const share = ((kept - bare) * 100) / 1_000_000;
  process.stderr.write(
    `a turn of ${loops} loops: ${bare.toFixed(2)} us, ${kept.toFixed(2)} us with a journal, which holds ${steps}\n`,
  );
  return [
    { name: "share of a thread that it takes at 100 Hz", ratio: share, target: 0.001, more: false },
    {
      name: "memory that it holds, in shares of its bound",
      ratio: bytes / limits.journalBytes,
      target: 1.5,
      more: false,
    },
  ];
}

/** Microseconds of one turn in which every loop is due, and bytes of heap that it all leaves. */
function turn(loops: number, turns: number, hasJournal: boolean) {
  const plan = planNode(site(loops));
  let now = 0;
  const clock: Clock = {
    now: () => instant(now),
    wall: () => wallTime(now),
    at: () => ({ cancel: () => undefined }),
  };
  const journal = new Journal({
    agent: "control",
    node: "bench",
    version: "0",
    plan,
    clock,
    files: { keep: () => Promise.resolve("nowhere") },
    report: () => undefined,
  });
  let done = 0;
  const host = new Host({
    agent: control,
    config: plan as ControlPlan,
    memory: () => blankMemory,
    clock,
    perform: (_: ControlEffect) => {
      done += 1;
    },
    failed: (error) => {
      throw error;
    },
    journal: hasJournal ? journal : undefined,
  });
  host.start();
  const before = heap();
  const due = Array.from({ length: loops }, (_, index) => index);
  const began = performance.now();
  for (let count = 0; count < turns; count += 1) {
    now += 10;
    const say = (value: number): Reading => ({ value, quality: "good", at: instant(now) });
    const inputs = due.map((index) => say(4 + Math.sin(count / 50 + index)));
    const outputs = due.map(() => say(0));
    const lateness = due.map(() => millis(0));
    host.post({
      kind: "cycle",
      wall: wallTime(1_790_000_000_000),
      due,
      lateness,
      image: { inputs, outputs },
    });
  }
  const micros = ((performance.now() - began) * 1_000) / turns;
  const bytes = Math.max(0, heap() - before);
  if (done === 0 || (hasJournal && journal.steps === 0)) throw new Error("nothing was done");
  return { micros, bytes, steps: journal.steps };
}

setFlagsFromString("--expose-gc");
const collect: () => void = runInNewContext("gc");

function heap(): number {
  collect();
  return process.memoryUsage().heapUsed;
}

function site(loops: number): NodeConfig {
  const each = <T>(of: (index: number) => T): Record<string, T> =>
    Object.fromEntries(Array.from({ length: loops }, (_, index) => [`n-${index}`, of(index)]));
  return NodeConfig.parse({
    role: "node",
    region: "bench",
    node: "bench",
    devices: { plc: { driver: "modbus-tcp", port: 1502 } },
    inputs: each((address) => ({
      device: "plc",
      register: { kind: "input", address, scale: 0.1 },
      unit: "degC",
      range: [-40, 60],
    })),
    outputs: each((address) => ({
      device: "plc",
      register: { kind: "coil", address },
      minOff: "3m",
      safe: 0,
      onSensorBad: "safe",
      onPartition: "keep",
      onAgentLoss: "safe",
    })),
    loops: each((index) => ({
      kind: "on-off",
      input: `n-${index}`,
      output: `n-${index}`,
      setpoint: "4 degC",
      bounds: [2, 8],
      deadband: 1,
      period: "100ms",
      action: "direct",
    })),
  });
}
