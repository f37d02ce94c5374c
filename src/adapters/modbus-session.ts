import { after, type Instant, type Millis } from "#src/base/units.ts";
import type { Reading } from "#src/contract/image.ts";
import { limits } from "#src/contract/limits.ts";
import { decode, type Register } from "#src/contract/registers.ts";
import type { Clock } from "#src/ports/clock.ts";
import type { ModbusConnection, Outcome } from "./modbus-connection.ts";
import { type ReadRequest, type Signal, wordsOf } from "./modbus-poll-plan.ts";
import { PollSchedule } from "./modbus-poll-schedule.ts";

/**
 * What goes over one connection to a device, from its first read to its end.
 *
 * MO1  A turn is every waiting write once, then the read that has been due longest: writes come
 *      first, and reads never starve.
 * MO2  Writes are taken once every signal was read on this connection, and end with it (D4).
 * MO3  An exception is about its signals alone: a request for several is taken apart until only the
 *      wrong ones are refused.
 * MO4  A write that failed is tried again as long as no newer one took its place (D2); a refused one
 *      waits a poll period before.
 */
export interface SessionParts {
  readonly connection: ModbusConnection;
  readonly plan: readonly ReadRequest[];
  /** The pause before a refused write is tried again. */
  readonly poll: Millis;
  readonly clock: Clock;
  readonly keep: (signal: Signal, reading: Reading) => void;
  /** Every signal was read once. */
  readonly ready: () => void;
  readonly refused: (what: string, why: string) => void;
  /** What was refused before, or not, works. */
  readonly worked: (what: string) => void;
}

export interface Ending {
  readonly why: string;
  /** The device is at fault, as opposed to a connection that was closed. */
  readonly isLost: boolean;
}

export interface Order {
  readonly output: number;
  readonly name: string;
  readonly register: Register;
  readonly value: number;
}

export class Session {
  readonly #parts: SessionParts;
  readonly #polls: PollSchedule;
  readonly #waiting = new Map<number, Order & { readonly notBefore: Instant }>();
  #ready = false;
  #closing = false;
  #silences = 0;
  #wake: (() => void) | undefined;

  constructor(parts: SessionParts) {
    this.#parts = parts;
    this.#polls = new PollSchedule(parts.plan, parts.clock.now());
  }

  /** Every signal was read on this connection. */
  get isReady(): boolean {
    return this.#ready;
  }

