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
      return computed(
        Number(evaluate(signal.expression, (place) => values[place] as Sensed) ?? Number.NaN),
        members(signal.expression.uses, values),
      );
    case "vote":
      return vote(signal, members(signal.of, values));
    default:
      return extreme(signal.kind, members(signal.of, values));
  }
}

const members = (places: readonly number[], values: readonly Sensed[]): readonly Sensed[] =>
  places.map((place) => values[place] as Sensed);

/** One member that a loop may not act on leaves the extreme unknown. */
function extreme(kind: "min" | "max", of: readonly Sensed[]): Sensed {
  const unfit = of.find(({ usable }) => !usable);
  return unfit ?? computed(Math[kind](...of.map(({ value }) => value)), of);
}
