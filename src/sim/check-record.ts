import { seconds } from "#src/base/units.ts";
import type { NodeConfig } from "#src/contract/config.ts";
import { type Mode, modes, type Quality } from "#src/contract/messages.ts";
import type { AuthorityWitness, LoopRule } from "./check-authority.ts";
import { InterlockWitness, type Seen } from "./check-interlocks.ts";
import type { LatchWitness } from "./check-latches.ts";
import type { OutputRule } from "./check-registers.ts";
import type { Findings } from "./findings.ts";
import type { Happening } from "./marks.ts";
import { later, type Moment, moment } from "./moment.ts";
import type { PlantField } from "./plant-field.ts";
import type { Companion, SimProcess } from "./sim-process.ts";

/**
 * Reads what the control thread of a node records of itself each second, against what is known of
 * its devices and of what it heard.
 *
 * KR1  While its process runs, the control thread records each second: nothing above it holds it up.
 * KR2  A value outside its range, or of a device that has been silent for longer than the value may
 *      be old, is not called good.
 * KR3  A loop whose input is not good has its output at the safe value at once, whatever its period, where
 *      the site says no other safe state, and no interlock and no other loop may want it elsewhere; a program
 *      that has just started has five seconds for it.
 * KR4  An output that no loop drives is at its safe value.
 * KR5  The watchdog of a device that answers does not trip while the process runs.
 */
export interface Recorded {
  readonly values: readonly number[];
  /** Undefined where all are good. */
  readonly qualities: readonly Quality[] | undefined;
}

const firstValues = seconds(5);
/** Records in a row that may still show what was. */
const soon = 2;

/** A device that answers in this time misses no write. */
const quick = 50;
/** A second, and what a cycle may be late when the process was just resumed. */
const longestGap = 2_500;

const unwell: Readonly<Partial<Record<Quality, Happening>>> = {
  stale: "an input was stale",
  range: "an input was out of range",
  bad: "an input was bad",
};

interface InputRule {
  readonly name: string;
  readonly min: number;
  readonly max: number;
  readonly maxAge: number;
  readonly field: PlantField | undefined;
}

interface PlacedLoop extends LoopRule {
  readonly input: number;
  readonly output: number;
  /** Nothing but the loop and the safe value of its output decides. */
  readonly isPlain: boolean;
}

interface WatchedDevice {
  readonly name: string;
  readonly field: PlantField;
  readonly watchdog: number;
  /** It answers, and the process runs, since. */
  soundSince: Moment;
  breaks: number;
}

interface Silence {
  since: Moment | undefined;
  breaks: number;
}

export class RecordWitness implements Companion, Seen {
  readonly #findings: Findings;
  readonly #who: string;
  readonly #inputs: readonly InputRule[];
  readonly #outputs: readonly OutputRule[];
  readonly #loops: readonly PlacedLoop[];
  readonly #authority: AuthorityWitness;
  readonly #interlocks: InterlockWitness;
  readonly #latches: LatchWitness;
  /** How many values are recorded before the first output. */
  readonly #sources: number;
  readonly #silences: Silence[];
  readonly #devices: readonly WatchedDevice[];
  /** Places of the outputs without a loop. */
  readonly #idle: readonly number[];
  /** For each loop, how many records in a row its input was not good and its output not safe. */
  readonly #unsafe: number[];
  /** Until then first values may still be on their way. */
  #waitsUntil = moment(0);
  #lastAt: Moment | undefined;
  /** The last one. */
  #row: Recorded = { values: [], qualities: [] };
  #process: SimProcess | undefined;

