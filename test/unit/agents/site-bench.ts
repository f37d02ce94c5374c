import { type ControlState, control } from "#agents/node/control.ts";
import { explain } from "#agents/node/explain.ts";
import { ordersAtFailure } from "#agents/node/last-orders.ts";
import { type ControlPlan, planNode } from "#agents/node/plan.ts";
import { type Instant, instant, millis, wallTime } from "#src/base/units.ts";
import { NodeConfig } from "#src/contract/config.ts";
import type { Reading } from "#src/contract/image.ts";
import {
  blankMemory,
  type ControlEffect,
  type ControlInput,
  type ControlMemory,
} from "#src/core/control-io.ts";

export const input = (address: number, more: object = {}) => ({
  device: "plc",
  register: { kind: "input", address, scale: 0.1 },
  range: [-40, 60],
  ...more,
});

const safety = { safe: 0, onSensorBad: "safe", onPartition: "keep", onAgentLoss: "safe" };

export const coil = (address: number, more: object = {}) => ({
  device: "plc",
  register: { kind: "coil", address },
  ...safety,
  ...more,
});

export const valve = (address: number, more: object = {}) => ({
  device: "plc",
  register: { kind: "holding", address, scale: 0.001 },
  bounds: [0, 1],
  ...safety,
  ...more,
});

/** The loop of a compressor that cools air to 4. */
export const cooling = {
  kind: "on-off",
  input: "air",
  output: "compressor",
  bounds: [0, 40],
  action: "direct",
  setpoint: 4,
  deadband: 1,
};

/** A plan of a site with one device. */
export const planOf = (parts: object): ControlPlan =>
  planNode(
    NodeConfig.parse({
      role: "node",
      region: "north",
      node: "n1",
      uplink: { url: "mqtt://127.0.0.1" },
      devices: { plc: { driver: "modbus-tcp" } },
      ...parts,
    }),
  );

export interface Write {
  readonly at: Instant;
  readonly output: number;
  readonly value: number;
}

/** A control agent, second by second, before a device that does what it is told unless it is stuck. */
export class SiteBench {
  now = instant(1_000_000);
  state: ControlState;
  readonly plan: ControlPlan;
  readonly writes: Write[] = [];
  readonly effects: ControlEffect[] = [];
  readonly device: number[];
  /** Outputs that stay as they are. */
  readonly stuck = new Set<string>();
  memory: ControlMemory = blankMemory;
  #inputs: readonly Reading[] = [];
  /** What this run ordered last. */
  #written: number[] = [];

  constructor(plan: ControlPlan) {
    this.plan = plan;
    this.device = plan.outputs.map(() => 0);
    this.state = this.begin();
  }

  /** A second passes in which the sensors say this; undefined: they say nothing new. All loops are due, or these. */
  pass(
    values: readonly number[] | undefined,
    due: readonly number[] = this.plan.loops.map((_, place) => place),
  ): void {
    this.now = instant(this.now + 1_000);
    if (values !== undefined) {
      this.#inputs = values.map((value) => ({ value, quality: "good", at: this.now }));
    }
    this.give({
      kind: "cycle",
      wall: this.wall,
      due,
      lateness: due.map(() => millis(0)),
      image: {
        inputs: this.#inputs,
        outputs: this.#readBack(),
      },
    });
  }

  seconds(count: number, values: readonly number[] | undefined, due?: readonly number[]): void {
    for (let second = 0; second < count; second += 1) this.pass(values, due);
  }

  /** What stands in the device. */
  of(output: string): number | undefined {
    return this.device[this.place(output)];
  }

  place(output: string): number {
    return this.plan.outputs.findIndex(({ name }) => name === output);
  }

  /** In the words of `holdfast why`. */
  why(output: string): string | undefined {
    return explain(this.plan, this.state, output, this.now, Number)?.because;
  }

  faults(): readonly string[] {
    return this.effects.flatMap((effect) =>
      effect.kind === "report" ? [effect.fault.message] : [],
    );
  }

  give(given: ControlInput): void {
    const { state, effects } = control.step(this.plan, this.state, given, this.now);
    this.state = state;
    this.#carryOut(effects);
  }

  lease(length: number): void {
    this.give({ kind: "lease", controller: "c1", epoch: 1, ttl: millis(length) });
  }

  /** The agent starts anew, from what it wrote down. */
  begin(): ControlState {
    const { state, effects } = control.start(this.plan, this.memory, this.now);
    if (this.memory.failed === undefined) this.#written = [];
    this.memory = { ...this.memory, hasRun: true, failed: undefined };
    this.#carryOut(effects);
    return state;
  }

  /** The agent fails, and is started anew. */
  fail(): void {
    const { safety } = this.memory;
    const failed = ordersAtFailure(this.plan, {
      safety,
      written: this.#written,
      image: { inputs: this.#inputs, outputs: this.#readBack() },
    });
    for (const [output, value] of failed.entries()) {
      if (value !== undefined) this.write(output, value);
    }
    this.memory = { ...this.memory, failed };
    this.state = this.begin();
  }

  write(output: number, value: number): void {
    this.#written[output] = value;
    this.writes.push({ at: this.now, output, value });
    if (!this.stuck.has(this.plan.outputs[output]?.name ?? "")) this.device[output] = value;
  }

  get wall() {
    return wallTime(1_790_000_000_000 + this.now);
  }

  #readBack(): readonly Reading[] {
    return this.device.map((value) => ({ value, quality: "good", at: this.now }));
  }

  #carryOut(effects: readonly ControlEffect[]): void {
    this.effects.push(...effects);
    for (const effect of effects) {
      if (effect.kind === "actuate") this.write(effect.output, effect.value);
      else if (effect.kind === "rememberSafety" || effect.kind === "recalled") {
        this.memory = { ...this.memory, safety: effect.safety };
      } else if (effect.kind === "remember") {
        this.memory = { ...this.memory, isolatedFor: effect.isolatedFor };
      }
    }
  }
}
