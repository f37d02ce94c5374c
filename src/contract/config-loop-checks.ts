import type { Parts } from "./config-parts.ts";
import type { LoopSaid } from "./config-points.ts";
import { because, type Path, type Report } from "./config-problem.ts";
import { find, ordered, sameUnit, type Unit, unitOf, within } from "./config-relations.ts";
import { isBit } from "./registers.ts";

type PartOfLoop = Partial<LoopSaid>;

/** What a loop promises about its input, its output and its own bounds. */
export function checkLoop(parts: Parts, name: string, loop: PartOfLoop, report: Report): void {
  const at = ["loops", name];
  const input = find(parts.inputs, loop.input, [...at, "input"], "input", report);
  const output = find(parts.outputs, loop.output, [...at, "output"], "output", report);
  if (loop.kind === "pi" && output?.register !== undefined && isBit(output.register.kind)) {
    report(
      [...at, "output"],
      `is a ${output.register.kind}, which a pi loop cannot modulate`,
      because("CONFIG_REFERENCE", "drive a holding register, or make the loop on-off"),
    );
  }
  const unit = unitOf(parts.inputs, loop.input);
  checkBounds(loop, input?.range, unit, at, report);
  checkSetpoints(loop, unit, at, report);
  if (loop.kind === "on-off" && loop.deadband !== undefined) {
    sameUnit(loop.deadband, unit, [...at, "deadband"], report);
    if (loop.deadband.value < 0) {
      report(
        [...at, "deadband"],
        `${loop.deadband.value} is less than 0`,
        because("CONFIG_BOUNDS", "write the full width of the band, 0 or more"),
      );
    }
  }
}

/** What may be asked of a loop must be something its sensor can show. */
function checkBounds(
  { bounds, input }: PartOfLoop,
  range: LoopSaid["bounds"] | undefined,
  unit: Unit,
  at: Path,
  report: Report,
): void {
  if (bounds === undefined) return;
  ordered(bounds, [...at, "bounds"], report);
  for (const [index, side] of bounds.entries()) {
    if (!sameUnit(side, unit, [...at, "bounds", index], report) || range === undefined) continue;
    const ends = [range[0].value, range[1].value] as const;
    within(side.value, ends, [...at, "bounds", index], `inputs.${input}.range`, report);
  }
}

function checkSetpoints(loop: PartOfLoop, unit: Unit, at: Path, report: Report): void {
  const { bounds } = loop;
  for (const key of ["setpoint", "safeSetpoint"] as const) {
    const said = loop[key];
    if (said === undefined) continue;
    if (!sameUnit(said, unit, [...at, key], report) || bounds === undefined) continue;
    const ends = [bounds[0].value, bounds[1].value] as const;
    within(said.value, ends, [...at, key], `${at.join(".")}.bounds`, report);
  }
}

export function checkOneLoopPerOutput({ loops }: Parts, report: Report): void {
  const owner = new Map<string, string>();
  for (const [name, { output }] of loops.sound) {
    if (output === undefined) continue;
    const first = owner.get(output);
    if (first === undefined) owner.set(output, name);
    else
      report(
        ["loops", name, "output"],
        `${output} is driven by loops.${first} already`,
        because("CONFIG_CONFLICT", "an output has one loop: choose another output"),
      );
  }
}
