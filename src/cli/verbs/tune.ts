import { readFileSync, writeFileSync } from "node:fs";
import { type Fault, fault } from "#src/base/fault.ts";
import { isId } from "#src/base/id.ts";
import { type Millis, millis } from "#src/base/units.ts";
import { formatDuration } from "#src/contract/quantity.ts";
import type { ControlStatus, NodeStatus, TuningStatus } from "#src/contract/query.ts";
import { absentLoop } from "../absent-name.ts";
import { exit } from "../exit.ts";
import { findConfig } from "../find-config.ts";
import { askOptions, findLocal, hear, notRunning } from "../local.ts";
import { ownerOf } from "../owner-of.ts";
import type { LocalInstance } from "../powers.ts";
import type { JsonOption, Shell } from "../shell.ts";
import { figure, quantityText } from "../show/text.ts";
import { diffLines, type Parameters, withParameters } from "../tune/site-diff.ts";
import { untilStopped } from "../until-stopped.ts";

interface Options extends JsonOption {
  readonly method: "relay" | "step";
  readonly amplitude: number;
  readonly hysteresis: number;
  readonly for: Millis;
  readonly reason: string;
  readonly approve?: true;
  readonly config?: string;
  readonly write?: true;
}

interface Place {
  readonly node: string;
  readonly loop: string;
}

/**
 * Swings a loop's process on purpose, and proposes its parameters as a change of the site file. Nothing
 * moves before a person approved, and nothing is written before a person asked.
 */
export async function tune(shell: Shell, text: string, options: Options): Promise<number> {
  const { powers, terminal } = shell;
  const failing = `${text} was not tuned`;
  const [node = "", loop = "", ...more] = text.split("/");
  if (!isId(node) || !isId(loop) || more.length > 0) {
    const why = `"${text}" is not NODE/LOOP, such as ahu-1/supply`;
    return terminal.fail(failing, fault("USAGE", { why }));
  }
  const place = { node, loop };
  const { method, amplitude, hysteresis, reason } = options;
  if (method === "relay" && amplitude < 0) {
    const why = `a relay goes to either side by its amplitude: say ${figure(-amplitude)}, not ${figure(amplitude)}`;
    return terminal.fail(failing, fault("USAGE", { why }));
  }
  const here = await findLocal(powers, "node", node);
  if (here === undefined) return terminal.fail(failing, notRunning(powers, `node "${node}"`));
  const { status, fault: silence } = await hear(powers, here);
  if (silence !== undefined) return terminal.fail(failing, silence);
  const control = status?.role === "node" ? status.control : undefined;
  const unfit = absentLoop(control, loop) ?? untunable(control, loop);
  if (unfit !== undefined) return terminal.fail(failing, unfit);
  if (options.approve !== true) {
    const moved = movedBy(control, loop);
    const { for: longest } = options;
    const said = { node, loop, method, amplitude, hysteresis, for: longest, ...moved };
    if (options.json) terminal.printJson({ ...said, approved: false });
    else terminal.print(planned(place, moved, options));
    return exit.ok;
  }
  const owner = ownerOf(powers);
  const asked = { loop, method, amplitude, hysteresis, for: options.for, owner, reason };
  const answer = await powers.askLocal(here.path, { v: 1, verb: "tune", ...asked }, askOptions);
  if (!answer.ok) return terminal.fail(failing, answer.fault);
  const outcome = await follow(shell, here, loop, options.for, options.json === true);
  if ("code" in outcome) return terminal.fail(failing, outcome);
  if (outcome.kind === "aborted" || outcome.kind === "running") {
    const why = outcome.kind === "aborted" ? outcome.why : "it has not ended";
    return terminal.fail(failing, fault("TUNE_REFUSED", { loop, why }));
  }
  return propose(shell, place, outcome, options);
}

function untunable(control: ControlStatus | null | undefined, name: string): Fault | undefined {
  const kind = control?.loops.find((one) => one.loop === name)?.kind;
  if (kind === undefined || kind === "pid") return undefined;
  const why = "it switches on and off and has nothing to tune";
  return { ...fault("TUNE_REFUSED", { loop: name, why }), remedy: "name a loop of kind pid" };
}

/** What the test would move; the value and units are null where it is a drive, or not known. */
interface Moved {
  readonly output: string | null;
  readonly value: number | null;
  readonly unit: string | null;
  readonly inputUnit: string | null;
}

function movedBy(control: ControlStatus | null | undefined, name: string): Moved {
  const loop = control?.loops.find((one) => one.loop === name);
  const output = control?.outputs.find((one) => one.output === loop?.output);
  const input = control?.inputs.find((one) => one.input === loop?.input);
  return {
    output: loop?.output ?? null,
    value: output?.value ?? null,
    unit: output?.unit ?? null,
    inputUnit: input?.unit ?? null,
  };
}

