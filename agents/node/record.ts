import { after, type Instant, millis } from "#src/base/units.ts";
import { limits } from "#src/contract/limits.ts";
import { modes } from "#src/contract/messages.ts";
import type { Step } from "#src/core/agent.ts";
import { validate } from "#src/core/control/validate.ts";
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
  for (const [index, rule] of plan.inputs.entries()) {
    const reading = state.image.inputs[index];
    if (reading === undefined) put(Number.NaN, "bad");
    else put(reading.value, validate(rule, reading, now).quality);
  }
  for (const output of state.outputs)
    put(output.value ?? Number.NaN, output.value === undefined ? "bad" : "good");
  for (const loop of state.loops) {
    put(loop.chosen.value);
    put(loop.lateness);
  }
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
