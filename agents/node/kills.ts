import { type Fault, fault } from "#src/base/fault.ts";
import type { Kill } from "#src/contract/safety-memory.ts";
import type { Step } from "#src/core/agent.ts";
import type { ControlEffect, ControlInput } from "#src/core/control-io.ts";
import type { ControlState } from "./control.ts";
import { handsOff } from "./hand.ts";
import type { ControlPlan } from "./plan.ts";

type KillInput = Extract<ControlInput, { kind: "kill" | "revive" }>;

/**
 * Takes an output, or all, out of service, or back: on disk before it is answered, done in the next cycle.
 * Either way no hand stays on it.
 */
export function switchOff(
  plan: ControlPlan,
  state: ControlState,
  { kind, id, output, owner, reason, wall }: KillInput,
): Step<ControlState, ControlEffect> {
  const known = plan.outputs.map(({ name }) => name);
  const answer = (refused?: Fault): ControlEffect => ({ kind: "reply", id, refused });
  if (output !== undefined && !known.includes(output)) {
    const refused = fault("OUTPUT_UNKNOWN", { output, known: known.join(", ") });
    return { state, effects: [answer(refused)] };
  }
  const outputs = handsOff(plan, state.outputs, output);
  const free = outputs === state.outputs ? state : { ...state, outputs };
  const others = state.kills.filter((kill) => kill.output !== output);
  const isKilled = others.length < state.kills.length;
  if (kind === "kill") {
    // The first word stands: who, why and since when.
    if (isKilled) return { state: free, effects: [answer()] };
    const kill: Kill = { ...(output === undefined ? {} : { output }), owner, reason, at: wall };
    return keep(free, [...others, kill], answer());
  }
  if (!isKilled && free !== state) return { state: free, effects: [answer()] };
  if (!isKilled) {
    return { state, effects: [answer(fault("NOT_KILLED", { what: output ?? "the node" }))] };
  }
  return keep(free, others, answer());
}

function keep(
  state: ControlState,
  kills: readonly Kill[],
  answer: ControlEffect,
): Step<ControlState, ControlEffect> {
  const safety = { ...state.safety, kills };
  return {
    state: { ...state, kills, safety },
    effects: [{ kind: "rememberSafety", safety }, answer],
  };
}
