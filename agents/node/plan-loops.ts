import type { Millis } from "#src/base/units.ts";
import type { NodeConfig } from "#src/contract/config.ts";
import type { LoopSaid } from "#src/contract/config-points.ts";
import { boundsOf } from "#src/contract/output-bounds.ts";
import type { GainPoint } from "#src/core/control/gain-schedule.ts";
import type { LeadLag } from "#src/core/control/lead-lag.ts";
import type { Action } from "#src/core/control/on-off.ts";
import type { Pid } from "#src/core/control/pid.ts";
import { type Names, placeOf } from "./plan-names.ts";

interface LoopBase {
  readonly name: string;
  /** Of its process value. */
  readonly source: number;
  readonly follow: Follow | undefined;
  readonly action: Action;
  readonly setpoint: number;
  /** Undefined: its own, wherever that comes from. */
  readonly safeSetpoint: number | undefined;
  /** Of its setpoint. */
  readonly min: number;
  readonly max: number;
  /** The narrower bounds of its setpoint while the node is by itself. */
  readonly envelope: readonly [number, number] | undefined;
  /** Units per second. */
  readonly setpointRate: number | undefined;
  readonly period: Millis;
  /** What it drives: undefined for an outer loop. */
  readonly output: Driven | undefined;
  /** Least and greatest that it asks for. */
  readonly low: number;
  readonly high: number;
  /** The loop that follows this one. */
  readonly inner: number | undefined;
}

export type Follow =
  | { readonly kind: "signal"; readonly source: number }
  | { readonly kind: "loop"; readonly loop: number };

export type Driven =
  | { readonly kind: "output"; readonly output: number }
  | { readonly kind: "drive"; readonly drive: number };

export interface OnOffPlan extends LoopBase {
  readonly kind: "on-off";
  readonly deadband: number;
}

export interface PidPlan extends LoopBase {
  readonly kind: "pid";
  readonly pid: Pid;
  readonly feedForward: (LeadLag & { readonly source: number }) | undefined;
  readonly schedule: { readonly source: number; readonly points: readonly GainPoint[] } | undefined;
}

export type LoopPlan = OnOffPlan | PidPlan;

export function planLoops(config: NodeConfig, names: Names): readonly LoopPlan[] {
  return names.loops.map((name) => planLoop(config, names, name, config.loops[name] as LoopSaid));
}

function planLoop(config: NodeConfig, names: Names, name: string, loop: LoopSaid): LoopPlan {
  const [low, high] = rangeOf(config, name, loop);
  const base: LoopBase = {
    name,
    source: placeOf(names.sources, loop.input),
    follow: followOf(names, loop),
    action: loop.action,
    setpoint: loop.setpoint.value,
    safeSetpoint: loop.safeSetpoint?.value,
    min: loop.bounds[0].value,
    max: loop.bounds[1].value,
    envelope:
      loop.envelope === undefined ? undefined : [loop.envelope[0].value, loop.envelope[1].value],
    setpointRate: loop.setpointRate,
    period: loop.period,
    output: drivenOf(names, loop),
    low,
    high,
    inner: innerOf(config, names, name),
  };
  if (loop.kind === "on-off") return { ...base, kind: "on-off", deadband: loop.deadband.value };
  const { gain, integralTime, derivativeTime, setpointWeight, feedForward, schedule } = loop;
  return {
    ...base,
    kind: "pid",
    pid: {
      action: loop.action,
      gain,
      integralTime,
      derivativeTime,
      setpointWeight,
      period: loop.period,
      min: low,
      max: high,
    },
    feedForward:
      feedForward === undefined
        ? undefined
        : { ...feedForward, source: placeOf(names.sources, feedForward.input) },
    schedule:
      schedule === undefined
        ? undefined
        : {
            source: placeOf(names.sources, schedule.input),
            points: schedule.points.map((point) => ({
              ...point,
              integralTime: point.integralTime ?? integralTime,
              derivativeTime: point.derivativeTime ?? derivativeTime,
            })),
          },
  };
}

function innerOf({ loops }: NodeConfig, names: Names, name: string): number | undefined {
  const place = names.loops.findIndex((other) => loops[other]?.follow === name);
  return place < 0 ? undefined : place;
}

function followOf(names: Names, { follow }: LoopSaid): Follow | undefined {
  if (follow === undefined) return undefined;
  const loop = names.loops.indexOf(follow);
  return loop >= 0
    ? { kind: "loop", loop }
    : { kind: "signal", source: placeOf(names.sources, follow) };
}

function drivenOf(names: Names, { output }: LoopSaid): Driven | undefined {
  if (output === undefined) return undefined;
  const drive = names.drives.indexOf(output);
  return drive >= 0
    ? { kind: "drive", drive }
    : { kind: "output", output: placeOf(names.outputs, output) };
}

/** An output's bounds, a drive's 0 … 1, or the bounds of the setpoint that an outer loop gives. */
function rangeOf(
  config: NodeConfig,
  name: string,
  { output }: LoopSaid,
): readonly [number, number] {
  if (output === undefined) {
    const inner = Object.values(config.loops).find(({ follow }) => follow === name);
    return inner === undefined ? [0, 1] : [inner.bounds[0].value, inner.bounds[1].value];
  }
  const driven = config.outputs[output];
  return driven === undefined ? [0, 1] : boundsOf(driven);
}
