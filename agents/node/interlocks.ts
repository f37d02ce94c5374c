import { fault } from "#src/base/fault.ts";
import type { Instant } from "#src/base/units.ts";
import type { Step } from "#src/core/agent.ts";
import { evaluate, type Known } from "#src/core/control/expression.ts";
import { isMeasured, type Sensed } from "#src/core/control/sensor.ts";
import type { ControlEffect, ControlInput } from "#src/core/control-io.ts";
import { type InterlockState, resetInterlock, watchInterlock } from "#src/core/safety/interlock.ts";
import type { ControlState } from "./control.ts";
import type { OutputState } from "./output.ts";
import type { ControlPlan } from "./plan.ts";

const none: readonly ControlEffect[] = [];

/** All interlocks at this moment's values. */
export function watch(
  plan: ControlPlan,
  states: readonly InterlockState[],
  values: readonly Sensed[],
  outputs: readonly OutputState[],
  now: Instant,
): { readonly interlocks: readonly InterlockState[]; readonly effects: readonly ControlEffect[] } {
  if (plan.interlocks.length === 0) return { interlocks: states, effects: none };
  const effects: ControlEffect[] = [];
  const known = (place: number): Known =>
    place < values.length
      ? asMeasured(values[place] as Sensed)
      : asKnown(outputs[place - values.length] as OutputState);
  const interlocks = plan.interlocks.map((rule, place) => {
    const state = states[place] as InterlockState;
    const holds = evaluate(rule.trip, known);
    const next = watchInterlock(rule, state, holds === undefined ? undefined : Boolean(holds), now);
    if (rule.tell && next.trippedAt !== undefined && state.trippedAt === undefined) {
      const why = next.isBlind ? "a value it needs is not good" : rule.trip.text;
      effects.push({
        kind: "report",
        fault: fault("INTERLOCK_TRIPPED", { interlock: rule.name, why }),
      });
    }
    return next;
  });
  return { interlocks, effects };
}

/** IL5. */
const asMeasured = (sensed: Sensed): Known => ({ value: sensed.value, usable: isMeasured(sensed) });

/** A rule may ask what an output was ordered last. */
const asKnown = ({ value }: OutputState): Known => ({
  value: value ?? Number.NaN,
  usable: value !== undefined,
});

type ResetInput = Extract<ControlInput, { kind: "reset" }>;

/** A person lets an interlock go. */
export function reset(
  plan: ControlPlan,
  state: ControlState,
  { id, interlock: name }: ResetInput,
): Step<ControlState, ControlEffect> {
  const place = plan.interlocks.findIndex((one) => one.name === name);
  const before = state.interlocks[place];
  const letGo = before === undefined ? undefined : resetInterlock(before);
  if (letGo === undefined) {
    const refused =
      before === undefined
        ? fault("INTERLOCK_UNKNOWN", { interlock: name })
        : fault("INTERLOCK_HOLDS", { interlock: name });
    return { state, effects: [{ kind: "reply", id, refused }] };
  }
  const interlocks = state.interlocks.map((one, at) => (at === place ? letGo : one));
  return {
    state: { ...state, interlocks },
    effects: [{ kind: "reply", id, refused: undefined }],
  };
}
