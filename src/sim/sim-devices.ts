import { fault } from "#src/base/fault.ts";
import { after, elapsed, type Instant, instant, type Millis, millis } from "#src/base/units.ts";
import type { NodeConfig } from "#src/contract/config.ts";
import type { Image, Reading } from "#src/contract/image.ts";
import type { DeviceEvents, Devices } from "#src/ports/devices.ts";
import type { Moment } from "./moment.ts";
import type { SimProcess } from "./sim-process.ts";

/** A device as the wire shows it. Signals go by their index in the site file. */
export interface Field {
  /** Physics goes on until a moment; moments only grow. */
  stepTo(at: Moment): void;
  /** How long an answer takes; undefined when none comes. */
  readonly answerTime: Millis | undefined;
  /** NaN: it answered with no number. Undefined: it refuses. */
  readInput(index: number): number | undefined;
  readOutput(index: number): number | undefined;
  /** False when it refuses. */
  write(output: number, value: number): boolean;
  /** Is told before anything about the device changes from outside. */
  beforeChange: (() => void) | undefined;
}

export interface SimDevicesParts {
  readonly config: NodeConfig;
  readonly process: SimProcess;
  /** By name of the device. */
  readonly fields: ReadonlyMap<string, Field>;
  readonly events: DeviceEvents;
}

/**
 * The Devices port over fields.
 *
 * VD1  Polls lie on start + k · period of the node's clock; a reading has the instant at which the
 *      device answered. Nothing happens at that instant itself: who looks finds what a poll would
 *      have found, and an idle device costs nothing.
 * VD2  A device is lost when it left a poll and its repetition without an answer.
 * VD3  Physics goes by the world's time, polls by the node's: a node whose clock is wrong, or that
 *      sleeps, finds that the room has gone on without it.
 */
export function simDevices({ config, process, fields, events }: SimDevicesParts): Devices {
  const image = {
    inputs: Object.keys(config.inputs).map(() => unknown),
    outputs: Object.keys(config.outputs).map(() => unknown),
  };
  const devices = [...fields].map(
    ([name, field]) => new PolledDevice({ config, name, field, process, events, image }),
  );
  const of: PolledDevice[] = Object.values(config.outputs).map(
    ({ device }) => devices[[...fields.keys()].indexOf(device)] as PolledDevice,
  );
  let seen: Image = { inputs: [...image.inputs], outputs: [...image.outputs] };
  return {
    image() {
      if (!process.alive) return seen;
      const now = process.now();
      let isNew = false;
      for (const device of devices) if (device.poll(now)) isNew = true;
      if (isNew) seen = { inputs: image.inputs.slice(), outputs: image.outputs.slice() };
      return seen;
    },
    write(output, value) {
      if (process.alive) of[output]?.write(output, value);
    },
    close() {
      for (const device of devices) device.close();
      return Promise.resolve();
    },
  };
}

const unknown: Reading = { value: Number.NaN, quality: "bad", at: instant(0) };
/** A lost answer is forgiven once. */
const mostSilences = 2;
/** A device takes a write to one output only so often; what comes sooner waits, the newest wins. */
const writeGap = millis(2);

interface PolledParts {
  readonly config: NodeConfig;
  readonly name: string;
  readonly field: Field;
  readonly process: SimProcess;
  readonly events: DeviceEvents;
  readonly image: { readonly inputs: Reading[]; readonly outputs: Reading[] };
}

/** Signals that are read together. */
interface Group {
  readonly period: Millis;
  readonly inputs: readonly number[];
  readonly outputs: readonly number[];
  /** The next poll that has not been looked at. */
  next: Instant;
  answered: boolean;
}

interface Waiting {
  readonly value: number;
  readonly notBefore: Instant;
}

class PolledDevice {
  readonly #parts: PolledParts;
  readonly #timeout: Millis;
  readonly #address: string;
  readonly #groups: readonly Group[];
  readonly #waiting = new Map<number, Waiting>();
  readonly #wroteAt: Instant[] = [];
  readonly #refused = new Set<string>();
  #state: "fresh" | "known" | "lost" = "fresh";
  /** The poll that was left without an answer first. */
  #silentSince: Instant | undefined;
  #closed = false;

  constructor(parts: PolledParts) {
    this.#parts = parts;
    const { config, name, field, process } = parts;
    const said = config.devices[name];
    this.#timeout = said?.timeout ?? millis(500);
    this.#address = `${said?.host}:${said?.port}`;
    this.#groups = groupsOf(config, name, process.now());
    field.beforeChange = () => {
      if (process.reading) this.poll(process.now());
      field.stepTo(process.machine.world.now);
    };
  }

