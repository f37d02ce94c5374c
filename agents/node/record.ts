import { after, type Instant, type Millis, millis } from "#src/base/units.ts";
import { limits } from "#src/contract/limits.ts";
import { modes, type Quality } from "#src/contract/messages.ts";
import type { ControlRow } from "#src/core/control-io.ts";
import type { ControlState } from "./control.ts";
import type { LoopState } from "./loop.ts";
import type { ControlPlan } from "./plan.ts";

type Recorded = Pick<ControlState, "values" | "outputs" | "interlocks" | "mode">;

/**
 * Once a second all that a person may want to see later: inputs, outputs, setpoints, lateness, mode. Loops
 * are those of the turn, before what was recorded of them is forgotten.
 */
export function record(
  plan: ControlPlan,
  { values: sources, outputs, interlocks, mode }: Recorded,
  loops: readonly LoopState[],
  at: Instant,
): ControlRow {
  const values = new Array<number>(plan.series.length);
  let qualities: Quality[] | undefined;
  let place = 0;
  const put = (value: number, quality: Quality): void => {
    if (quality !== "good") {
      qualities ??= plan.series.map(() => "good");
      qualities[place] = quality;
    }
    values[place] = value;
    place += 1;
  };
  const known = plan.inputs.length + plan.signals.length;
  for (let source = 0; source < known; source += 1) {
    const sensed = sources[source];
    put(sensed?.value ?? Number.NaN, sensed?.quality ?? "bad");
  }
  for (const { value } of outputs) put(value ?? Number.NaN, value === undefined ? "bad" : "good");
  for (const { setpoint, lateness } of loops) {
    put(setpoint, "good");
    put(lateness, "good");
  }
  for (const { trippedAt } of interlocks) put(trippedAt === undefined ? 0 : 1, "good");
  put(modes.indexOf(mode.mode), "good");
  return { at, values, qualities };
}

/** A record that was missed is not made up for. */
export const recordAfter = (last: Instant, now: Instant): Instant =>
  after(now - last >= limits.recordEvery ? now : last, limits.recordEvery);

const onTime: Millis = millis(0);

/** What was recorded of a loop counts from here. */
export const recordedLoop = (loop: LoopState): LoopState =>
  loop.lateness === onTime ? loop : { ...loop, lateness: onTime };
