import type { NodeConfig } from "#src/contract/config.ts";
import type { SafetyMemory } from "#src/contract/safety-memory.ts";
import type { Seen } from "./check-interlocks.ts";
import type { OutputRule } from "./check-registers.ts";
import type { Findings } from "./findings.ts";

/**
 * Knows what people at a node ordered, and what its disk took of it.
 *
 * KL1  What was killed stays at its safe value, over restarts, until a person releases it, but for a
 *      machine that may not start yet.
 * KL2  An interlock that only a person resets, and whose condition was seen, is tripped, over restarts,
 *      until a person did.
 * KL3  A program that starts reads of its disk what the disk took; what it was asked for last it may have taken.
 * KL4  A kill, and its end, is on disk before a person is told so, unless the disk refuses; and a trip
 *      soon after it is seen.
 * KL5  Only a person's word takes a kill off the disk, or the trip of an interlock that waits for one.
 */
export interface LatchDisk {
  safety: SafetyMemory | undefined;
}

/** Records in a row in which it may differ: the order itself lies between two. */
const grace = 2;
/** What was ordered is over by then, however late the last cycle was. */
const slack = 3_000;

/** What a person at the node orders. */
export type Order = { readonly id: string } & (
  | { readonly kind: "kill" | "revive"; readonly output: string | undefined }
  | { readonly kind: "force"; readonly output: string; readonly for: number }
  | { readonly kind: "reset"; readonly interlock: string }
);

interface Asked {
  readonly order: Order;
  readonly at: number;
  /** Until when a hand may have been on each output when it was ordered. */
  readonly before: readonly number[];
}

export class LatchWitness {
  readonly #outputs: readonly OutputRule[];
  readonly #interlocks: readonly string[];
  readonly #byPerson: readonly boolean[];
  readonly #disk: LatchDisk;
  readonly #findings: Findings;
  readonly #who: string;
  readonly #wrong: number[];
  readonly #open: number[];
  readonly #unknown: number[];
  /** Until when an output, or with no name all, may be killed, and a hand be on each. */
  readonly #killed = new Map<string | undefined, number>();
  readonly #byHand: number[];
  /** Interlocks that a person reset; whether it was obeyed is seen. */
  readonly #pardoned = new Set<string>();
  /** Orders that are not answered yet, each with the moment of it and the hand that was there before. */
  readonly #asked = new Map<string, Asked>();
  /** The program that runs has read what it begins with; what it reads later it does not obey. */
  #hasRead = false;
  /** What the disk took last; undefined while it is not open. A release on its way is in `disk` alone. */
  #taken: SafetyMemory | undefined;
  /** What it was asked to take, and has not said that it took. */
  #tried: SafetyMemory | undefined;

  constructor(
    config: NodeConfig,
    outputs: readonly OutputRule[],
    disk: LatchDisk,
    findings: Findings,
    who: string,
  ) {
    this.#outputs = outputs;
    this.#interlocks = Object.keys(config.interlocks);
    this.#byPerson = Object.values(config.interlocks).map(({ reset }) => reset === "manual");
    this.#disk = disk;
    this.#findings = findings;
    this.#who = who;
    this.#wrong = outputs.map(() => 0);
    this.#open = this.#interlocks.map(() => 0);
    this.#unknown = this.#interlocks.map(() => 0);
    this.#byHand = outputs.map(() => Number.NEGATIVE_INFINITY);
  }

  started(): void {
    this.#wrong.fill(0);
    this.#open.fill(0);
    this.#unknown.fill(0);
    this.#pardoned.clear();
    this.#asked.clear();
    this.#hasRead = false;
  }

