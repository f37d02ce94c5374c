import { type Millis, millis } from "#src/base/units.ts";
import type { NodeConfig } from "#src/contract/config.ts";
import type { OutputSaid } from "#src/contract/config-points.ts";
import type { SafeStateSaid } from "#src/contract/config-safety.ts";
import { boundsOf } from "#src/contract/output-bounds.ts";
import { isSwitch, pollOf, stepOf } from "#src/contract/places.ts";
import { type Expression, expression } from "#src/core/control/expression.ts";
import type { Interlock } from "#src/core/safety/interlock.ts";
import type { RunTimes } from "#src/core/safety/run-times.ts";
import type { SafeState } from "#src/core/safety/safe-state.ts";
import { placesOf } from "./plan-drives.ts";
import { type Names, placeOf } from "./plan-names.ts";

/** Where an output's demand comes from: one loop, several of which it selects, a drive, or a value. */
export type Driver =
  | { readonly kind: "none" }
  | { readonly kind: "value"; readonly source: number }
  | { readonly kind: "loops"; readonly loops: readonly number[]; readonly take: "min" | "max" }
  | { readonly kind: "drive"; readonly drive: number; readonly place: number };

export interface OutputPlan {
  readonly name: string;
  readonly unit: string | undefined;
  readonly min: number;
  readonly max: number;
  /** It knows on and off only: its bounds, and nothing between them. */
  readonly isSwitch: boolean;
  readonly safe: number;
  readonly onSensorBad: SafeState;
  /** Undefined: its loop goes on. */
  readonly onPartition: SafeState | undefined;
  readonly onAgentLoss: "hold" | "safe";
  readonly refresh: Millis;
  /** Units per second. */
  readonly rate: number | undefined;
  /** How long a read-back may differ from what is ordered before that is told. */
  readonly verify: Millis;
  /** Least difference between what was written and what reads back that means something. */
  readonly resolution: number;
  /** How long a read-back may lag behind a write. */
  readonly settle: Millis;
  /** Where a machine behind the output must not cycle fast. */
  readonly times: RunTimes | undefined;
  readonly driver: Driver;
  /** Interlocks that force it, with the value. */
  readonly interlocks: readonly { readonly interlock: number; readonly value: number }[];
}

export interface InterlockPlan extends Interlock {
  readonly name: string;
  readonly trip: Expression;
  /** Whether a trip is trouble. */
  readonly tell: boolean;
}

export function planInterlocks(config: NodeConfig, names: Names): readonly InterlockPlan[] {
  return Object.entries(config.interlocks).map(([name, { trip, delay, onBad, reset, tell }]) => ({
    name,
    trip: expression(trip, [...names.sources, ...names.outputs]),
    tell,
    delay,
    onBad,
    resetAfter: reset === "manual" ? undefined : reset.after,
  }));
}

export function planOutput(
  config: NodeConfig,
  names: Names,
  name: string,
  output: OutputSaid,
): OutputPlan {
  const [min, max] = boundsOf(output);
  const device = config.devices[output.device];
  const safe = output.safe.value;
  const { onPartition } = output;
  return {
    name,
    unit: output.unit,
    min,
    max,
    isSwitch: isSwitch(output),
    safe,
    onSensorBad: planSafe(output.onSensorBad, safe, min, max),
    onPartition: onPartition === "keep" ? undefined : planSafe(onPartition, safe, min, max),
    onAgentLoss: output.onAgentLoss,
    refresh: output.refresh,
    rate: output.rate,
    verify: output.verify,
    resolution: isSwitch(output) ? 0.5 : stepOf(output) * 0.75,
    settle: millis((device?.timeout ?? 0) + 2 * (pollOf(device) ?? 0)),
    times: timesOf(output),
    driver: driverOf(config, names, name, output),
    interlocks: Object.values(config.interlocks).flatMap(({ force }, interlock) => {
      const value = force[name]?.value;
      return value === undefined ? [] : [{ interlock, value }];
    }),
  };
}

function timesOf({ minOn, minOff, startsPerHour }: OutputSaid): RunTimes | undefined {
  const isFree = minOn === 0 && minOff === 0 && startsPerHour === undefined;
  return isFree ? undefined : { minOn, minOff, startsPerHour };
}

function planSafe(said: SafeStateSaid, safe: number, min: number, max: number): SafeState {
  switch (said.kind) {
    case "deenergize":
      return { kind: "value", value: 0 };
    case "safe":
      return { kind: "value", value: safe };
    case "value":
      return { kind: "value", value: said.value.value };
    case "hold":
      return { kind: "hold", for: said.for, value: safe };
    case "ramp":
      return { kind: "ramp", over: said.for, value: safe };
    case "cycle":
      return { kind: "minimal", on: said.on, off: said.off, high: max, low: min };
  }
}

function driverOf(
  config: NodeConfig,
  names: Names,
  name: string,
  { select, follow }: OutputSaid,
): Driver {
  if (follow !== undefined) return { kind: "value", source: placeOf(names.sources, follow) };
  const loops = names.loops.flatMap((loop, place) =>
    config.loops[loop]?.output === name ? [place] : [],
  );
  if (loops.length > 0) return { kind: "loops", loops, take: select ?? "max" };
  for (const [drive, said] of Object.values(config.drives).entries()) {
    const place = placesOf(said).indexOf(name);
    if (place >= 0) return { kind: "drive", drive, place };
  }
  return { kind: "none" };
}
