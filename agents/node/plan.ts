import { type Millis, millis } from "#src/base/units.ts";
import type { NodeConfig } from "#src/contract/config.ts";
import { boundsOf } from "#src/contract/config-checks.ts";
import type { LoopSaid, OutputSaid } from "#src/contract/config-points.ts";
import { limits } from "#src/contract/limits.ts";
import { isBit } from "#src/contract/registers.ts";
import type { Action } from "#src/core/control/on-off.ts";
import type { RunTimes } from "#src/core/safety/run-times.ts";

/** A site file with its names resolved to places, so that a cycle looks nothing up. */
export interface ControlPlan {
  readonly node: string;
  readonly hasUplink: boolean;
  readonly budget: Millis;
  readonly inputs: readonly InputPlan[];
  readonly outputs: readonly OutputPlan[];
  readonly loops: readonly LoopPlan[];
  /** Names of what is recorded: inputs, outputs, then two for each loop, then the mode. */
  readonly series: readonly string[];
}

export interface InputPlan {
  readonly name: string;
  readonly unit: string | undefined;
  readonly min: number;
  readonly max: number;
  readonly maxAge: Millis;
}

export interface OutputPlan {
  readonly name: string;
  readonly unit: string | undefined;
  readonly min: number;
  readonly max: number;
  readonly safe: number;
  readonly onAgentLoss: OutputSaid["onAgentLoss"];
  readonly refresh: Millis;
  /** Least difference between what was written and what reads back that means something. */
  readonly resolution: number;
  /** How long a read-back may lag behind a write. */
  readonly settle: Millis;
  /** Where a machine behind the output must not cycle fast. */
  readonly times: RunTimes | undefined;
  readonly hasLoop: boolean;
}

interface LoopBase {
  readonly name: string;
  readonly input: number;
  readonly output: number;
  readonly action: Action;
  readonly setpoint: number;
  readonly safeSetpoint: number;
  readonly min: number;
  readonly max: number;
  readonly period: Millis;
}

export type LoopPlan =
  | (LoopBase & { readonly kind: "on-off"; readonly deadband: number })
  | (LoopBase & { readonly kind: "pi"; readonly gain: number; readonly integralTime: Millis });

/** How often the agent must be asked, whatever the periods of its loops, to keep what it promises. */
export const lookEvery = (plan: ControlPlan): Millis =>
  millis(Math.min(limits.recordEvery, ...plan.outputs.map(({ refresh }) => refresh)));

export function planNode(config: NodeConfig): ControlPlan {
  const inputNames = Object.keys(config.inputs);
  const outputNames = Object.keys(config.outputs);
  const loops = Object.entries(config.loops).map(([name, loop]) =>
    planLoop(name, loop, inputNames.indexOf(loop.input), outputNames.indexOf(loop.output)),
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
    })),
    outputs: Object.entries(config.outputs).map(([name, output]) =>
      planOutput(config, name, output),
    ),
    loops,
    series: [
      ...inputNames.map((name) => `in/${name}`),
      ...outputNames.map((name) => `out/${name}`),
      ...loops.flatMap(({ name }) => [`loop/${name}/setpoint`, `loop/${name}/lateness`]),
      "mode",
    ],
  };
}

function planLoop(name: string, loop: LoopSaid, input: number, output: number): LoopPlan {
  const base: LoopBase = {
    name,
    input,
    output,
    action: loop.action,
    setpoint: loop.setpoint.value,
    safeSetpoint: (loop.safeSetpoint ?? loop.setpoint).value,
    min: loop.bounds[0].value,
    max: loop.bounds[1].value,
    period: loop.period,
  };
  return loop.kind === "on-off"
    ? { ...base, kind: "on-off", deadband: loop.deadband.value }
    : { ...base, kind: "pi", gain: loop.gain, integralTime: loop.integralTime };
}

function planOutput(config: NodeConfig, name: string, output: OutputSaid): OutputPlan {
  const [min, max] = boundsOf(output);
  const device = config.devices[output.device];
  const loop = Object.values(config.loops).find((one) => one.output === name);
  return {
    name,
    unit: output.unit,
    min,
    max,
    safe: output.safe.value,
    onAgentLoss: output.onAgentLoss,
    refresh: output.refresh,
    resolution: isBit(output.register.kind) ? 0.5 : Math.abs(output.register.scale) * 0.75,
    settle: millis((device?.timeout ?? 0) + 2 * (device?.poll ?? 0)),
    hasLoop: loop !== undefined,
    times: loop?.kind === "on-off" ? { minOn: loop.minOn, minOff: loop.minOff } : undefined,
  };
}
