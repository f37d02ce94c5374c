import type { ControlState } from "#agents/node/control.ts";
import { control } from "#agents/node/control.ts";
import { planNode } from "#agents/node/plan.ts";
import { type Instant, instant, millis, wallTime } from "#src/base/units.ts";
import { NodeConfig } from "#src/contract/config.ts";
import type { Image, Reading } from "#src/contract/image.ts";
import {
  blankMemory,
  type ControlEffect,
  type ControlInput,
  type ControlMemory,
} from "#src/core/control-io.ts";

/** A cold room and a valve, as a site file would say them. */
export const coldRoom = NodeConfig.parse({
  role: "node",
  region: "north",
  node: "room-1",
  uplink: { url: "mqtt://127.0.0.1:1883" },
  devices: { plc: { driver: "modbus-tcp", port: 1502, timeout: "100ms", poll: "200ms" } },
  inputs: {
    air: {
      device: "plc",
      register: { kind: "input", address: 0, scale: 0.1 },
      unit: "degC",
      range: [-40, 60],
    },
    level: {
      device: "plc",
      register: { kind: "input", address: 1, scale: 0.01 },
      unit: "m",
      range: [0, 4],
    },
  },
  outputs: {
    compressor: {
      device: "plc",
      register: { kind: "coil", address: 0 },
      minOn: "1m",
      minOff: "3m",
      safe: 0,
      onSensorBad: "safe",
      onPartition: "keep",
      onAgentLoss: "safe",
    },
    valve: {
      device: "plc",
      register: { kind: "holding", address: 0, scale: 0.01 },
      bounds: [0, 1],
      safe: 0.1,
      onSensorBad: "safe",
      onPartition: "keep",
      onAgentLoss: "hold",
    },
    lamp: {
      device: "plc",
      register: { kind: "coil", address: 1 },
      safe: 1,
      onSensorBad: "safe",
      onPartition: "keep",
      onAgentLoss: "safe",
    },
  },
  loops: {
    cooling: {
      kind: "on-off",
      input: "air",
      output: "compressor",
      setpoint: "4 degC",
      safeSetpoint: "6 degC",
      bounds: [2, 8],
      deadband: 1,
      action: "direct",
    },
    filling: {
      kind: "pid",
      input: "level",
      output: "valve",
      setpoint: "2 m",
      bounds: [0.5, 3.5],
      gain: 0.5,
      integralTime: "100s",
      action: "reverse",
    },
  },
  autonomy: { budget: "1h" },
});

export const plan = planNode(coldRoom);

export const good = (value: number, at: Instant): Reading => ({ value, quality: "good", at });

/** A control agent on a hand-driven clock, with devices that do as they are told. */
export class Bench {
  now = instant(1_000_000);
  state: ControlState;
  readonly effects: ControlEffect[] = [];
  readonly written: (number | undefined)[] = plan.outputs.map(() => undefined);
  air: Reading | undefined;
  level: Reading | undefined;

  constructor(memory: ControlMemory = blankMemory) {
    const step = control.start(plan, memory, this.now);
    this.state = step.state;
    this.#carryOut(step.effects);
  }

  give(input: ControlInput): readonly ControlEffect[] {
    const step = control.step(plan, this.state, input, this.now);
    this.state = step.state;
    this.#carryOut(step.effects);
    return step.effects;
  }

  /** One cycle a second for `count` seconds at the given values; undefined: the sensor fell silent. */
  seconds(count: number, air: number | undefined, level: number | undefined = 2): void {
    for (let i = 0; i < count; i += 1) {
      this.now = instant(this.now + 1_000);
      if (air !== undefined) this.air = good(air, this.now);
      if (level !== undefined) this.level = good(level, this.now);
      this.give({
        kind: "cycle",
        wall: wallTime(1_790_000_000_000),
        due: [0, 1],
        lateness: [millis(0), millis(0)],
        image: this.image(),
      });
    }
  }

  image(): Image {
    const never: Reading = { value: Number.NaN, quality: "bad", at: instant(0) };
    return {
      inputs: [this.air ?? never, this.level ?? never],
      outputs: this.written.map((value) => (value === undefined ? never : good(value, this.now))),
    };
  }

  lease(count = 2): void {
    for (let i = 0; i < count; i += 1) {
      this.give({ kind: "lease", controller: "c1", epoch: 3, ttl: millis(10_000) });
    }
  }

  #carryOut(effects: readonly ControlEffect[]): void {
    this.effects.push(...effects);
    for (const effect of effects) {
      if (effect.kind === "actuate") this.written[effect.output] = effect.value;
    }
  }
}
