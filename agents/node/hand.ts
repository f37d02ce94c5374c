import { type Fault, fault } from "#src/base/fault.ts";
import { after, type Instant } from "#src/base/units.ts";
import type { Step } from "#src/core/agent.ts";
import type { Held } from "#src/core/authority/setpoint.ts";
import type { ControlEffect, ControlInput } from "#src/core/control-io.ts";
import { killOf } from "#src/core/safety/kill.ts";
import type { ControlState } from "./control.ts";
import type { OutputState } from "./output.ts";
import type { ControlPlan } from "./plan.ts";
import type { OutputPlan } from "./plan-outputs.ts";

/**
 * An output by hand: a person says what it is to be, for a while, in place of its loop and of its safe
 * state. Kills, interlocks, bounds, rate and run times stay above it.
 *
 * HA1  It has an owner, a reason and an end; a restart ends it, and so does a kill.
 * HA2  A value outside the bounds, or between on and off, is refused, not moved.
 * HA3  When it ends the loop goes on from where the output is.
 * HA4  What is killed takes none: it would wait for the release, and that ends it.
 */
export function takeInHand(
  plan: ControlPlan,
  state: ControlState,
  input: Extract<ControlInput, { kind: "force" }>,
  now: Instant,
): Step<ControlState, ControlEffect> {
  const { id, output: name, value, owner, reason } = input;
  const place = plan.outputs.findIndex((rule) => rule.name === name);
  const refused = refusalOf(plan, state, plan.outputs[place], input);
  const answer: ControlEffect = { kind: "reply", id, refused };
  if (refused !== undefined) return { state, effects: [answer] };
  const hand: Held = { id, value, until: after(now, input.for), owner, reason };
  const outputs = state.outputs.map((output, at) => (at === place ? { ...output, hand } : output));
  return { state: { ...state, outputs }, effects: [answer] };
}

function refusalOf(
  plan: ControlPlan,
  { kills }: ControlState,
  rule: OutputPlan | undefined,
  { output, value }: Extract<ControlInput, { kind: "force" }>,
): Fault | undefined {
  if (rule === undefined) {
    const known = plan.outputs.map(({ name }) => name).join(", ");
    return fault("OUTPUT_UNKNOWN", { output, known });
  }
  const { min, max, isSwitch } = rule;
  if (isSwitch && value !== min && value !== max) return fault("OUTPUT_SWITCH", { output, value });
  if (!(value >= min && value <= max)) return fault("OUTPUT_BOUNDS", { output, value, min, max });
  const kill = killOf(kills, output);
  return kill === undefined
    ? undefined
    : fault("OUTPUT_KILLED", { output, owner: kill.owner, reason: kill.reason });
}

/** The hand that is on an output now. */
export const handOn = ({ hand }: OutputState, now: Instant): Held | undefined =>
  hand !== undefined && now < hand.until ? hand : undefined;

/** Takes the hand off an output, or off all; the same list where there was none. */
export function handsOff(
  plan: ControlPlan,
  outputs: readonly OutputState[],
  name: string | undefined,
): readonly OutputState[] {
  const isMeant = (place: number): boolean =>
    name === undefined || plan.outputs[place]?.name === name;
  if (!outputs.some(({ hand }, place) => hand !== undefined && isMeant(place))) return outputs;
  return outputs.map((output, place) => (isMeant(place) ? { ...output, hand: undefined } : output));
}