  /** It could open its disk, or only look at it: then that takes nothing. */
  reads(read: SafetyMemory, isOpen = true): void {
    this.#taken = isOpen ? read : undefined;
    if (this.#hasRead) return;
    this.#hasRead = true;
    const { kills, latched } = read;
    const { safety } = this.#disk;
    // A release that the disk did not take is forgotten: what it still knows is killed again.
    for (const { output } of kills) this.#killed.set(output, Number.POSITIVE_INFINITY);
    const tried = this.#tried ?? safety;
    for (const { output } of safety?.kills ?? []) {
      const isThis = (kill: { readonly output?: string | undefined }) => kill.output === output;
      if (kills.some(isThis) || tried?.kills.some(isThis) === false) continue;
      this.#break(`its disk does not know any more that ${output ?? "all of it"} was killed`);
    }
    for (const name of safety?.latched ?? []) {
      if (latched.includes(name) || tried?.latched.includes(name) === false) continue;
      this.#break(`its disk does not know that ${name} is tripped`);
    }
    this.#disk.safety = read;
    this.#tried = undefined;
  }

  keeps(safety: SafetyMemory): void {
    for (const { output } of this.#disk.safety?.kills ?? []) {
      const isReleased = this.#killed.get(output) !== Number.POSITIVE_INFINITY;
      if (isReleased || safety.kills.some((kill) => kill.output === output)) continue;
      this.#break(`its disk was told to forget that ${output ?? "all of it"} is killed`);
    }
    for (const name of this.#disk.safety?.latched ?? []) {
      const isReset = !this.#waitsForPerson(name) || this.#pardoned.has(name);
      if (isReset || safety.latched.includes(name)) continue;
      this.#break(`its disk was told to forget that ${name} is tripped`);
    }
    this.#disk.safety = safety;
    this.#taken = safety;
    this.#tried = undefined;
  }

  /** The disk is asked to take something. Until it said that it did, it may have, or not. */
  tries(safety: SafetyMemory): void {
    this.#tried = safety;
  }

  /** The control thread answers a person. */
  replied(id: string, isRefused: boolean): void {
    const asked = this.#asked.get(id);
    this.#asked.delete(id);
    if (asked === undefined) return;
    const { order } = asked;
    if (order.kind === "force") this.#takesHand(order, asked, isRefused);
    if (order.kind !== "kill" && order.kind !== "revive") return;
    if (isRefused || this.#taken === undefined || this.#tried !== undefined) return;
    const { output } = order;
    const isKnown = this.#taken.kills.some((kill) => kill.output === output);
    if (isKnown === (order.kind === "kill")) return;
    const what = order.kind === "kill" ? "killed" : "released";
    this.#break(`${output ?? "all of it"} is said to be ${what}, and its disk does not know`);
  }

  /** On its way to the control thread. */
  orders(order: Order): void {
    const { now } = this.#findings.world;
    this.#asked.set(order.id, { order, at: now, before: [...this.#byHand] });
    if (order.kind === "reset") {
      this.#pardoned.add(order.interlock);
      return;
    }
    for (const [place, { name }] of this.#outputs.entries()) {
      if (order.output !== undefined && order.output !== name) continue;
      const until = this.#byHand[place] as number;
      if (order.kind === "force") this.#byHand[place] = Math.max(until, now + order.for + slack);
      else this.#byHand[place] = Math.min(until, now + slack);
    }
    if (order.kind === "force") return;
    const until = order.kind === "kill" ? Number.POSITIVE_INFINITY : now + slack;
    this.#killed.set(order.output, until);
    if (order.kind === "revive") this.#forget(order.output);
  }

  /** A hand that is taken replaces the one before it; one that is refused leaves it there. */
  #takesHand(order: Order & { kind: "force" }, { at, before }: Asked, isRefused: boolean): void {
    const place = this.#outputs.findIndex(({ name }) => name === order.output);
    if (place < 0) return;
    this.#byHand[place] = isRefused ? (before[place] as number) : at + order.for + slack;
  }

  /** It may be killed now, as far as anybody ordered. */
  isKilled(output: number): boolean {
    const { now } = this.#findings.world;
    const { name } = this.#outputs[output] as OutputRule;
    return now < (this.#killed.get(name) ?? now) || now < (this.#killed.get(undefined) ?? now);
  }

  /** A hand may be on it now. */
  isByHand(output: number): boolean {
    return this.#findings.world.now < (this.#byHand[output] as number);
  }

  /** What one record says. */
  takes(seen: Seen): void {
    const { safety } = this.#disk;
    if (safety === undefined) return;
    for (let place = 0; place < this.#outputs.length; place += 1) {
      const { name, safe, min, max, minOff } = this.#outputs[place] as OutputRule;
      const isKilled = safety.kills.some(({ output }) => output === undefined || output === name);
      const mayRest = minOff > 0 && safe > (min + max) / 2;
      const isWrong = isKilled && !mayRest && seen.outputAt(place) !== safe;
      if (this.#isTooOften(this.#wrong, place, isWrong)) {
        this.#break(`${name} is at ${seen.outputAt(place)}, and killed`);
      }
      if (isKilled) this.#findings.marks.reach("an output stayed killed");
    }
    for (const [place, name] of this.#interlocks.entries()) {
      const known = this.#tried === undefined ? this.#taken?.latched : undefined;
      const isUnknown = seen.isTripped(place) && known?.includes(name) === false;
      if (this.#isTooOften(this.#unknown, place, isUnknown)) {
        this.#break(`${name} is tripped, and its disk does not know`);
      }
      if (!safety.latched.includes(name) || !this.#waitsForPerson(name)) continue;
      const isOpen = !seen.isTripped(place);
      if (isOpen && this.#pardoned.has(name)) this.#pardon(name);
      else if (this.#isTooOften(this.#open, place, isOpen)) {
        this.#break(`${name} was let go, and nobody reset it`);
      }
      if (!isOpen) this.#findings.marks.reach("an interlock stayed tripped");
    }
  }

  /** Its condition was seen; one that was blind lets go by itself when it sees again. */
  #waitsForPerson(interlock: string): boolean {
    const isSeen = this.#disk.safety?.blind.includes(interlock) === false;
    return isSeen && this.#byPerson[this.#interlocks.indexOf(interlock)] === true;
  }

  /** Whether it has been wrong for too many records in a row. */
  #isTooOften(counts: number[], place: number, isWrong: boolean): boolean {
    const count = isWrong ? (counts[place] as number) + 1 : 0;
    counts[place] = count > grace ? 0 : count;
    return count > grace;
  }

  #forget(output: string | undefined): void {
    const { safety } = this.#disk;
    if (safety === undefined) return;
    const kills = safety.kills.filter((kill) => kill.output !== output);
    this.#disk.safety = { ...safety, kills };
  }

  #pardon(name: string): void {
    const { safety } = this.#disk;
    if (safety === undefined) return;
    const latched = safety.latched.filter((one) => one !== name);
    this.#disk.safety = { ...safety, latched };
  }

  #break(what: string): void {
    this.#findings.report("latched", this.#who, what);
  }
}
