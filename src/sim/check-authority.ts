import type { NodeConfig } from "#src/contract/config.ts";
import type { Mode } from "#src/contract/messages.ts";
import type { Message } from "#src/contract/topics.ts";
import type { Findings } from "./findings.ts";
import { type Moment, moment } from "./moment.ts";

/**
 * Knows what a node heard from its region, and so whom it may obey.
 *
 * KA1  A node says that it is connected only while a lease that it heard runs; and after a time by
 *      itself only with the second lease in a row.
 * KA2  A loop follows another setpoint than its own only if it heard it, from the highest epoch, and
 *      only while that setpoint and its lease run.
 * KA3  No epoch is obeyed below one that this disk's node obeyed before, none that is not on the disk
 *      yet, and none of two controllers.
 * KA4  Without a lease for longer than its autonomy budget a running node is in safe mode.
 * KA5  A loop follows what its region promised a person, once that had time to arrive and as long as
 *      the node is connected without a break.
 * KA6  A node whose disk knows an epoch is not local.
 */
export interface LoopRule {
  readonly name: string;
  readonly setpoint: number;
  readonly safeSetpoint: number;
  readonly min: number;
  readonly max: number;
  readonly period: number;
  /** Its setpoint moves by itself: led by a signal or a loop, or at a rate, or within an envelope. */
  readonly isLed: boolean;
}

export const loopRules = (config: NodeConfig): readonly LoopRule[] =>
  Object.entries(config.loops).map(([name, loop]) => ({
    name,
    setpoint: loop.setpoint.value,
    safeSetpoint: (loop.safeSetpoint ?? loop.setpoint).value,
    min: loop.bounds[0].value,
    max: loop.bounds[1].value,
    period: loop.period,
    isLed:
      loop.follow !== undefined || loop.setpointRate !== undefined || loop.envelope !== undefined,
  }));

interface HeardSetpoint {
  readonly id: string;
  readonly loop: string;
  readonly value: number;
  readonly epoch: number;
  readonly until: number;
}

/** What the disk of a node knows of authority: it outlives processes, and goes with a copy. */
export interface AuthorityDisk {
  kept: number;
  obeyed: number;
  controller: string;
  /** Milliseconds by itself, as far as a restart may not forget them. */
  alone: number;
}

export const emptyAuthorityDisk = (): AuthorityDisk => ({
  kept: 0,
  obeyed: 0,
  controller: "",
  alone: 0,
});

/** A clock may be off by a thousandth; an order is carried out in the next cycle. */
const slack = (length: number): number => length * 0.001 + 20;
/** Beyond so many the lapsed ones are looked for. */
const heardAtOnce = 64;
/** What goes out together comes in within as much of each other, where the network is slow and loses. */
const slowWay = 5_000;
/** What a region says again and again has arrived by then, however slow the way. */
const arrives = 30_000;
/** A restart forgets the last seconds of the time by itself, and no more. */
const forgets = 2_000;

interface Promised {
  readonly value: number;
  readonly from: number;
  readonly until: number;
}

export class AuthorityWitness {
  readonly #loops: readonly LoopRule[];
  readonly #budget: number;
  readonly #disk: AuthorityDisk;
  readonly #findings: Findings;
  readonly #who: string;
  readonly #heard: HeardSetpoint[] = [];
  /** By loop. */
  readonly #promises = new Map<string, Promised>();
  #connectedSince = Number.POSITIVE_INFINITY;
  /** What this process read of its disk before it began. */
  #readEpoch = 0;
  #leaseAt: Moment = moment(Number.NEGATIVE_INFINITY);
  #leaseUntil = Number.NEGATIVE_INFINITY;
  /** The one before the last still ran when the last was heard. */
  #twice = false;
  #mode: Mode | undefined;
  /** Running without a lease since; what of it the disk knows already is in `alone`. */
  #aloneSince: number | undefined;
  #ranAlone = 0;
  /** The disk refused the last time that was to be written down. */
  #isForgetful = false;

  constructor(
    config: NodeConfig,
    loops: readonly LoopRule[],
    disk: AuthorityDisk,
    findings: Findings,
    who: string,
  ) {
    this.#loops = loops;
    this.#budget = config.autonomy.budget;
    this.#disk = disk;
    this.#findings = findings;
    this.#who = who;
  }