  write(order: Order): void {
    if (!this.#ready || this.#closing) return;
    this.#waiting.set(order.output, { ...order, notBefore: this.#parts.clock.now() });
    this.wake();
  }

  /** Ends after the writes that wait were tried once more, at `by` in any case. */
  close(by: Instant): void {
    const { clock, connection } = this.#parts;
    this.#closing = true;
    const timer = clock.at(by, () => connection.destroy());
    connection.whenEnded(() => timer.cancel());
    this.wake();
  }

  wake(): void {
    this.#wake?.();
  }

  /** Turn after turn (MO1), until the connection is of no more use; it is destroyed then. */
  async run(): Promise<Ending> {
    const { connection } = this.#parts;
    connection.whenEnded(() => this.wake());
    let ending: Ending | undefined;
    while (ending === undefined && !this.#closing) {
      ending = (await this.#writeDue()) ?? (await this.#readDue()) ?? this.#closed();
      if (ending === undefined && !this.#closing) await this.#sleep();
    }
    if (ending === undefined) await this.#writeLast();
    connection.destroy();
    return ending ?? { why: "it is closing", isLost: false };
  }

  async #writeDue(): Promise<Ending | undefined> {
    for (const output of [...this.#waiting.keys()]) {
      const order = this.#waiting.get(output);
      if (order === undefined || order.notBefore > this.#parts.clock.now()) continue;
      const ending = await this.#write(order);
      if (ending !== undefined || this.#closing) return ending;
    }
    return undefined;
  }

  async #writeLast(): Promise<void> {
    for (const order of [...this.#waiting.values()]) await this.#write(order);
  }

  async #write(order: Order): Promise<Ending | undefined> {
    const { connection, clock, poll, refused, worked } = this.#parts;
    const { output, register, value } = order;
    const outcome = await connection.write(register, value);
    if (outcome.kind === "silent" || outcome.kind === "broken") return this.#unanswered(outcome);
    this.#silences = 0;
    const isNewest = this.#waiting.get(output) === order;
    const what = say("writing", order);
    if (outcome.kind === "answer") {
      worked(what);
      if (isNewest) this.#waiting.delete(output);
      this.#polls.readBack(output, clock.now());
    } else {
      refused(what, outcome.why);
      if (isNewest) this.#waiting.set(output, { ...order, notBefore: after(clock.now(), poll) });
    }
    return undefined;
  }

  async #readDue(): Promise<Ending | undefined> {
    const { connection, clock } = this.#parts;
    const request = this.#polls.take(clock.now());
    if (request === undefined || this.#closing) return undefined;
    const outcome = await connection.read(request.kind, request.address, request.length);
    if (outcome.kind === "silent" || outcome.kind === "broken") {
      this.#polls.again(request, clock.now());
      return this.#unanswered(outcome);
    }
    this.#silences = 0;
    if (outcome.kind === "answer") this.#take(request, outcome.value);
    else this.#refusedRead(request, outcome);
    if (!this.#ready && this.#polls.complete) {
      this.#ready = true;
      this.#parts.ready();
    }
    return undefined;
  }

  #take(request: ReadRequest, words: readonly number[]): void {
    const { clock, keep, worked } = this.#parts;
    const at = clock.now();
    for (const signal of request.signals) {
      const value = decode(signal.register, wordsOf(request, signal, words));
      keep(signal, { value, quality: Number.isFinite(value) ? "good" : "bad", at });
      worked(say("reading", signal));
    }
    this.#polls.answered(request);
  }

  #refusedRead(request: ReadRequest, { code, why }: Refusal): void {
    const { clock, keep, refused } = this.#parts;
    const at = clock.now();
    const isBusy = code === 5 || code === 6;
    // A function it does not know (1) it will not know in pieces either.
    if (!isBusy && code !== 1 && request.signals.length > 1) {
      this.#polls.split(request, at);
      return;
    }
    this.#polls.answered(request);
    for (const signal of request.signals) {
      // A busy device is asked again; its signals merely age.
      if (!isBusy) keep(signal, { value: Number.NaN, quality: "bad", at });
      refused(say("reading", signal), why);
    }
  }

  #unanswered(outcome: Unanswered): Ending | undefined {
    if (outcome.kind === "broken")
      return { why: outcome.why, isLost: this.#parts.connection.ended === undefined };
    this.#silences += 1;
    if (this.#silences < limits.modbusSilences) return undefined;
    return { why: outcome.why, isLost: true };
  }

  #closed(): Ending | undefined {
    const { ended } = this.#parts.connection;
    return ended === undefined ? undefined : { why: ended, isLost: false };
  }

  /** Until the next turn has something to do, or somebody wakes it. */
  #sleep(): Promise<void> {
    const { clock } = this.#parts;
    const moments = [...this.#waiting.values()].map(({ notBefore }) => notBefore);
    const until = Math.min(this.#polls.next() ?? Number.POSITIVE_INFINITY, ...moments) as Instant;
    if (until <= clock.now()) return Promise.resolve();
    return new Promise((resolve) => {
      const timer = clock.at(until, () => this.wake());
      this.#wake = () => {
        this.#wake = undefined;
        timer.cancel();
        resolve();
      };
    });
  }
}

type Refusal = Extract<Outcome<never>, { kind: "refused" }>;
type Unanswered = Extract<Outcome<never>, { kind: "silent" | "broken" }>;

const say = (doing: string, of: { readonly name: string; readonly register: Register }): string =>
  `${doing} ${of.name} (${of.register.kind} ${of.register.address})`;
