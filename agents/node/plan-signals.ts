import type { NodeConfig } from "#src/contract/config.ts";
import { type Expression, expression } from "#src/core/control/expression.ts";
import type { ScheduleRule } from "#src/core/control/schedule.ts";
import { type Names, placeOf } from "./plan-names.ts";

interface SignalBase {
  readonly name: string;
  readonly unit: string | undefined;
}

export type SignalPlan = SignalBase &
  (
    | {
        readonly kind: "vote";
        readonly of: readonly number[];
        readonly maxDeviation: number | undefined;
        readonly least: number;
      }
    | { readonly kind: "min" | "max"; readonly of: readonly number[] }
    | { readonly kind: "schedule"; readonly schedule: ScheduleRule }
    | { readonly kind: "rule"; readonly expression: Expression }
  );

export function planSignals(config: NodeConfig, names: Names): readonly SignalPlan[] {
  const places = (of: readonly string[]) => of.map((name) => placeOf(names.sources, name));
  return Object.entries(config.signals).map(([name, signal]): SignalPlan => {
    const base = { name, unit: signal.unit };
    switch (signal.kind) {
      case "vote": {
        const { least, maxDeviation } = signal;
        const deviation = maxDeviation?.value;
        return { ...base, kind: "vote", of: places(signal.of), maxDeviation: deviation, least };
      }
      case "schedule": {
        const entries = signal.at.map((entry) => ({
          ...entry,
          dates: entry.dates,
          value: entry.value.value,
        }));
        const schedule = { zone: signal.zone, default: signal.default.value, entries };
        return { ...base, kind: "schedule", schedule };
      }
      case "rule": {
        const before = names.sources.slice(0, names.sources.indexOf(name));
        return { ...base, kind: "rule", expression: expression(signal.expression, before) };
      }
      default:
        return { ...base, kind: signal.kind, of: places(signal.of) };
    }
  });
}
