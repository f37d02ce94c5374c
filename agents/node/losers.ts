import { elapsed, type Instant } from "#src/base/units.ts";
import type { Claim } from "#src/contract/query.ts";
import type { Held } from "#src/core/authority/setpoint.ts";
import type { ControlState } from "./control.ts";
import { safetyDue } from "./decide.ts";
import { handOn } from "./hand.ts";
import { ownSetpoint } from "./loop.ts";
import type { OutputState } from "./output.ts";
import type { ControlPlan } from "./plan.ts";
import type { LoopPlan } from "./plan-loops.ts";
import type { OutputPlan } from "./plan-outputs.ts";
import { loopOf, sayCause, sourceUnit, whose } from "./reason.ts";

/** Whom an output does not follow now, and what they would have: the strongest first. */
export function losersOf(
  plan: ControlPlan,
  state: ControlState,
  rule: OutputPlan,
  output: OutputState,
  loops: readonly number[],
  now: Instant,
): Claim[] {
  const heeded = heededOf(output, loops);
  return [
    ...otherInterlocks(plan, state, rule, output),
    ...weakerHand(rule, output, now),
    ...weakerSafety(plan, state, rule, output, now),
    ...notSelected(plan, state, rule, heeded),
    ...loops
      .filter((place) => isInChain(plan, place, heeded ?? loops[0]))
      .flatMap((place) => setpointsOf(plan, state, place, heeded !== undefined, now)),
  ];
}

/** The loop that decides about an output; undefined while somebody stronger does. */
function heededOf(
  { authority, reason }: OutputState,
  loops: readonly number[],
): number | undefined {
  const isLed = authority === "default" || authority === "grant" || authority === "override";
  return isLed && reason.cause.kind !== "hand" ? (loopOf(reason.cause) ?? loops[0]) : undefined;
}

/** It, or the loop that it follows. */
const isInChain = (plan: ControlPlan, place: number, of: number | undefined): boolean => {
  const follow = of === undefined ? undefined : plan.loops[of]?.follow;
  return place === of || (follow?.kind === "loop" && follow.loop === place);
};

function otherInterlocks(
  plan: ControlPlan,
  state: ControlState,
  rule: OutputPlan,
  { reason: { cause } }: OutputState,
): Claim[] {
  const first = cause.kind === "interlock" ? cause.interlock : undefined;
  return rule.interlocks.flatMap(({ interlock, value }): Claim[] => {
    if (interlock === first || state.interlocks[interlock]?.trippedAt === undefined) return [];
    const name = plan.interlocks[interlock]?.name;
    const what = `interlock ${name} tripped ${first === undefined ? "as well" : "later"}`;
    return [{ authority: "interlock", value, unit: rule.unit ?? null, what }];
  });
}

function weakerHand(rule: OutputPlan, output: OutputState, now: Instant): Claim[] {
  const hand = handOn(output, now);
  if (hand === undefined || output.reason.cause.kind === "hand") return [];
  const what = `by hand of ${hand.owner}`;
  return [{ authority: "override", value: hand.value, unit: rule.unit ?? null, what }];
}

/** The safe state that would be due if nobody stronger had the output. */
function weakerSafety(
  plan: ControlPlan,
  state: ControlState,
  rule: OutputPlan,
  output: OutputState,
  now: Instant,
): Claim[] {
  if (output.authority === "safe-state") return [];
  const due = safetyDue(rule, output, { ...state, plan, mode: state.mode.mode, now });
  if (due === undefined) return [];
  const { value, cause } = due;
  const what = sayCause(plan, cause, now);
  return [{ authority: "safe-state", value, unit: rule.unit ?? null, what }];
}

/** Loops of the same output that ask for more, or less, than the one that was taken. */
function notSelected(
  plan: ControlPlan,
  { loops }: ControlState,
  { driver, unit }: OutputPlan,
  heeded: number | undefined,
): Claim[] {
  if (driver.kind !== "loops" || heeded === undefined) return [];
  return driver.loops.flatMap((place): Claim[] => {
    const { request, chosen } = loops[place] ?? {};
    if (place === heeded || chosen === undefined || request?.value === undefined) return [];
    const what = `loop ${plan.loops[place]?.name}: the ${driver.take} of all is taken`;
    return [{ authority: chosen.authority, value: request.value, unit: unit ?? null, what }];
  });
}

/** Setpoints of one loop that are not followed. */
function setpointsOf(
  plan: ControlPlan,
  state: ControlState,
  place: number,
  isHeeded: boolean,
  now: Instant,
): Claim[] {
  const rule = plan.loops[place] as LoopPlan;
  const loop = state.loops[place];
  if (loop === undefined) return [];
  const { chosen, override, grant } = loop;
  const unit = sourceUnit(plan, rule.source);
  const lost = (authority: Claim["authority"], value: number, what: string): Claim[] =>
    isHeeded && chosen.authority === authority ? [] : [{ authority, value, unit, what }];
  const own = ownSetpoint(rule, state);
  return [
    ...(override === undefined
      ? []
      : lost("override", override.value, `loop ${rule.name}: setpoint by ${override.owner}`)),
    ...(grant === undefined ? [] : lost("grant", grant.value, sayGrant(state, grant, now))),
    ...lost("default", own, `loop ${rule.name}: ${whose(plan, rule)} setpoint`),
  ];
}

function sayGrant(state: ControlState, { owner, until }: Held, now: Instant): string {
  const rest = Math.max(0, Math.round(elapsed(now, until) / 1_000));
  return state.mode.mode === "connected"
    ? `setpoint by ${owner}, ${rest} s left`
    : "the lease it hangs on has lapsed";
}
