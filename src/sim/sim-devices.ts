import { invariant } from "#src/base/assert.ts";
import { fault } from "#src/base/fault.ts";
import { after, elapsed, type Instant, instant, type Millis, millis } from "#src/base/units.ts";
import type { Image, Reading } from "#src/contract/image.ts";
import { limits } from "#src/contract/limits.ts";
import type { DeviceEvents, Devices } from "#src/ports/devices.ts";
import type { DevicePlan, DevicesPlan, PollGroup } from "./devices-plan.ts";
import type { Moment } from "./moment.ts";
import type { Companion, SimProcess } from "./sim-process.ts";

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
  readonly plan: DevicesPlan;
  readonly process: SimProcess;
  /** By name of the device, in the order of the plan. */
  readonly fields: ReadonlyMap<string, Field>;
  readonly events: DeviceEvents;
  /** Inputs, by their index, of which a new value is told as soon as it was polled; all others are not. */
  readonly awaited?: ReadonlySet<number>;
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
 * VD4  Polls of what is awaited are events of their own, and a new value is told at once.
 * VD5  An order that waits while its process is paused or asleep gives way to what is decided at the wake.
 */
export class SimDevices implements Devices, Companion {
  readonly #process: SimProcess;
  readonly #image: NewImage;
  readonly #devices: readonly PolledDevice[];
  readonly #outputs: readonly number[];
  #seen: Image;

