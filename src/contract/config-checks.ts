import type { z } from "zod";
import type {
  DeviceSaid,
  InputSaid,
  LoopSaid,
  OutputSaid,
  Quantity,
  SimulatedSaid,
} from "./config-points.ts";
import { formatDuration } from "./quantity.ts";
import { isBit, widthOf } from "./registers.ts";

/** What one part of a node's configuration promises about another. */
interface Said {
  readonly devices: Readonly<Record<string, DeviceSaid>>;
  readonly inputs: Readonly<Record<string, InputSaid>>;
  readonly outputs: Readonly<Record<string, OutputSaid>>;
  readonly loops: Readonly<Record<string, LoopSaid>>;
  readonly simulation?: Readonly<Record<string, SimulatedSaid>> | undefined;
}

type Path = readonly (string | number)[];
type Report = (path: Path, message: string) => void;

export function checkNode(config: Said, context: z.RefinementCtx): void {
  const report: Report = (path, message) => {
    context.addIssue({ code: "custom", path: [...path], message });
  };
  for (const [name, input] of Object.entries(config.inputs))
    checkInput(config, name, input, report);
  for (const [name, output] of Object.entries(config.outputs))
    checkOutput(config, name, output, report);
  for (const [name, loop] of Object.entries(config.loops)) checkLoop(config, name, loop, report);
  checkOneLoopPerOutput(config, report);
  checkOverlaps(config, "inputs", report);
  checkOverlaps(config, "outputs", report);
  for (const [name, simulated] of Object.entries(config.simulation ?? {})) {
    checkSimulated(config, name, simulated, report);
  }
}

function checkInput(config: Said, name: string, input: InputSaid, report: Report): void {
  known(config.devices, input.device, ["inputs", name, "device"], "device", report);
  const range = ["inputs", name, "range"];
  ordered(input.range, range, report);
  for (const [index, side] of input.range.entries())
    sameUnit(side, input.unit, [...range, index], report);
  const poll = input.poll ?? config.devices[input.device]?.poll;
  if (poll !== undefined && input.maxAge < poll) {
    report(
      ["inputs", name, "maxAge"],
      `is shorter than the poll period of ${formatDuration(poll)}: the value would always be stale`,
    );
  }
}

function checkOutput(config: Said, name: string, output: OutputSaid, report: Report): void {
  const at = ["outputs", name];
  known(config.devices, output.device, [...at, "device"], "device", report);
  const { kind } = output.register;
  if (kind === "discrete" || kind === "input") {
    report(
      [...at, "register", "kind"],
      `a ${kind} register cannot be written: an output is a coil or a holding register`,
    );
  }
  if (output.bounds === undefined && !isBit(kind))
    report(at, "bounds are missing: [least, greatest] that may be written");
  const bounds = output.bounds;
  if (bounds !== undefined) {
    ordered(bounds, [...at, "bounds"], report);
    for (const [index, side] of bounds.entries())
      sameUnit(side, output.unit, [...at, "bounds", index], report);
  }
  const [least, greatest] = boundsOf(output);
  sameUnit(output.safe, output.unit, [...at, "safe"], report);
  within(output.safe.value, least, greatest, [...at, "safe"], "the bounds", report);
  if (isBit(kind) && (least < 0 || greatest > 1))
    report([...at, "bounds"], "a coil has only 0 and 1");
}

function checkLoop(config: Said, name: string, loop: LoopSaid, report: Report): void {
  const at = ["loops", name];
  known(config.inputs, loop.input, [...at, "input"], "input", report);
  known(config.outputs, loop.output, [...at, "output"], "output", report);
  const input = config.inputs[loop.input];
  ordered(loop.bounds, [...at, "bounds"], report);
  const [least, greatest] = loop.bounds;
  const said: readonly (readonly [string, Quantity | undefined])[] = [
    ["setpoint", loop.setpoint],
    ["safeSetpoint", loop.safeSetpoint],
  ];
  for (const [key, value] of said) {
    if (value === undefined) continue;
    sameUnit(value, input?.unit, [...at, key], report);
    within(value.value, least.value, greatest.value, [...at, key], "the loop's bounds", report);
  }
  for (const [index, side] of loop.bounds.entries()) {
    sameUnit(side, input?.unit, [...at, "bounds", index], report);
    if (input !== undefined) {
      within(
        side.value,
        input.range[0].value,
        input.range[1].value,
        [...at, "bounds", index],
        "the input's range",
        report,
      );
    }
  }
  if (loop.kind === "on-off") {
    if (loop.deadband.value < 0) report([...at, "deadband"], "a deadband is 0 or more");
    sameUnit(loop.deadband, input?.unit, [...at, "deadband"], report);
  }
}

/** 0 … 1 for a coil that does not say its own. */
export function boundsOf(output: OutputSaid): readonly [number, number] {
  if (output.bounds !== undefined) return [output.bounds[0].value, output.bounds[1].value];
  return isBit(output.register.kind) ? [0, 1] : [output.safe.value, output.safe.value];
}

function checkOneLoopPerOutput(config: Said, report: Report): void {
  const owner = new Map<string, string>();
  for (const [name, loop] of Object.entries(config.loops)) {
    const first = owner.get(loop.output);
    if (first === undefined) owner.set(loop.output, name);
    else
      report(
        ["loops", name, "output"],
        `${loop.output} is driven by ${first} already: an output has one loop`,
      );
  }
}

/** Two signals on the same words would each read, or undo, half of the other. */
function checkOverlaps(config: Said, list: "inputs" | "outputs", report: Report): void {
  const taken = new Map<string, string>();
  for (const [name, signal] of Object.entries(config[list])) {
    const { kind, address } = signal.register;
    for (let at = address; at < address + widthOf(signal.register); at += 1) {
      const place = `${signal.device} ${kind} ${at}`;
      const first = taken.get(place);
      if (first === undefined) {
        taken.set(place, name);
      } else if (first !== name) {
        report(
          [list, name, "register", "address"],
          `overlaps ${list}.${first}: both use ${kind} ${at} of ${signal.device}`,
        );
        break;
      }
    }
  }
}

function checkSimulated(
  config: Said,
  device: string,
  simulated: SimulatedSaid,
  report: Report,
): void {
  const at = ["simulation", device];
  known(config.devices, device, at, "device", report);
  for (const signal of Object.keys(simulated.signals)) {
    const on = config.inputs[signal]?.device ?? config.outputs[signal]?.device;
    if (on !== device) report([...at, "signals", signal], `is no input or output of ${device}`);
  }
}

function known(
  table: Readonly<Record<string, unknown>>,
  name: string,
  path: Path,
  what: string,
  report: Report,
): void {
  if (Object.hasOwn(table, name)) return;
  const names = Object.keys(table);
  report(
    path,
    `there is no ${what} "${name}"${names.length > 0 ? `; there is ${names.join(", ")}` : ""}`,
  );
}

function ordered(range: readonly [Quantity, Quantity], path: Path, report: Report): void {
  if (range[0].value >= range[1].value) {
    report(
      path,
      `${range[0].value} … ${range[1].value} is empty: the least comes first and is below the greatest`,
    );
  }
}

function within(
  value: number,
  least: number,
  greatest: number,
  path: Path,
  what: string,
  report: Report,
): void {
  if (value < least || value > greatest)
    report(path, `${value} is outside ${what} ${least} … ${greatest}`);
}

function sameUnit(said: Quantity, unit: string | undefined, path: Path, report: Report): void {
  if (said.unit === undefined || said.unit === unit) return;
  report(path, `is in ${said.unit}, but the signal is in ${unit ?? "no unit"}`);
}
