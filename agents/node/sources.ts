import type { Instant, WallTime } from "#src/base/units.ts";
import type { Image } from "#src/contract/image.ts";
import { evaluate } from "#src/core/control/expression.ts";
import { scheduledValue } from "#src/core/control/schedule.ts";
import { computed, type Sensed, sense } from "#src/core/control/sensor.ts";
import { vote } from "#src/core/control/vote.ts";
import type { ControlPlan } from "./plan.ts";
import type { SignalPlan } from "./plan-signals.ts";

/** All values of one moment by their source: inputs as their sensors are worth, then signals. */
export function look(
  plan: ControlPlan,
  last: readonly Sensed[],
  image: Image,
  wall: WallTime,
  now: Instant,
): readonly Sensed[] {
  const values: Sensed[] = plan.inputs.map((rule, place) =>
    sense(rule, last[place], image.inputs[place], now),
  );
  for (const signal of plan.signals) values.push(compute(signal, values, wall));
  return values;
}

function compute(signal: SignalPlan, values: readonly Sensed[], wall: WallTime): Sensed {
  switch (signal.kind) {
    case "schedule":
      return computed(scheduledValue(signal.schedule, wall));
    case "rule":
      return computed(Number(evaluate(signal.expression, values) ?? Number.NaN));
    case "vote":
      return vote(
        signal,
        signal.of.map((place) => values[place] as Sensed),
      );
    default:
      return extreme(signal.kind, signal.of, values);
  }
}

/** One member that is not good leaves the extreme unknown. */
function extreme(kind: "min" | "max", of: readonly number[], values: readonly Sensed[]): Sensed {
  let found = values[of[0] as number] as Sensed;
  for (const place of of) {
    const one = values[place] as Sensed;
    if (!one.usable) return one;
    if (kind === "min" ? one.value < found.value : one.value > found.value) found = one;
  }
  return found;
}
