import { after, type Instant } from "#src/base/units.ts";
import type { ControlStatus, LoopTiming, OutputStatus, TuningStatus } from "#src/contract/query.ts";
import { proposed } from "#src/core/tune/step-test.ts";
import { tyreusLuyben } from "#src/core/tune/tyreus-luyben.ts";
import type { ControlState } from "./control.ts";
import { inputStatus, type ToWall } from "./explain.ts";
import type { ControlPlan } from "./plan.ts";
import type { LoopPlan } from "./plan-loops.ts";
import { sayReason, sourceName } from "./reason.ts";
import type { Tuning } from "./tuning.ts";

/** What the control agent is doing, for `holdfast status`. */
export function describe(
  plan: ControlPlan,
  state: ControlState,
  timing: (loop: number) => LoopTiming,
  now: Instant,
  toWall: ToWall,
): ControlStatus {
  return {
    mode: state.mode.mode,
    since: toWall(state.mode.since),
    reason: state.mode.reason,
    epoch: state.mode.epoch,
    loops: plan.loops.map((loop, place) => ({
      loop: loop.name,
      kind: loop.kind,
      input: sourceName(plan, loop.source),
      output: drivenName(plan, loop),
      setpoint: state.loops[place]?.setpoint ?? loop.setpoint,
      authority: state.loops[place]?.chosen.authority ?? "default",
      period: loop.period,
      ...timing(place),
      tuning: tuningOf(plan, loop, state.loops[place]?.tuning),
    })),
    inputs: [...plan.inputs, ...plan.signals].map((_, source) =>
      inputStatus(plan, state, source, now),
    ),
    outputs: plan.outputs.map((rule, place): OutputStatus => {
      const output = state.outputs[place];
      return {
        output: rule.name,
        value: output?.value ?? null,
        unit: rule.unit ?? null,
        since: toWall(output?.since ?? now),
        why: output === undefined ? "just started" : sayReason(plan, rule, output.reason, now),
      };
    }),
    kills: state.kills,
    interlocks: plan.interlocks.map((rule, place) => {
      const tripped = state.interlocks[place];
      return {
        interlock: rule.name,
        tripped: tripped?.trippedAt === undefined ? null : toWall(tripped.trippedAt),
        holds: tripped?.holds === true,
        tripsAt:
          tripped?.holds === true && tripped.trippedAt === undefined
            ? toWall(after(tripped.since, rule.delay))
            : null,
        trip: rule.trip.text,
        reset: rule.resetAfter === undefined ? "manual" : "by itself",
      };
    }),
  };
}

function tuningOf(
  plan: ControlPlan,
  { action, source }: LoopPlan,
  tuning: Tuning | undefined,
): TuningStatus | null {
  if (tuning === undefined) return null;
  const { id, owner, reason, outcome } = tuning;
  const unit = plan.inputs[source]?.unit ?? null;
  const said = { id, owner, reason, action, unit };
  switch (outcome.kind) {
    case "done":
      return {
        ...said,
        outcome: { ...outcome, proposal: tyreusLuyben(outcome.gain, outcome.period) },
      };
    case "identified": {
      const { process } = outcome;
      const proposal = proposed(outcome);
      return { ...said, outcome: { kind: "identified", process, proposal } };
    }
    default:
      return { ...said, outcome };
  }
}

/** What a loop drives, or leads. */
function drivenName(plan: ControlPlan, { output, inner }: LoopPlan): string {
  if (output?.kind === "output") return plan.outputs[output.output]?.name ?? "?";
  if (output?.kind === "drive") return plan.drives[output.drive]?.name ?? "?";
  return `loop ${plan.loops[inner ?? -1]?.name ?? "?"}`;
}
