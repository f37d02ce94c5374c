import { after, type Instant, type Millis, millis } from "#src/base/units.ts";
import { limits } from "#src/contract/limits.ts";
import { modes } from "#src/contract/messages.ts";
import type { Point } from "#src/core/control-io.ts";
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
  { values, outputs, interlocks, mode }: Recorded,
  loops: readonly LoopState[],
  at: Instant,
): readonly Point[] {
  const points: Point[] = [];
  const known = plan.inputs.length + plan.signals.length;
  for (let source = 0; source < known; source += 1) {
    const sensed = values[source];
    put(points, at, sensed?.value ?? Number.NaN, sensed?.quality ?? "bad");
  }
  for (const { value } of outputs) {
    put(points, at, value ?? Number.NaN, value === undefined ? "bad" : "good");
  }
  for (const { setpoint, lateness } of loops) {
    put(points, at, setpoint);
    put(points, at, lateness);
  }
  for (const { trippedAt } of interlocks) put(points, at, trippedAt === undefined ? 0 : 1);
  put(points, at, modes.indexOf(mode.mode));
  return points;
}

function put(
  points: Point[],
  at: Instant,
  value: number,
  quality: Point["quality"] = "good",
): void {
  points.push({ series: points.length, at, value, quality });
}

/** A record that was missed is not made up for. */
export const recordAfter = (last: Instant, now: Instant): Instant =>
  after(now - last >= limits.recordEvery ? now : last, limits.recordEvery);

const onTime: Millis = millis(0);

/** What was recorded of a loop counts from here. */
export const recordedLoop = (loop: LoopState): LoopState =>
  loop.lateness === onTime ? loop : { ...loop, lateness: onTime };