  /** A new process has nothing but the disk. */
  started(): void {
    const { now } = this.#findings.world;
    // What the disk refused to take, nobody can remember.
    if (this.#isForgetful) this.#disk.alone = 0;
    else if (this.#aloneSince !== undefined) {
      this.#disk.alone = Math.max(0, this.#disk.alone + this.#ranAlone - forgets);
    }
    this.#leaseUntil = Number.NEGATIVE_INFINITY;
    this.#twice = false;
    this.#heard.length = 0;
    this.#readEpoch = 0;
    this.#connectedSince = Number.POSITIVE_INFINITY;
    this.#mode = undefined;
    this.#aloneSince = now;
    this.#ranAlone = 0;
    this.#isForgetful = false;
  }

  /** What a loop follows and until when, as a person was told; undefined: nobody can tell. */
  promised(
    loop: string,
    said: { readonly value: number; readonly until: number } | undefined,
  ): void {
    if (said === undefined) this.#promises.delete(loop);
    else this.#promises.set(loop, { ...said, from: this.#findings.world.now });
  }

  /** Its program takes a message from the broker. */
  hears(message: Message): void {
    const { now } = this.#findings.world;
    if (message.channel === "lease") {
      const { epoch, controller, ttl } = message.body;
      if (epoch < this.#disk.obeyed) return;
      if (epoch === this.#disk.obeyed && controller !== this.#disk.controller) return;
      this.#twice = now <= this.#leaseUntil + slack(ttl);
      this.#leaseAt = now;
      this.#leaseUntil = now + ttl;
    } else if (message.channel === "setpoint") {
      const { id, value, epoch, for: length } = message.body;
      const { loop } = message.params;
      const at = this.#heard.findIndex((one) => one.loop === loop && one.id === id);
      const one = { id, loop, value, epoch, until: now + length };
      if (at >= 0) this.#heard[at] = one;
      else this.#heard.push(one);
      if (this.#heard.length > heardAtOnce) this.#forgetLapsed(now);
    }
  }

  /** Its program reads the disk. */
  reads(epoch: number): void {
    if (this.#mode === undefined) this.#readEpoch = epoch;
    this.keeps(epoch);
  }

  /** A loop may have followed it in its last turn, which lies a few of its periods back at most. */
  #forgetLapsed(now: number): void {
    const longest = this.#loops.reduce((most, { period }) => Math.max(most, period), 0);
    const left = this.#heard.filter(({ until }) => until >= now - 2 * longest - slowWay);
    this.#heard.splice(0, this.#heard.length, ...left);
  }

  /** The disk has taken an epoch. */
  keeps(epoch: number): void {
    this.#disk.kept = Math.max(this.#disk.kept, epoch);
  }

  /** The disk has taken, or refused, the time that the node is by itself. */
  keepsAlone(isTaken: boolean): void {
    this.#isForgetful = !isTaken;
  }

  /** Its control thread is told to obey. */
  obeys(controller: string, epoch: number): void {
    const disk = this.#disk;
    const { world } = this.#findings;
    if (epoch < disk.obeyed) this.#break("fenced", `epoch ${epoch} obeyed after ${disk.obeyed}`);
    if (epoch > disk.kept) this.#break("fenced", `epoch ${epoch} obeyed before it was on disk`);
    if (epoch === disk.obeyed && controller !== disk.controller) {
      this.#break("fenced", `epoch ${epoch} obeyed of ${disk.controller} and of ${controller}`);
    }
    if (epoch > disk.obeyed) {
      world.note(0xe0, epoch);
      this.#findings.marks.reach("a higher epoch was obeyed");
    }
    disk.obeyed = Math.max(disk.obeyed, epoch);
    disk.controller = controller;
  }

  /** Its control thread is handed a setpoint of the region. */
  granted(id: string): void {
    const heard = this.#heard.find((one) => one.id === id);
    if (heard === undefined) this.#break("leased", `setpoint ${id} was never heard`);
    else if (heard.epoch < this.#disk.obeyed) {
      this.#break("fenced", `setpoint ${id} of epoch ${heard.epoch} after ${this.#disk.obeyed}`);
    } else if (heard.epoch > this.#disk.kept) {
      this.#break("fenced", `setpoint ${id} of epoch ${heard.epoch} before it was on disk`);
    }
  }

  /** The mode it says it is in, each second. */
  says(mode: Mode): void {
    const now = this.#findings.world.now as number;
    const length = this.#leaseUntil - this.#leaseAt;
    const isLive = now <= this.#leaseUntil + slack(Number.isFinite(length) ? length : 0);
    if (mode !== "connected") this.#connectedSince = Number.POSITIVE_INFINITY;
    else this.#connectedSince = Math.min(this.#connectedSince, now);
    if (mode === "connected") {
      if (!isLive) this.#break("leased", "connected without a lease");
      const wasAlone = this.#mode === "autonomous" || this.#mode === "safe";
      if (wasAlone && !this.#twice) this.#break("leased", "connected again after one lease");
      this.#aloneSince = undefined;
      this.#disk.alone = 0;
      this.#ranAlone = 0;
    } else {
      const since = this.#aloneSince ?? Math.min(now, this.#leaseUntil);
      this.#aloneSince = since;
      this.#ranAlone = now - since;
      const alone = this.#disk.alone + this.#ranAlone;
      if (mode === "autonomous" && alone > this.#budget * 1.001 + 2_000) {
        this.#break("leased", `by itself for ${Math.round(alone)} ms and not in safe mode`);
      }
    }
    if (mode === "local" && this.#readEpoch > 0) {
      this.#break("leased", "it acts as if it had never had a region");
    }
    if (mode !== this.#mode) this.#findings.world.note(0xa0, mode.length);
    this.#mode = mode;
  }

  /** The setpoint that a loop followed in its last turn. */
  follows(index: number, value: number, mode: Mode): void {
    const rule = this.#loops[index];
    if (rule === undefined) return;
    if (rule.isLed) {
      this.#staysWithin(rule, value);
      return;
    }
    if (value === (mode === "safe" ? rule.safeSetpoint : rule.setpoint)) {
      if (this.#promises.size > 0) this.#keepsPromise(rule.name, value);
      return;
    }
    if (value === rule.setpoint || value === rule.safeSetpoint) {
      // Its last turn may lie before the change of mode.
      if (rule.period >= 1_000 || mode !== "safe") return;
    }
    this.#staysWithin(rule, value);
    const latest = (this.#findings.world.now as number) - rule.period - slack(rule.period);
    const heard = this.#heard.some(
      (one) =>
        one.loop === rule.name &&
        one.value === value &&
        one.until >= latest &&
        this.#leaseUntil >= latest,
    );
    if (heard) this.#findings.marks.reach("a person's setpoint was followed");
    else this.#break("leased", `${rule.name} follows ${value}, which nobody may ask now`);
  }

  #staysWithin({ name, min, max }: LoopRule, value: number): void {
    if (value >= min && value <= max) return;
    this.#break("bounded", `${name} follows ${value}, outside ${min} … ${max}`);
  }

  /** A loop follows its own setpoint: has nobody been promised another? */
  #keepsPromise(loop: string, own: number): void {
    const promise = this.#promises.get(loop);
    if (promise === undefined || promise.value === own) return;
    const now = this.#findings.world.now as number;
    const since = Math.max(promise.from, this.#connectedSince);
    if (now < since + arrives || now + arrives > promise.until) return;
    // It is renewed with the lease, and may lapse a moment before it.
    if (now + 2_000 > this.#leaseUntil) return;
    // On a slow way it may lapse before what renews it is there.
    const isOnTheWay = this.#heard.some(
      (one) => one.loop === loop && one.value === promise.value && now < one.until + slowWay,
    );
    if (isOnTheWay) return;
    this.#promises.delete(loop);
    this.#findings.report("live", this.#who, `${loop} does not follow what was promised`);
  }

  /** Whether somebody might ask something of a loop in its last turn before a moment just past. */
  mightFollow(loop: string, at: number): boolean {
    const period = this.#loops.find(({ name }) => name === loop)?.period ?? 0;
    const latest = at - period - slack(period);
    return this.#heard.some((one) => one.loop === loop && one.until >= latest);
  }

  #break(law: "leased" | "fenced" | "bounded", what: string): void {
    this.#findings.report(law, this.#who, what);
  }
}
