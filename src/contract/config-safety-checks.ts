import { checkExpression } from "./config-expression.ts";
import type { Parts } from "./config-parts.ts";
import type { OutputSaid } from "./config-points.ts";
import { because, type Path, type Report } from "./config-problem.ts";
import { absent, onOrOff, sameUnit, unitOf, within } from "./config-relations.ts";
import type { SafeStateSaid } from "./config-safety.ts";
import { boundsOf } from "./output-bounds.ts";

/** What may be forced on an output, and what its safe states lead to, lies within its bounds. */
export function checkSafety(parts: Parts, report: Report): void {
  for (const [name, output] of parts.outputs.sound) {
    for (const key of ["onSensorBad", "onPartition"] as const) {
      const said = output[key];
      if (said !== undefined && said !== "keep") {
        checkSafeState(parts, name, output, said, ["outputs", name, key], report);
      }
    }
  }
  const { inputs, signals, outputs } = parts;
  const all = [inputs, signals, outputs].flatMap(({ names }) => [...(names ?? [])]);
  for (const [name, interlock] of parts.interlocks.sound) {
    const at = ["interlocks", name];
    if (interlock.trip !== undefined) {
      checkExpression(parts, all, interlock.trip, "bool", [...at, "trip"], report);
    }
    for (const [output, value] of Object.entries(interlock.force ?? {})) {
      const path = [...at, "force", output];
      const { names } = parts.outputs;
      if (names !== undefined && !names.has(output)) {
        absent(output, [...names], path, "output", report, "key");
        continue;
      }
      if (!sameUnit(value, unitOf(parts.outputs, output), path, report)) continue;
      const bounds = knownBounds(parts, output);
      if (bounds === undefined) continue;
      within(value.value, bounds, path, `outputs.${output}.bounds`, report);
      onOrOff(value.value, parts.outputs.sound.get(output) ?? {}, bounds, path, report);
    }
  }
}

function checkSafeState(
  parts: Parts,
  name: string,
  output: Partial<OutputSaid>,
  said: SafeStateSaid,
  at: Path,
  report: Report,
): void {
  const bounds = knownBounds(parts, name);
  if (said.kind === "deenergize") {
    if (bounds === undefined || (bounds[0] <= 0 && bounds[1] >= 0)) return;
    report(
      at,
      `deenergize is 0, which lies outside the output's bounds ${bounds[0]} … ${bounds[1]}`,
      because("CONFIG_BOUNDS", "write safe, or a value inside"),
    );
    return;
  }
  if (said.kind !== "value") return;
  if (!sameUnit(said.value, unitOf(parts.outputs, name), at, report)) return;
  if (bounds !== undefined && (output.register ?? output.topic) !== undefined) {
    within(said.value.value, bounds, at, "the output's bounds", report);
    onOrOff(said.value.value, output, bounds, at, report);
  }
}

function knownBounds({ outputs }: Parts, name: string): readonly [number, number] | undefined {
  const output = outputs.sound.get(name);
  if (outputs.refused.get(name)?.has("bounds")) return undefined;
  if (output?.safe === undefined) return undefined;
  const { register, topic, safe, bounds } = output;
  if (register === undefined && topic === undefined) return undefined;
  return boundsOf({ bounds, register, topic, safe });
}
