import { checkExpression } from "./config-expression.ts";
import { outputsOf } from "./config-loop-checks.ts";
import type { Parts } from "./config-parts.ts";
import { because, type Path, type Report } from "./config-problem.ts";
import { absent, find } from "./config-relations.ts";
import type { SignalSaid } from "./config-signals.ts";
import { findSource } from "./config-sources.ts";
import { isZone } from "./zone.ts";

/** Signals are computed in the order of the file, so that each finds its members ready. */
export function checkSignals(parts: Parts, report: Report): void {
  const before = new Set(parts.inputs.names ?? []);
  for (const [name, signal] of parts.signals.sound) {
    const at = ["signals", name];
    if (parts.inputs.names?.has(name)) {
      report(
        at,
        `${name} is the name of an input, too`,
        because("CONFIG_CONFLICT", "choose another name", { on: "key" }),
      );
    }
    for (const [member, path] of membersOf(signal)) {
      const place = [...at, ...path];
      if (before.has(member)) continue;
      if (member === name || parts.signals.names?.has(member)) {
        report(
          place,
          `${member} is said further down`,
          because("CONFIG_REFERENCE", `move signals.${member} above signals.${name}`),
        );
      } else if (parts.inputs.names !== undefined) {
        absent(member, [...before], place, "input or signal", report, "value");
      }
    }
    const { least, of } = signal.kind === "vote" ? signal : {};
    if (least !== undefined && of !== undefined && least > of.length) {
      report(
        [...at, "least"],
        `${least} members can never be good: there are ${of.length}`,
        because("CONFIG_BOUNDS", `write at most ${of.length}`),
      );
    }
    if (signal.kind === "schedule" && signal.zone !== undefined && !isZone(signal.zone)) {
      report(
        [...at, "zone"],
        `${signal.zone} is no time zone that is known here`,
        because("CONFIG_REFERENCE", "write an IANA name, such as Europe/Berlin or UTC"),
      );
    }
    if (signal.kind === "rule" && signal.expression !== undefined) {
      checkExpression(parts, [...before], signal.expression, "any", [...at, "expression"], report);
    }
    before.add(name);
  }
}

function membersOf(signal: Partial<SignalSaid>): readonly (readonly [string, Path])[] {
  if (signal.kind !== "vote" && signal.kind !== "min" && signal.kind !== "max") return [];
  return (signal.of ?? []).map((member, index) => [member, ["of", index]] as const);
}

export function checkDrives(parts: Parts, report: Report): void {
  for (const [name, drive] of parts.drives.sound) {
    const at = ["drives", name];
    if (parts.outputs.names?.has(name)) {
      report(
        at,
        `${name} is the name of an output, too`,
        because("CONFIG_CONFLICT", "choose another name", { on: "key" }),
      );
    }
    for (const [output, path] of outputsOf(drive)) {
      find(parts.outputs, output, [...at, ...path], "output", report);
    }
    if (drive.kind !== "staging") continue;
    const { most, machines } = drive;
    if (most !== undefined && machines !== undefined && most > machines.length) {
      report(
        [...at, "most"],
        `${most} is more than there is: ${machines.length} in machines`,
        because("CONFIG_BOUNDS", `write at most ${machines.length}, or leave most out for all`),
      );
    }
    for (const [index, { unavailable }] of (drive.machines ?? []).entries()) {
      findSource(parts, unavailable, [...at, "machines", index, "unavailable"], report);
    }
  }
}
