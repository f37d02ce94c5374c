import type { z } from "zod";
import { checkDrivers, checkLoop } from "./config-loop-checks.ts";
import { checkOverlaps } from "./config-overlaps.ts";
import { type Parts, soundParts } from "./config-parts.ts";
import { checkPlace, checkSimulatedDriver } from "./config-places.ts";
import type { InputSaid, OutputSaid, Quantity, SimulatedSaid } from "./config-points.ts";
import { because, type Path, type Report } from "./config-problem.ts";
import {
  absent,
  find,
  onOrOff,
  ordered,
  sameUnit,
  type Unit,
  unitOf,
  within,
} from "./config-relations.ts";
import { checkSafety } from "./config-safety-checks.ts";
import { checkDrives, checkSignals } from "./config-signal-checks.ts";
import { findSource, sourceUnit } from "./config-sources.ts";
import { boundsOf } from "./output-bounds.ts";
import { isSwitch, pollOf } from "./places.ts";
import { formatDuration } from "./quantity.ts";
import { type Register, rawRange } from "./registers.ts";

/** What one part of a node's configuration promises about another. */
export function checkNode(
  said: Readonly<Record<string, unknown>>,
  context: z.core.$RefinementCtx,
): void {
  const report: Report = (path, message, why) => {
    context.addIssue({ code: "custom", path: [...path], message, params: { ...why } });
  };
  // A snapshot: what is reported here must not make a part unsound for the checks that follow.
  const parts = soundParts(said, [...context.issues]);
  for (const [name, input] of parts.inputs.sound) checkInput(parts, name, input, report);
  for (const [name, output] of parts.outputs.sound) checkOutput(parts, name, output, report);
  for (const [name, loop] of parts.loops.sound) checkLoop(parts, name, loop, report);
  checkSignals(parts, report);
  checkDrives(parts, report);
  checkDrivers(parts, report);
  checkSafety(parts, report);
  checkOverlaps(parts, "inputs", report);
  checkOverlaps(parts, "outputs", report);
  for (const [name, simulated] of parts.simulation.sound)
    checkSimulated(parts, name, simulated, report);
}

function checkInput(parts: Parts, name: string, input: Partial<InputSaid>, report: Report): void {
  const at = ["inputs", name];
  const device = find(parts.devices, input.device, [...at, "device"], "device", report);
  if (input.range !== undefined) {
    ordered(input.range, [...at, "range"], report);
    checkUnits(unitOf(parts.inputs, name), input.range, [...at, "range"], report);
  }
  checkPlace(parts, "inputs", name, input, report);
  const poll = input.poll ?? pollOf(device);
  if (poll !== undefined && input.maxAge !== undefined && input.maxAge < poll) {
    report(
      [...at, "maxAge"],
      `is shorter than the poll period of ${formatDuration(poll)}: the value would always be stale`,
      because("CONFIG_BOUNDS", "allow at least two polls"),
    );
  }
}

/** The sides of a range in the unit of their signal. */
function checkUnits(unit: Unit, range: readonly Quantity[], at: Path, report: Report): void {
  for (const [index, side] of range.entries()) sameUnit(side, unit, [...at, index], report);
}

function checkOutput(
  parts: Parts,
  name: string,
  output: Partial<OutputSaid>,
  report: Report,
): void {
  const at = ["outputs", name];
  find(parts.devices, output.device, [...at, "device"], "device", report);
  const { register, topic, bounds, safe, rate } = output;
  const unit = unitOf(parts.outputs, name);
  if (safe !== undefined) sameUnit(safe, unit, [...at, "safe"], report);
  if (bounds !== undefined) {
    ordered(bounds, [...at, "bounds"], report);
    checkUnits(unit, bounds, [...at, "bounds"], report);
  }
  checkPlace(parts, "outputs", name, output, report);
  checkFollowed(parts, unit, output.follow, [...at, "follow"], report);
  if (register === undefined && topic === undefined) return;
  if (register?.kind === "discrete" || register?.kind === "input") {
    report(
      [...at, "register", "kind"],
      `a ${register.kind} register cannot be written`,
      because("CONFIG_CONFLICT", "an output is a coil or a holding register"),
    );
    return;
  }
  if (rate !== undefined && isSwitch({ register, topic })) {
    report(
      [...at, "rate"],
      "what is only on or off does not move at a rate",
      because("CONFIG_CONFLICT", "leave rate out; minOn and minOff keep it from switching often", {
        on: "key",
      }),
    );
  }
  if (bounds === undefined && !isSwitch({ register, topic })) {
    if (parts.outputs.refused.get(name)?.has("bounds")) return;
    const remedy = "add bounds: [least, greatest] that may ever be written";
    report([...at, "bounds"], "is missing", because("CONFIG_MISSING", remedy, { on: "key" }));
    return;
  }
  for (const [index, side] of (bounds ?? []).entries()) {
    if (register === undefined) continue;
    const place = [...at, "bounds", index];
    const what = "what the register can hold,";
    within(side.value, holdsOf(register), place, what, report, "mend its type, scale or offset");
  }
  if (safe === undefined || parts.outputs.refused.get(name)?.has("bounds")) return;
  const allowed = boundsOf({ bounds, register, topic, safe });
  within(safe.value, allowed, [...at, "safe"], "the output's bounds", report);
  onOrOff(safe.value, output, allowed, [...at, "safe"], report);
}

/** What an output takes its value from is there, and in its unit where both say one. */
function checkFollowed(
  parts: Parts,
  unit: Unit,
  follow: string | undefined,
  at: Path,
  report: Report,
): void {
  if (follow === undefined) return;
  findSource(parts, follow, at, report);
  const other = sourceUnit(parts, follow);
  if (other.kind === "unknown" || unit.kind === "unknown") return;
  if (other.unit === undefined || unit.unit === undefined || other.unit === unit.unit) return;
  report(
    at,
    `${follow} is in ${other.unit}, but the output is in ${unit.unit}`,
    because("CONFIG_UNIT", "convert it with a rule: nothing is converted for you"),
  );
}

/** Least and greatest value that a register can show. */
function holdsOf({ type, scale, offset }: Register): readonly [number, number] {
  if (type === "float32") return [-3.4e38, 3.4e38];
  const [low, high] = rawRange[type];
  // 32767 · 0.1 is a little more than 3276.7 in binary, which nobody wants to read.
  const ends = [low, high].map((raw) => Number((raw * scale + offset).toPrecision(12)));
  return [Math.min(...ends), Math.max(...ends)];
}

function checkSimulated(
  parts: Parts,
  device: string,
  simulated: Partial<SimulatedSaid>,
  report: Report,
): void {
  const at = ["simulation", device];
  checkSimulatedDriver(parts, device, report);
  const { devices, inputs, outputs } = parts;
  if (devices.names !== undefined && !devices.names.has(device))
    absent(device, [...devices.names], at, "device", report, "key");
  if (inputs.names === undefined || outputs.names === undefined) return;
  const known = [...inputs.names, ...outputs.names];
  for (const signal of Object.keys(simulated.signals ?? {})) {
    const path = [...at, "signals", signal];
    const on = inputs.sound.get(signal)?.device ?? outputs.sound.get(signal)?.device;
    if (!known.includes(signal)) {
      absent(signal, known, path, "input or output", report, "key");
    } else if (on !== undefined && on !== device) {
      const remedy = `move it to simulation.${on}.signals`;
      report(
        path,
        `is on device ${on}, not on ${device}`,
        because("CONFIG_REFERENCE", remedy, { on: "key" }),
      );
    }
  }
}
