import type { SafetyMemory } from "#src/contract/safety-memory.ts";
import type { LastKnown } from "#src/core/control-io.ts";
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
  const value = isKilled(rule, safety) ? rule.safe : (forcedOf(plan, rule, safety) ?? rule.safe);
  const half = (rule.min + rule.max) / 2;
  if (rule.times === undefined || value <= half) return value;
  const seen = image.outputs[place];
  const stands = seen?.quality === "good" && seen.value <= half;
  return (written[place] ?? half) > half && !stands ? value : undefined;
}

const isKilled = ({ name }: OutputPlan, { kills }: SafetyMemory): boolean =>
  kills.some(({ output }) => output === undefined || output === name);

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