function planned({ node, loop }: Place, moved: Moved, options: Options): string[] {
  const { method, amplitude, hysteresis, for: longest } = options;
  const now = moved.value === null ? "" : `, ${quantityText(moved.value, moved.unit)}`;
  const from = `${moved.output === null ? "" : `${moved.output}, `}from where it is now${now},`;
  const by = quantityText(amplitude, moved.unit);
  if (method === "step") {
    return [
      `${node}/${loop} would be moved once:`,
      `  output    ${from} by ${by}, after a look at the process of 30 turns`,
      "  ends      when the process is at rest after its answer, when the process value leaves the loop's",
      "            bounds, when its sensor fails, when the output does something else than it was told, after",
      `            ${formatDuration(longest)}, or at Ctrl-C`,
      "  go        the same line with --approve",
    ];
  }
  return [
    `${node}/${loop} would be swung by its relay:`,
    `  output    ${from} by plus and minus ${by}`,
    `  switches  when the process value is ${quantityText(hysteresis, moved.inputUnit)} beyond where it is now`,
    "  ends      after three even periods, when the process value leaves the loop's bounds, when its",
    "            sensor fails, when the output does something else than it was told, after",
    `            ${formatDuration(longest)}, or at Ctrl-C`,
    "  go        the same line with --approve",
  ];
}

/** The node's word on the test, once a second, until it is over or somebody stops it. */
async function follow(
  { powers, terminal }: Shell,
  here: LocalInstance,
  loop: string,
  longest: Millis,
  isSilent: boolean,
): Promise<TuningStatus["outcome"] | Fault> {
  const stopped = untilStopped(longest + 60_000);
  let last: TuningStatus["outcome"] | Fault = { kind: "running", periods: 0 };
  let isAsking = false;
  let shown = 0;
  const look = async (): Promise<void> => {
    if (isAsking) return;
    isAsking = true;
    const { status, fault: met } = await hear(powers, here);
    isAsking = false;
    last = met ?? outcomeOf(status as NodeStatus, loop) ?? last;
    if ("code" in last || last.kind !== "running") stopped.stop();
    else if (last.periods > shown) {
      shown = last.periods;
      if (!isSilent) terminal.print(`  ${shown} of 3 periods`);
    }
  };
  const onEnd = (met: Fault): void => {
    last = met;
    stopped.stop();
  };
  // A node says its values once a second: the clock of those who watch it.
  const open = powers.tailLocal(
    here.path,
    ({ series }) => void (series === `loop/${loop}/setpoint` && look()),
    onEnd,
  );
  const signal = await stopped.done;
  open.close();
  if ("code" in last || last.kind !== "running") return last;
  const answer = await powers.askLocal(here.path, { v: 1, verb: "tune-stop", loop }, askOptions);
  if (!answer.ok) return answer.fault;
  if (signal === undefined) return last;
  const why = signal === "SIGINT" ? "it was ended by hand" : `it was ended by ${signal}`;
  return { ...fault("TUNE_REFUSED", { loop, why }), remedy: givenBack };
}

const givenBack = "the loop has its output again, where it was; the same line begins anew";

const outcomeOf = (status: NodeStatus, loop: string): TuningStatus["outcome"] | undefined =>
  status.control?.loops.find((one) => one.loop === loop)?.tuning?.outcome;

async function propose(
  { powers, terminal }: Shell,
  { node, loop }: Place,
  found: Extract<TuningStatus["outcome"], { kind: "done" | "identified" }>,
  options: Options,
): Promise<number> {
  const { gain, integralTime } = found.proposal;
  const parameters: Parameters = {
    gain: Number(gain.toPrecision(3)),
    integralTime: roundTime(integralTime),
  };
  const learnt =
    found.kind === "done"
      ? { ultimate: { gain: found.gain, period: found.period } }
      : { process: found.process };
  const site = await findConfig(powers, options.config);
  const text = site.kind === "read" ? readFileSync(site.path, "utf8") : undefined;
  const changed = text === undefined ? undefined : withParameters(text, loop, parameters);
  const path = site.kind === "read" ? site.path : undefined;
  const isWritten = options.write === true && changed !== undefined && path !== undefined;
  if (isWritten) writeFileSync(path, changed);
  if (options.json) {
    const diff = changed === undefined ? null : diffLines(text ?? "", changed);
    const where = { file: path ?? null, written: isWritten };
    terminal.printJson({ node, loop, ...learnt, ...parameters, ...where, diff });
    return exit.ok;
  }
  terminal.print([
    `${node}/${loop} ${sayLearnt(found)}`,
    `  gain          ${parameters.gain}`,
    `  integralTime  ${parameters.integralTime}  (${found.kind === "done" ? "Tyreus and Luyben" : "SIMC"})`,
    ...(changed === undefined
      ? [`  write them to the site file of ${node}; name it with --config to see the change`]
      : [
          `--- ${path}`,
          ...diffLines(text ?? "", changed),
          isWritten
            ? "written; the node takes it up when it is restarted"
            : "  write it  the same line with --write",
        ]),
  ]);
  return exit.ok;
}

function sayLearnt(
  found: Extract<TuningStatus["outcome"], { kind: "done" | "identified" }>,
): string {
  const time = (length: number): string => formatDuration(millis(Math.round(length)));
  if (found.kind === "done") {
    return `swings with a period of ${time(found.period)} at a gain of ${figure(found.gain)}`;
  }
  const { gain, lag, deadTime } = found.process;
  return `answers with a gain of ${figure(gain)}, a lag of ${time(lag)} and a dead time of ${time(deadTime)}`;
}

/** Three digits are more than a test can know. */
function roundTime(time: number): string {
  const digits = Number(time.toPrecision(3));
  return formatDuration(millis(digits < 1_000 ? Math.round(digits) : digits));
}
