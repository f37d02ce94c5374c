import type { Parts } from "./config-parts.ts";
import type { Path, Report } from "./config-problem.ts";
import { absent, type Unit, unitOf } from "./config-relations.ts";

/** Inputs and signals share one set of names: a loop does not care which of the two it reads. */
export function findSource(
  { inputs, signals }: Parts,
  name: string | undefined,
  path: Path,
  report: Report,
): void {
  if (name === undefined || inputs.names === undefined || signals.names === undefined) return;
  if (inputs.names.has(name) || signals.names.has(name)) return;
  absent(name, [...inputs.names, ...signals.names], path, "input or signal", report, "value");
}

export function sourceUnit({ inputs, signals }: Parts, name: string | undefined): Unit {
  const isSignal = name !== undefined && signals.names?.has(name) === true;
  return isSignal ? unitOf(signals, name) : unitOf(inputs, name);
}