  constructor(parts: {
    readonly config: NodeConfig;
    readonly fields: ReadonlyMap<string, PlantField>;
    readonly outputs: readonly OutputRule[];
    readonly loops: readonly LoopRule[];
    readonly authority: AuthorityWitness;
    readonly latches: LatchWitness;
    readonly findings: Findings;
    readonly who: string;
  }) {
    const { config, fields, outputs, loops, authority, latches, findings, who } = parts;
    this.#findings = findings;
    this.#who = who;
    this.#outputs = outputs;
    this.#authority = authority;
    this.#latches = latches;
    const inputNames = Object.keys(config.inputs);
    const outputNames = Object.keys(config.outputs);
    this.#inputs = Object.entries(config.inputs).map(([name, input]) => ({
      name,
      min: input.range[0].value,
      max: input.range[1].value,
      maxAge: input.maxAge,
      field: fields.get(input.device),
    }));
    this.#loops = loops.map((loop) => ({
      ...loop,
      input: inputNames.indexOf(config.loops[loop.name]?.input ?? ""),
      output: outputNames.indexOf(config.loops[loop.name]?.output ?? ""),
      isPlain: isPlain(config, loop.name),
    }));
    this.#sources = this.#inputs.length + Object.keys(config.signals).length;
    this.#silences = this.#inputs.map(() => ({ since: undefined, breaks: 0 }));
    this.#unsafe = loops.map(() => 0);
    this.#devices = watchedDevices(config, fields);
    this.#interlocks = new InterlockWitness(config, outputs, findings, who);
    const taken = new Set(takenOutputs(config));
    this.#idle = outputNames.flatMap((name, index) => (taken.has(name) ? [] : [index]));
  }

  started(process: SimProcess): void {
    this.#process = process;
    this.#lastAt = undefined;
    this.#unsafe.fill(0);
    this.#waits();
    this.#interlocks.started();
    this.#unsound();
    process.join(this);
  }

  ended(): void {
    this.#process = undefined;
  }

  paused(): void {
    this.#lastAt = undefined;
  }

  resumed(): void {
    this.#lastAt = undefined;
    this.#waits();
    this.#unsound();
  }

  #waits(): void {
    this.#waitsUntil = later(this.#findings.world.now, firstValues);
  }

  /** The mode that was recorded. */
  takes(row: Recorded): Mode {
    const { now } = this.#findings.world;
    const { values } = row;
    this.#row = row;
    this.#inTime(now);
    this.#lastAt = now;
    for (let index = 0; index < this.#inputs.length; index += 1) this.#input(index, row, now);
    for (const index of this.#idle) this.#rests(index);
    for (const device of this.#devices) this.#feeds(device, now);
    const mode = modes[values.at(-1) ?? 0] ?? "local";
    this.#authority.says(mode);
    const from = this.#sources + this.#outputs.length;
    for (let index = 0; index < this.#loops.length; index += 1) {
      this.#loop(index, row);
      this.#authority.follows(index, values[from + 2 * index] ?? Number.NaN, mode);
    }
    this.#interlocks.takes(this, this.#latches);
    this.#latches.takes(this);
    return mode;
  }

  isTripped(interlock: number): boolean {
    const from = this.#sources + this.#outputs.length + 2 * this.#loops.length;
    return this.#row.values[from + interlock] === 1;
  }

  outputAt(output: number): number {
    return this.#row.values[this.#sources + output] ?? Number.NaN;
  }

  /** Nothing was recorded for too long by now. */
  check(): void {
    if (this.#process?.reading === true) this.#inTime(this.#findings.world.now);
  }

  #inTime(now: Moment): void {
    if (this.#lastAt === undefined || now - this.#lastAt <= longestGap) return;
    const gap = Math.round(now - this.#lastAt);
    this.#findings.report("local", this.#who, `the control thread recorded nothing for ${gap} ms`);
  }

  #unsound(): void {
    for (const device of this.#devices) device.soundSince = this.#findings.world.now;
  }

  #rests(index: number): void {
    const { name, safe } = this.#outputs[index] as OutputRule;
    if (this.#latches.isByHand(index)) return;
    const value = this.outputAt(index);
    if (value !== safe) this.#break(`${name} is at ${value}, and no loop drives it`);
  }

  #feeds(device: WatchedDevice, now: Moment): void {
    const { field, watchdog, name } = device;
    const answers = field.answerTime !== undefined && field.answerTime <= quick;
    if (!answers || field.breaks !== device.breaks) device.soundSince = now;
    device.breaks = field.breaks;
    if (field.trippedAt <= device.soundSince + watchdog) return;
    this.#break(`the watchdog of ${name} tripped`);
    device.soundSince = now;
  }

  #input(index: number, { values, qualities }: Recorded, now: Moment): void {
    const { field, min, max, maxAge, name } = this.#inputs[index] as InputRule;
    const silence = this.#silences[index] as Silence;
    if (field !== undefined) {
      if (field.answerTime !== undefined || field.breaks !== silence.breaks)
        silence.since = undefined;
      silence.breaks = field.breaks;
      if (field.answerTime === undefined) silence.since ??= now;
    }
    const quality = qualities === undefined ? "good" : (qualities[index] ?? "bad");
    const value = values[index] ?? Number.NaN;
    if (quality !== "good") {
      const said = unwell[quality];
      if (said !== undefined) this.#findings.marks.reach(said);
      return;
    }
    if (!(value >= min && value <= max)) {
      this.#break(`${name} shows ${value} and is called good`);
    }
    const silent = silence.since === undefined ? 0 : now - silence.since;
    if (silent > maxAge * 1.001 + 50) {
      this.#break(`${name} is called good after ${Math.round(silent)} ms of silence`);
    }
  }

  #loop(index: number, { qualities }: Recorded): void {
    const loop = this.#loops[index] as PlacedLoop;
    if (!loop.isPlain) return;
    const rule = this.#outputs[loop.output];
    const value = this.outputAt(loop.output);
    const { marks } = this.#findings;
    const isBad = qualities !== undefined && qualities[loop.input] !== "good";
    // A machine that rests may not start, were it safer on.
    const isHeld = rule !== undefined && rule.minOff > 0 && rule.safe > (rule.min + rule.max) / 2;
    const isSafe = value === rule?.safe;
    if (isBad && isSafe) marks.reach("an output was at its safe value for want of a good input");
    const isWaiting = this.#findings.world.now <= this.#waitsUntil;
    const isFree = isHeld || isWaiting || this.#latches.isByHand(loop.output);
    const count = isBad && !isSafe && !isFree ? (this.#unsafe[index] ?? 0) + 1 : 0;
    this.#unsafe[index] = count;
    if (count > soon) {
      this.#break(`${rule?.name} is at ${value} though ${loop.name} has no good input`);
      this.#unsafe[index] = 0;
    }
  }

  #break(what: string): void {
    this.#findings.report("bounded", this.#who, what);
  }
}

function isPlain(config: NodeConfig, name: string): boolean {
  const { input, output: driven } = config.loops[name] as NodeConfig["loops"][string];
  const output = config.outputs[driven ?? ""];
  if (output === undefined || config.inputs[input] === undefined) return false;
  const { onSensorBad, onPartition, select } = output;
  const isForced = Object.values(config.interlocks).some(({ force }) => (driven ?? "") in force);
  return onSensorBad.kind === "safe" && onPartition === "keep" && select === undefined && !isForced;
}

/** Outputs that something or somebody may move. */
function takenOutputs(config: NodeConfig): readonly string[] {
  const { outputs, loops, drives, interlocks } = config;
  return [
    ...Object.entries(outputs).flatMap(([name, { follow }]) =>
      follow === undefined ? [] : [name],
    ),
    ...Object.values(loops).flatMap(({ output }) => output ?? []),
    ...Object.values(drives).flatMap((drive) =>
      (drive.kind === "split-range" ? drive.to : drive.machines).map(({ output }) => output),
    ),
    ...Object.values(interlocks).flatMap(({ force }) => Object.keys(force)),
  ];
}

/** Devices that are written to often enough, if all is well. */
function watchedDevices(
  { outputs, simulation }: NodeConfig,
  fields: ReadonlyMap<string, PlantField>,
): WatchedDevice[] {
  return [...fields].flatMap(([name, field]) => {
    const watchdog = simulation?.[name]?.watchdog ?? 0;
    const mine = Object.values(outputs).filter(({ device }) => device === name);
    const isFed = mine.some(({ refresh }) => 2 * refresh <= watchdog);
    return isFed ? [{ name, field, watchdog, soundSince: moment(0), breaks: 0 }] : [];
  });
}