  /** Takes up what polls until now have found; true when any was answered. */
  poll(now: Instant): boolean {
    if (this.#closed) return false;
    const answerTime = this.#answerTime();
    if (answerTime === undefined) {
      this.#stayedSilent(now);
      return false;
    }
    let isNew = false;
    for (const group of this.#groups) {
      if (after(group.next, answerTime) > now) continue;
      const late = elapsed(after(group.next, answerTime), now);
      const poll = after(group.next, millis(Math.floor(late / group.period) * group.period));
      this.#read(group, after(poll, answerTime));
      group.next = after(poll, group.period);
      isNew = true;
    }
    if (isNew) this.#heard();
    if (this.#state === "known" && this.#waiting.size > 0) this.#flush(now);
    return isNew;
  }

  write(output: number, value: number): void {
    const { process } = this.#parts;
    const now = process.now();
    this.poll(now);
    if (this.#closed || this.#state !== "known") return;
    const wroteAt = this.#wroteAt[output];
    const notBefore = wroteAt === undefined ? now : after(wroteAt, writeGap);
    this.#waiting.set(output, { value, notBefore });
    if (notBefore <= now) this.#flush(now);
    else process.at(notBefore, () => this.#flush(process.now()));
  }

  close(): void {
    if (this.#closed) return;
    for (const [output, { value }] of this.#waiting) {
      if (this.#answerTime() !== undefined) this.#send(output, value);
    }
    this.#waiting.clear();
    this.#closed = true;
    this.#parts.field.beforeChange = undefined;
  }

  #answerTime(): Millis | undefined {
    const { answerTime } = this.#parts.field;
    return answerTime !== undefined && answerTime < this.#timeout ? answerTime : undefined;
  }

  #read(group: Group, at: Instant): void {
    const { field, process, image, config } = this.#parts;
    field.stepTo(process.machine.momentBack(at));
    for (const index of group.inputs) {
      image.inputs[index] = this.#reading(field.readInput(index), at, config.inputs, index);
    }
    for (const index of group.outputs) {
      image.outputs[index] = this.#reading(field.readOutput(index), at, config.outputs, index);
    }
    group.answered = true;
  }

  #reading(value: number | undefined, at: Instant, names: object, index: number): Reading {
    if (value !== undefined && this.#refused.size === 0) {
      return { value, quality: Number.isFinite(value) ? "good" : "bad", at };
    }
    const name = Object.keys(names)[index] ?? "?";
    this.#tellRefused(`reading ${name}`, value === undefined);
    return value === undefined || !Number.isFinite(value)
      ? { value: Number.NaN, quality: "bad", at }
      : { value, quality: "good", at };
  }

  #flush(now: Instant): void {
    if (this.#closed || this.#state !== "known") return;
    if (this.#answerTime() === undefined) {
      this.#silentSince ??= now;
      return;
    }
    for (const [output, { value, notBefore }] of this.#waiting) {
      if (notBefore > now) continue;
      this.#waiting.delete(output);
      this.#wroteAt[output] = now;
      this.#send(output, value);
    }
  }

  #send(output: number, value: number): void {
    const { field, process, config } = this.#parts;
    field.stepTo(process.machine.world.now);
    const isRefused = !field.write(output, value);
    if (!isRefused && this.#refused.size === 0) return;
    this.#tellRefused(`writing ${Object.keys(config.outputs)[output]}`, isRefused);
  }

  #stayedSilent(now: Instant): void {
    for (const group of this.#groups) {
      if (group.next > now) continue;
      const since = Math.min(this.#silentSince ?? group.next, group.next) as Instant;
      this.#silentSince = since;
      const missed = Math.floor(elapsed(group.next, now) / group.period) + 1;
      group.next = after(group.next, millis(missed * group.period));
    }
    if (this.#silentSince === undefined || this.#state === "lost") return;
    if (elapsed(this.#silentSince, now) < mostSilences * this.#timeout) return;
    this.#state = "lost";
    this.#waiting.clear();
    for (const group of this.#groups) group.answered = false;
    const { events, name } = this.#parts;
    const why = `no answer within ${this.#timeout} ms`;
    const met = fault("DEVICE_UNREACHABLE", { device: name, address: this.#address, why });
    events.lost(name, met);
  }

  #heard(): void {
    this.#silentSince = undefined;
    if (this.#state === "known" || !this.#groups.every(({ answered }) => answered)) return;
    const wasLost = this.#state === "lost";
    this.#state = "known";
    if (wasLost) this.#parts.events.found(this.#parts.name);
  }

  /** Once for each signal, until it works again. */
  #tellRefused(what: string, isRefused: boolean): void {
    if (!isRefused) {
      this.#refused.delete(what);
      return;
    }
    if (this.#refused.has(what)) return;
    this.#refused.add(what);
    const { events, name } = this.#parts;
    const met = fault("DEVICE_REFUSED", { device: name, what, why: "there is no such register" });
    events.refused(name, met);
  }
}

/** Inputs may have a period of their own; outputs are read back with the device's. */
function groupsOf(config: NodeConfig, device: string, start: Instant): Group[] {
  const usual = config.devices[device]?.poll ?? millis(500);
  const groups = new Map<number, { inputs: number[]; outputs: number[] }>();
  const groupOf = (period: Millis) => {
    const group = groups.get(period) ?? { inputs: [], outputs: [] };
    groups.set(period, group);
    return group;
  };
  for (const [index, input] of Object.values(config.inputs).entries()) {
    if (input.device === device) groupOf(input.poll ?? usual).inputs.push(index);
  }
  for (const [index, output] of Object.values(config.outputs).entries()) {
    if (output.device === device) groupOf(usual).outputs.push(index);
  }
  return [...groups].map(([period, signals]) => ({
    period: millis(period),
    ...signals,
    next: start,
    answered: false,
  }));
}
