import { readFileSync } from "node:fs";
import { elapsed, type Instant, wallTime } from "#src/base/units.ts";
import type { Clock, Timer } from "#src/ports/clock.ts";
import { bootTime } from "./boot-time.ts";
import { Vigil } from "./vigil.ts";

/**
 * The machine's clocks. All threads and processes read the same instants: they come from the
 * kernel, not from the moment at which somebody began, and go on while the computer sleeps.
 *
 * SC1  A task never runs before its instant: the platform's timers may be early by a millisecond
 *      and overflow after 25 days, so that each firing looks at the clock again.
 * SC2  Tasks run by instant, then in the order of their asking; what is asked meanwhile has to wait
 *      for the next turn, so that a task that asks for itself lets others run.
 * SC3  A clock told to be `fine` keeps its instants to about a tenth of a millisecond: the platform's
 *      timers count whole milliseconds, so that the thread sleeps through the last two in naps of at
 *      most `nap`, or stays awake as long as it may (`Vigil`), and looks after its devices and messages
 *      meanwhile.
 */
export function systemClock({ fine = false }: { readonly fine?: boolean } = {}): Clock {
  const now = bootTime();
  const agenda = new Agenda(now, fine);
  return {
    now,
    wall: () => wallTime(Date.now()),
    at: (when, task) => agenda.add(when, task),
  };
}

/** Names this run of the computer, and with it its instants; "" where the system says none. */
export function computerRun(): string {
  try {
    return readFileSync("/proc/sys/kernel/random/boot_id", "utf8").trim();
  } catch {
    return "";
  }
}

interface Entry {
  readonly when: Instant;
  readonly order: number;
  readonly task: () => void;
  isCancelled: boolean;
}

/** The longest the platform can wait. */
const longestWait = 2 ** 31 - 1;

/** A timer may come this much too late, in milliseconds, and the operating system's wake-up this much. */
const coarse = 2;
const wakeUp = 0.06;
const nap = 0.5;
/** Of its time the thread may stay awake as much for what is near. */
const awakeShare = 0.1;

class Agenda {
  readonly #now: () => Instant;
  readonly #isFine: boolean;
  readonly #vigil = new Vigil(awakeShare, coarse);
  /** What a nap waits on; nobody ever touches it. */
  readonly #pillow = new Int32Array(new SharedArrayBuffer(4));
  /** By instant, then by order. */
  readonly #entries: Entry[] = [];
  #asked = 0;
  #timer: NodeJS.Timeout | undefined;
  #immediate: NodeJS.Immediate | undefined;
  /** The instant that is waited for. */
  #armedFor: Instant | undefined;

  constructor(now: () => Instant, isFine: boolean) {
    this.#now = now;
    this.#isFine = isFine;
  }

  add(when: Instant, task: () => void): Timer {
    this.#asked += 1;
    const entry: Entry = { when, order: this.#asked, task, isCancelled: false };
    this.#entries.splice(this.#placeOf(entry), 0, entry);
    this.#arm();
    return { cancel: () => this.#cancel(entry) };
  }

  #cancel(entry: Entry): void {
    entry.isCancelled = true;
    const place = this.#placeOf(entry);
    if (this.#entries[place] !== entry) return;
    this.#entries.splice(place, 1);
    this.#arm();
  }

  /** Where the entry is, or belongs. */
  #placeOf({ when, order }: Entry): number {
    let low = 0;
    let high = this.#entries.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      const other = this.#entries[middle] as Entry;
      const isBefore = other.when < when || (other.when === when && other.order < order);
      if (isBefore) low = middle + 1;
      else high = middle;
    }
    return low;
  }

  #arm(): void {
    const first = this.#entries[0];
    if (first?.when === this.#armedFor) return;
    clearTimeout(this.#timer);
    clearImmediate(this.#immediate);
    this.#armedFor = first?.when;
    if (first === undefined) return;
    const wait = elapsed(this.#now(), first.when);
    if (wait <= 0 || (this.#isFine && wait <= coarse)) {
      this.#immediate = setImmediate(() => this.#run());
      return;
    }
    const length = this.#isFine ? Math.max(1, Math.floor(wait) - 1) : Math.ceil(wait);
    this.#timer = setTimeout(() => this.#run(), Math.min(length, longestWait));
  }

  #nap(): void {
    const first = this.#entries[0];
    if (!this.#isFine || first === undefined) return;
    const now = this.#now();
    const awake = this.#vigil.left(now);
    const wait = elapsed(now, first.when);
    if (wait <= wakeUp || wait > coarse) return;
    if (wait <= awake) this.#vigil.begins(now);
    else Atomics.wait(this.#pillow, 0, 0, Math.min(nap, wait - Math.max(wakeUp, awake)));
  }

  #run(): void {
    this.#armedFor = undefined;
    this.#nap();
    const now = this.#now();
    const later = this.#entries.findIndex(({ when }) => when > now);
    const due = this.#entries.splice(0, later < 0 ? this.#entries.length : later);
    try {
      for (let entry = due.shift(); entry !== undefined; entry = due.shift()) {
        if (!entry.isCancelled) entry.task();
      }
    } finally {
      // A task that threw takes nobody else's turn with it.
      this.#entries.unshift(...due);
      this.#arm();
    }
  }
}
