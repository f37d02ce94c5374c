import { type Millis, millis } from "#src/base/units.ts";
import type { NodeConfig } from "#src/contract/config.ts";
import { limits } from "#src/contract/limits.ts";
import type { SensorRule } from "#src/core/control/sensor.ts";
import { type DrivePlan, planDrives } from "./plan-drives.ts";
import { type LoopPlan, planLoops } from "./plan-loops.ts";
import { namesOf } from "./plan-names.ts";
import { type InterlockPlan, type OutputPlan, planInterlocks, planOutput } from "./plan-outputs.ts";
import { planSignals, type SignalPlan } from "./plan-signals.ts";

/** A site file with its names resolved to places, so that a cycle looks nothing up. */
export interface ControlPlan {
  readonly node: string;
  readonly hasUplink: boolean;
  readonly budget: Millis;
  readonly inputs: readonly InputPlan[];
  /** Computed in this order. A source is an input, or a signal counted on from the last input. */
  readonly signals: readonly SignalPlan[];
  /** An outer loop stands before those that follow it. */
  readonly loops: readonly LoopPlan[];
  readonly drives: readonly DrivePlan[];
  readonly outputs: readonly OutputPlan[];
  readonly interlocks: readonly InterlockPlan[];
  /** Names of what is recorded: inputs, signals, outputs, two for each loop, interlocks, the mode. */
  readonly series: readonly string[];
}

export interface InputPlan extends SensorRule {
  readonly name: string;
  readonly unit: string | undefined;
}

/** How often the agent must be asked, whatever the periods of its loops, to keep what it promises. */
export const lookEvery = (plan: ControlPlan): Millis =>
  millis(Math.min(limits.recordEvery, ...plan.outputs.map(({ refresh }) => refresh)));

export function planNode(config: NodeConfig): ControlPlan {
  const names = namesOf(config);
  const loops = planLoops(config, names);
  const drives = planDrives(config, names);
  const interlocks = planInterlocks(config, names);
  const outputs = Object.entries(config.outputs).map(([name, output]) =>
    planOutput(config, names, name, output),
  );
  return {
    node: config.node,
    hasUplink: config.uplink !== undefined,
    budget: config.autonomy.budget,
    inputs: Object.entries(config.inputs).map(([name, input]) => ({
      name,
      unit: input.unit,
      min: input.range[0].value,
      max: input.range[1].value,
      maxAge: input.maxAge,
      maxRate: input.maxRate,
      frozenAfter: input.frozen,
      offset: input.offset?.value ?? 0,
      substitute:
        input.substitute === undefined
          ? undefined
          : { for: input.substitute.for, value: input.substitute.value?.value },
    })),
    signals: planSignals(config, names),
    loops,
    drives,
    outputs,
    interlocks,
    series: [
      ...Object.keys(config.inputs).map((name) => `in/${name}`),
      ...Object.keys(config.signals).map((name) => `signal/${name}`),
      ...Object.keys(config.outputs).map((name) => `out/${name}`),
      ...loops.flatMap(({ name }) => [`loop/${name}/setpoint`, `loop/${name}/lateness`]),
      ...interlocks.map(({ name }) => `interlock/${name}`),
      "mode",
    ],
  };
}
