import type { Parts } from "./config-parts.ts";
import type { LoopSaid, OutputSaid } from "./config-points.ts";
import { because, type Path, type Report } from "./config-problem.ts";
import { absent, find, ordered, sameUnit, type Unit, within } from "./config-relations.ts";
import { findSource, sourceUnit } from "./config-sources.ts";
import { isSwitch } from "./places.ts";

type PartOfLoop = Partial<LoopSaid>;

/** What a loop promises about its input, what it drives, what it follows, and its own bounds. */
export function checkLoop(parts: Parts, name: string, loop: PartOfLoop, report: Report): void {
  const at = ["loops", name];
  findSource(parts, loop.input, [...at, "input"], report);
  checkDriven(parts, name, loop, report);
  checkFollow(parts, name, loop, report);
  const unit = sourceUnit(parts, loop.input);
  checkBounds(loop, parts.inputs.sound.get(loop.input ?? "")?.range, unit, at, report);
  checkSetpoints(loop, unit, at, report);
  if (loop.kind === "pid") checkPid(parts, loop, at, report);
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

/** An output or a drive; or nothing, where another loop follows. */
function checkDriven(parts: Parts, name: string, loop: PartOfLoop, report: Report): void {
  const at = ["loops", name, "output"];
  if (loop.output === undefined) {
    if (parts.loops.refused.get(name)?.has("output")) return;
    const followers = [...parts.loops.sound.values()].filter(({ follow }) => follow === name);
    if (followers.length === 1 || parts.loops.names === undefined) return;
    report(
      at,
      followers.length === 0
        ? "is missing, and no loop follows this one"
        : "is missing, and several loops follow this one",
      because(
        "CONFIG_MISSING",
        "name an output or a drive, or let one other loop follow this one",
        {
          on: "key",
        },
      ),
    );
    return;
  }
  if (parts.drives.names?.has(loop.output)) return;
  const output = find(parts.outputs, loop.output, at, "output", report);
  if (loop.kind === "pid" && output !== undefined && isSwitch(output)) {
    report(
      at,
      `${sayKind(output)}, which a pid loop cannot modulate`,
      because("CONFIG_REFERENCE", "drive what takes numbers, or make the loop on-off"),
    );
  }
}

const sayKind = ({ register }: Partial<OutputSaid>): string =>
  register === undefined ? "knows on and off only" : `is a ${register.kind}`;

function checkFollow(parts: Parts, name: string, { follow }: PartOfLoop, report: Report): void {
  if (follow === undefined) return;
  const at = ["loops", name, "follow"];
  const { loops, signals } = parts;
  if (signals.names?.has(follow)) return;
  if (!loops.names?.has(follow)) {
    const all = [...(signals.names ?? []), ...(loops.names ?? [])].filter((one) => one !== name);
    absent(follow, all, at, "signal or loop", report, "value");
    return;
  }
  const order = [...loops.sound.keys()];
  if (follow === name || order.indexOf(follow) > order.indexOf(name)) {
    report(
      at,
      follow === name ? `${follow} cannot follow itself` : `${follow} is said further down`,
      because("CONFIG_REFERENCE", `let loops.${follow} stand above: it decides first`),
    );
    return;
  }
  const outer = loops.sound.get(follow);
  if (outer?.output !== undefined) {
    report(
      at,
      `loops.${follow} drives ${outer.output}, and cannot lead a loop as well`,
      because("CONFIG_CONFLICT", `remove loops.${follow}.output`),
    );
  }
}

function checkPid(
  parts: Parts,
  loop: Extract<PartOfLoop, { readonly kind?: "pid" }>,
  at: Path,
  report: Report,
): void {
  const { feedForward, schedule, integralTime, setpointWeight } = loop;
  findSource(parts, feedForward?.input, [...at, "feedForward", "input"], report);
  findSource(parts, schedule?.input, [...at, "schedule", "input"], report);
  const points = schedule?.points ?? [];
  for (const [index, point] of points.entries()) {
    const place = [...at, "schedule", "points", index];
    if (point.integralTime !== undefined && integralTime === undefined) {
      report(
        [...place, "integralTime"],
        "the loop has none, and would lose its integral part where this point does not count",
        because("CONFIG_CONFLICT", `say ${at.join(".")}.integralTime as well`),
      );
    }
    const before = points[index - 1];
    if (before === undefined || before.at < point.at) continue;
    report(
      [...place, "at"],
      `${point.at} does not lie above ${before.at}`,
      because("CONFIG_BOUNDS", "write the points in ascending order"),
    );
  }
  if (setpointWeight !== undefined && setpointWeight !== 1 && integralTime === undefined) {
    report(
      [...at, "setpointWeight"],
      `without an integral part the loop would hold ${setpointWeight} times its setpoint`,
      because("CONFIG_CONFLICT", `say ${at.join(".")}.integralTime, or leave setpointWeight out`),
    );
  }
  if (feedForward !== undefined && feedForward.lead > 0 && feedForward.lag === 0) {
    report(
      [...at, "feedForward", "lead"],
      "does nothing without a lag",
      because("CONFIG_CONFLICT", `say ${at.join(".")}.feedForward.lag as well, or leave lead out`),
    );
  }
}

/** What may be asked of a loop must be something its sensor can show. */
function checkBounds(
  { bounds, envelope, input }: PartOfLoop,
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
  if (envelope === undefined) return;
  ordered(envelope, [...at, "envelope"], report);
  for (const [index, side] of envelope.entries()) {
    if (!sameUnit(side, unit, [...at, "envelope", index], report)) continue;
    const ends = [bounds[0].value, bounds[1].value] as const;
    within(side.value, ends, [...at, "envelope", index], `${at.join(".")}.bounds`, report);
  }
}

function checkSetpoints(loop: PartOfLoop, unit: Unit, at: Path, report: Report): void {
  const { bounds, envelope } = loop;
  for (const key of ["setpoint", "safeSetpoint"] as const) {
    const said = loop[key];
    if (said === undefined) continue;
    if (!sameUnit(said, unit, [...at, key], report) || bounds === undefined) continue;
    // A node in safe mode is by itself, and keeps to the envelope.
    const name = key === "safeSetpoint" && envelope !== undefined ? "envelope" : "bounds";
    const [least, most] = name === "envelope" && envelope !== undefined ? envelope : bounds;
    within(said.value, [least.value, most.value], [...at, key], `${at.join(".")}.${name}`, report);
  }
}

/** Who drives an output: a value, one loop or one drive, or several loops of which the output selects. */
export function checkDrivers({ loops, drives, outputs }: Parts, report: Report): void {
  const owner = new Map<string, { readonly who: string; readonly isLoop: boolean }>();
  const take = (target: string, who: string, isLoop: boolean, path: Path): void => {
    const first = owner.get(target);
    const isSelected = outputs.sound.get(target)?.select !== undefined;
    if (first === undefined) owner.set(target, { who, isLoop });
    else if (!(isLoop && first.isLoop && isSelected)) {
      report(
        path,
        `${target} is driven by ${first.who} already`,
        because(
          "CONFIG_CONFLICT",
          isLoop && first.isLoop
            ? "choose another output, or let the output select: min or max"
            : "choose another output",
        ),
      );
    }
  };
  for (const [name, { follow }] of outputs.sound) {
    if (follow !== undefined)
      owner.set(name, { who: `what it follows, ${follow},`, isLoop: false });
  }
  for (const [name, { output }] of loops.sound) {
    if (output !== undefined) take(output, `loops.${name}`, true, ["loops", name, "output"]);
  }
  for (const [name, drive] of drives.sound) {
    for (const [output, path] of outputsOf(drive)) {
      take(output, `drives.${name}`, false, ["drives", name, ...path]);
    }
  }
}

/** The outputs of a drive, with the place where each is named. */
export function outputsOf(
  drive: Parts["drives"]["sound"] extends ReadonlyMap<string, infer D> ? D : never,
): readonly (readonly [string, Path])[] {
  if (drive.kind === "split-range") {
    return (drive.to ?? []).map(({ output }, index) => [output, ["to", index, "output"]] as const);
  }
  if (drive.kind === "staging") {
    return (drive.machines ?? []).map(
      ({ output }, index) => [output, ["machines", index, "output"]] as const,
    );
  }
  return [];
}
