import { after, type Instant, millis } from "#src/base/units.ts";
import { limits } from "#src/contract/limits.ts";
import { modes } from "#src/contract/messages.ts";
import type { Step } from "#src/core/agent.ts";
import type { ControlEffect, Point } from "#src/core/control-io.ts";
import type { ControlState } from "./control.ts";
import type { ControlPlan } from "./plan.ts";

/** Once a second all that a person may want to see later: inputs, outputs, setpoints, lateness, mode. */
export function record(
  plan: ControlPlan,
  state: ControlState,
  now: Instant,
): Step<ControlState, ControlEffect> {
  if (now < state.nextRecord) return { state, effects: [] };
  const points: Point[] = [];
  const put = (value: number, quality: Point["quality"] = "good"): void => {
    points.push({ series: points.length, at: now, value, quality });
  };
  const { values } = state;
  const known = plan.inputs.length + plan.signals.length;
  for (let source = 0; source < known; source += 1) {
    const sensed = values[source];
    put(sensed?.value ?? Number.NaN, sensed?.quality ?? "bad");
  }
  for (const output of state.outputs)
    put(output.value ?? Number.NaN, output.value === undefined ? "bad" : "good");
  for (const loop of state.loops) {
    put(loop.setpoint);
    put(loop.lateness);
  }
  for (const { trippedAt } of state.interlocks) put(trippedAt === undefined ? 0 : 1);
  put(modes.indexOf(state.mode.mode));
  const missed = now - state.nextRecord >= limits.recordEvery;
  return {
    state: {
      ...state,
      loops: state.loops.map((loop) => ({ ...loop, lateness: millis(0) })),
      nextRecord: after(missed ? now : state.nextRecord, limits.recordEvery),
    },
    effects: [{ kind: "record", points }],
  };
}
