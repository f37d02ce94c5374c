import type { SafetyMemory } from "#src/contract/safety-memory.ts";
import type { LastKnown } from "#src/core/control-io.ts";
import { killOf } from "#src/core/safety/kill.ts";
import { runs } from "./output.ts";
import type { ControlPlan } from "./plan.ts";
import type { OutputPlan } from "./plan-outputs.ts";

/**
 * What stands in the outputs when nobody decides any more: the agent failed, or the process ends.
 *
 * ND1  A kill's safe value, else the value of the interlock that tripped first, else the safe value; an
 *      output that holds when the process ends is left as it is.
 * ND2  No machine that has to rest is started by it: one that is off, or not known to run, is left as it is.
 */
export const ordersAtFailure = (plan: ControlPlan, last: LastKnown): Orders =>
  plan.outputs.map((rule, place) => orderOf(plan, rule, place, last));

export const ordersAtStop = (plan: ControlPlan, last: LastKnown): Orders =>
  plan.outputs.map((rule, place) =>
    rule.onAgentLoss === "safe" ? orderOf(plan, rule, place, last) : undefined,
  );

/** Undefined: left as it is. */
type Orders = readonly (number | undefined)[];

function orderOf(
  plan: ControlPlan,
  rule: OutputPlan,
  place: number,
  { safety, written, image }: LastKnown,
): number | undefined {
  const isKilled = killOf(safety.kills, rule.name) !== undefined;
  const value = isKilled ? rule.safe : (forcedOf(plan, rule, safety) ?? rule.safe);
  if (rule.times === undefined || !runs(rule, { value })) return value;
  const seen = image.outputs[place];
  const stands = seen?.quality === "good" && !runs(rule, seen);
  return runs(rule, { value: written[place] }) && !stands ? value : undefined;
}

function forcedOf(
  plan: ControlPlan,
  { interlocks }: OutputPlan,
  { latched }: SafetyMemory,
): number | undefined {
  const first = latched
    .map((name) => interlocks.find((one) => plan.interlocks[one.interlock]?.name === name))
    .find((one) => one !== undefined);
  return first?.value;
}