  constructor({ plan, process, fields, events, awaited = none }: SimDevicesParts) {
    this.#process = process;
    this.#outputs = plan.deviceOfOutput;
    this.#image = {
      inputs: plan.inputs.map(() => unknown),
      outputs: plan.outputs.map(() => unknown),
      isNew: false,
    };
    this.#seen = copyOf(this.#image);
    this.#devices = plan.devices.map((device) => {
      const field = fields.get(device.name);
      invariant(field !== undefined, "every device has a field");
      const image = this.#image;
      return new PolledDevice({ plan, device, field, process, events, awaited, image });
    });
    process.join(this);
  }

  ended(): void {}

  paused(): void {}

  resumed(): void {
    for (const device of this.#devices) device.resumed();
  }

  image(): Image {
    if (!this.#process.alive) return this.#seen;
    const now = this.#process.now();
    for (const device of this.#devices) device.poll(now);
    if (this.#image.isNew) this.#seen = copyOf(this.#image);
    this.#image.isNew = false;
    return this.#seen;
  }

  write(output: number, value: number): void {
    if (this.#process.alive) this.#devices[this.#outputs[output] ?? -1]?.write(output, value);
  }

  close(): Promise<void> {
    for (const device of this.#devices) device.close();
    return Promise.resolve();
  }
}

/** What is known so far; an image that somebody took is never changed. */
interface NewImage {
  readonly inputs: Reading[];
  readonly outputs: Reading[];
  /** Whether anything was read since it was last shown to anybody. */
  isNew: boolean;
}

const copyOf = ({ inputs, outputs }: NewImage): Image => ({
  inputs: inputs.slice(),
  outputs: outputs.slice(),
});

const none: ReadonlySet<number> = new Set();
const unknown: Reading = { value: Number.NaN, quality: "bad", at: instant(0) };
/** A device takes a write to one output only so often; what comes sooner waits, the newest wins. */
const writeGap = millis(2);

interface PolledParts {
  readonly plan: DevicesPlan;
  readonly device: DevicePlan;
  readonly field: Field;
  readonly process: SimProcess;
  readonly events: DeviceEvents;
  readonly awaited: ReadonlySet<number>;
  readonly image: NewImage;
}

/** What becomes of one group of signals. */
interface Polling {
  readonly group: PollGroup;
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
  readonly #polls: readonly Polling[];
  #waiting: Map<number, Waiting> | undefined;
  readonly #wroteAt: Instant[] = [];
  #refused: Set<string> | undefined;
  #state: "fresh" | "known" | "lost" = "fresh";
  /** The poll that was left without an answer first. */
  #silentSince: Instant | undefined;
  /** Awaited inputs with a new value that nobody was told yet. */
  #changed: number[] = [];
  #closed = false;

  constructor(parts: PolledParts) {
    this.#parts = parts;
    const { device, field, process, awaited } = parts;
    const next = process.now();
    this.#polls = device.groups.map((group) => ({ group, next, answered: false }));
    field.beforeChange = () => {
      if (process.reading) this.poll(process.now());
      field.stepTo(process.machine.world.now);
    };
    this.#watch(this.#polls.filter(({ group }) => group.inputs.some((one) => awaited.has(one))));
  }

  /** Takes up what polls until now have found. */
  poll(now: Instant): void {
    if (this.#closed) return;
    const { image } = this.#parts;
    const answerTime = this.#answerTime();
    if (answerTime === undefined) {
      this.#stayedSilent(now);
      return;
    }
    let isNew = false;
    for (const polling of this.#polls) {
      const late = elapsed(after(polling.next, answerTime), now);
      if (late < 0) continue;
      const { period } = polling.group;
      const poll = after(polling.next, millis(Math.floor(late / period) * period));
      this.#read(polling.group, after(poll, answerTime));
      polling.answered = true;
      polling.next = after(poll, period);
      isNew = true;
    }
    if (isNew) {
      image.isNew = true;
      this.#heard();
    }
    if (this.#waiting !== undefined) this.#flush(now);
  }

  write(output: number, value: number): void {
    const { process } = this.#parts;
    const now = process.now();
    this.poll(now);
    if (this.#closed || this.#state !== "known") return;
    const wroteAt = this.#wroteAt[output];
    const notBefore = wroteAt === undefined ? now : after(wroteAt, writeGap);
    if (this.#waiting === undefined && notBefore <= now && this.#answerTime() !== undefined) {
      this.#wroteAt[output] = now;
      this.#send(output, value);
      return;
    }
    this.#waiting ??= new Map();
    this.#waiting.set(output, { value, notBefore });
    if (notBefore <= now) this.#flush(now);
    else process.at(notBefore, () => this.#flush(process.now()));
  }

  resumed(): void {
    const { process } = this.#parts;
    if (this.#closed || this.#waiting === undefined) return;
    const notBefore = after(process.now(), writeGap);
    for (const [output, { value }] of this.#waiting)
      this.#waiting.set(output, { value, notBefore });
    process.at(notBefore, () => this.#flush(process.now()));
  }

  close(): void {
    if (this.#closed) return;
    for (const [output, { value }] of this.#waiting ?? []) {
      if (this.#answerTime() !== undefined) this.#send(output, value);
    }
    this.#waiting = undefined;
    this.#closed = true;
    this.#parts.field.beforeChange = undefined;
  }

  /** Looks at these polls when they are answered. */
  #watch(polls: readonly Polling[]): void {
    if (polls.length === 0 || this.#closed) return;
    const { process } = this.#parts;
    const next = Math.min(...polls.map((polling) => polling.next)) as Instant;
    process.at(after(next, this.#answerTime() ?? millis(0)), () => {
      this.poll(process.now());
      this.#watch(polls);
    });
  }

  /** In a task of its own: who looked at the image, or writes, is in the midst of something. */
  #tellChanged(input: number): void {
    const { process, events } = this.#parts;
    if (this.#changed.push(input) > 1) return;
    process.at(process.now(), () => {
      const changed = this.#changed;
      this.#changed = [];
      if (!this.#closed) events.changed?.(changed);
    });
  }

  #answerTime(): Millis | undefined {
    const { answerTime } = this.#parts.field;
    const { timeout } = this.#parts.device;
    return answerTime !== undefined && answerTime < timeout ? answerTime : undefined;
  }

  #read(group: PollGroup, at: Instant): void {
    const { field, process, image, plan, awaited } = this.#parts;
    field.stepTo(process.machine.momentBack(at));
    for (const index of group.inputs) {
      const before = image.inputs[index];
      const reading = this.#reading(field.readInput(index), at, plan.inputs, index);
      image.inputs[index] = reading;
      if (awaited.has(index) && !isSame(before, reading)) this.#tellChanged(index);
    }
    for (const index of group.outputs) {
      image.outputs[index] = this.#reading(field.readOutput(index), at, plan.outputs, index);
    }
  }

  #reading(
    value: number | undefined,
    at: Instant,
    names: readonly string[],
    index: number,
  ): Reading {
    if (value !== undefined && this.#refused === undefined) {
      return { value, quality: Number.isFinite(value) ? "good" : "bad", at };
    }
    this.#tellRefused(`reading ${names[index]}`, value === undefined);
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
    for (const [output, { value, notBefore }] of this.#waiting ?? []) {
      if (notBefore > now) continue;
      this.#waiting?.delete(output);
      this.#wroteAt[output] = now;
      this.#send(output, value);
    }
    if (this.#waiting?.size === 0) this.#waiting = undefined;
  }

  #send(output: number, value: number): void {
    const { field, process, plan } = this.#parts;
    field.stepTo(process.machine.world.now);
    const isRefused = !field.write(output, value);
    if (!isRefused && this.#refused === undefined) return;
    this.#tellRefused(`writing ${plan.outputs[output]}`, isRefused);
  }

  #stayedSilent(now: Instant): void {
    for (const polling of this.#polls) {
      if (polling.next > now) continue;
      const since = this.#silentSince ?? polling.next;
      this.#silentSince = Math.min(since, polling.next) as Instant;
      const { period } = polling.group;
      const missed = Math.floor(elapsed(polling.next, now) / period) + 1;
      polling.next = after(polling.next, millis(missed * period));
    }
    if (this.#silentSince === undefined || this.#state === "lost") return;
    const { name, address, timeout } = this.#parts.device;
    if (elapsed(this.#silentSince, now) < limits.modbusSilences * timeout) return;
    this.#state = "lost";
    this.#waiting = undefined;
    for (const polling of this.#polls) polling.answered = false;
    const why = `no answer within ${timeout} ms`;
    this.#parts.events.lost(name, fault("DEVICE_UNREACHABLE", { device: name, address, why }));
  }

  #heard(): void {
    this.#silentSince = undefined;
    if (this.#state === "known" || !this.#polls.every(({ answered }) => answered)) return;
    const wasLost = this.#state === "lost";
    this.#state = "known";
    if (wasLost) this.#parts.events.found(this.#parts.device.name);
  }

  /** Once for each signal, until it works again. */
  #tellRefused(what: string, isRefused: boolean): void {
    if (!isRefused) {
      this.#refused?.delete(what);
      if (this.#refused?.size === 0) this.#refused = undefined;
      return;
    }
    this.#refused ??= new Set();
    if (this.#refused.has(what)) return;
    this.#refused.add(what);
    const { name } = this.#parts.device;
    const why = "there is no such register";
    this.#parts.events.refused(name, fault("DEVICE_REFUSED", { device: name, what, why }));
  }
}

const isSame = (before: Reading | undefined, now: Reading): boolean =>
  Object.is(before?.value, now.value) && before?.quality === now.quality;
