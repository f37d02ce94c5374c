import { type Instant, seconds, type WallTime } from "#src/base/units.ts";
import type { Clock, Timer } from "#src/ports/clock.ts";
import type { Sleeper, Ticket } from "./event-queue.ts";
import { type Moment, never } from "./moment.ts";
import { PowerLost } from "./power-lost.ts";
import type { SimMachine } from "./sim-machine.ts";

/** Who wants to know what becomes of a process: its connections, its open files. */
export interface Companion {
  ended(how: Ending): void;
  paused(): void;
  resumed(): void;
}

/** The pause before a process that ended is started again, as the service manager has it. */
export const restartPause = seconds(2);

/** killed: the machine lives and closes what was open. power: nothing is closed. */
export type Ending = "killed" | "power";

/**
 * One running program on a machine, and its clock.
 *
 * PR1  Tasks run one at a time, by instant, those of one instant in the order of their asking; what
 *      comes from outside takes its place among them.
 * PR2  While it is paused nothing runs and nothing is lost; then all runs late and in order.
 * PR3  After its end none of its tasks runs, whoever asks.
 */
export class SimProcess implements Clock, Sleeper {
  readonly machine: SimMachine;
  /** By instant, then by order of asking. */
  readonly #agenda: Entry[] = [];
  /** A new list with each that joins or leaves: one may do so while it is gone through. */
  #companions: readonly Companion[] = [];
  #ticket: Ticket | undefined;
  #armedFor: Moment = never;
  #running = false;
  #alive = true;
  #paused = false;
  /** What keeps it from running: its own pause, the machine's sleep. */
  #holds = 0;

  constructor(machine: SimMachine) {
    this.machine = machine;
  }

  now(): Instant {
    return this.machine.now();
  }

  wall(): WallTime {
    return this.machine.wall();
  }

  at(when: Instant, task: () => void): Timer {
    const entry = new Entry(this, when, task);
    if (this.#alive) {
      this.#insert(entry);
      if (!this.#running) this.rearm();
    }
    return entry;
  }

  get alive(): boolean {
    return this.#alive;
  }

  /** Whether it takes what comes from outside now. */
  get reading(): boolean {
    return this.#alive && this.#holds === 0;
  }

  /** Something comes from outside: it is dealt with now, or in its turn. */
  take<T>(deal: (item: T) => void, item: T): void {
    if (!this.#alive) return;
    if (this.#running || this.#holds > 0) {
      this.at(this.now(), () => deal(item));
      return;
    }
    this.#run(deal, item);
    this.rearm();
  }

  join(companion: Companion): void {
    this.#companions = this.#companions.concat(companion);
  }

  leave(companion: Companion): void {
    this.#companions = this.#companions.filter((one) => one !== companion);
  }

  pause(): void {
    if (this.#paused) return;
    this.#paused = true;
    this.hold();
  }

  resume(): void {
    if (!this.#paused) return;
    this.#paused = false;
    this.release();
  }

  hold(): void {
    this.#holds += 1;
    this.rearm();
    if (this.#holds === 1) for (const one of this.#companions) one.paused();
  }

  release(): void {
    this.#holds -= 1;
    this.rearm();
    if (this.#holds === 0) for (const one of this.#companions) one.resumed();
  }

  end(how: Ending): void {
    if (!this.#alive) return;
    this.#alive = false;
    this.#agenda.length = 0;
    this.rearm();
    this.machine.ended(this);
    const companions = this.#companions;
    this.#companions = [];
    for (const companion of companions) companion.ended(how);
  }

  /** Sees to it that the world wakes it for its next task, and for nothing else. */
  rearm(): void {
    const first = this.#agenda[0];
    const { world } = this.machine;
    const idle = first === undefined || this.#holds > 0;
    const wanted = idle ? never : this.machine.momentOf(first.when);
    const at = Math.max(wanted, world.now) as Moment;
    if (at === this.#armedFor) return;
    if (this.#ticket !== undefined) world.cancel(this.#ticket);
    this.#armedFor = at;
    this.#ticket = at === never ? undefined : world.wake(at, this);
  }

  drop(entry: Entry): void {
    const at = this.#agenda.indexOf(entry);
    if (at < 0) return;
    this.#take(at);
    if (at === 0 && !this.#running) this.rearm();
  }

  #insert(entry: Entry): void {
    const agenda = this.#agenda;
    let place = agenda.length;
    agenda.push(entry);
    while (place > 0 && (agenda[place - 1] as Entry).when > entry.when) {
      agenda[place] = agenda[place - 1] as Entry;
      place -= 1;
    }
    agenda[place] = entry;
  }

  /** Takes one out by moving the few behind it, which a splice would do with an array to spare. */
  #take(at: number): void {
    const agenda = this.#agenda;
    for (let place = at + 1; place < agenda.length; place += 1) {
      agenda[place - 1] = agenda[place] as Entry;
    }
    agenda.pop();
  }

  /** The world's: its next task is due. */
  wake(): void {
    this.#ticket = undefined;
    this.#armedFor = never;
    const first = this.#agenda[0];
    if (first !== undefined && first.when <= this.now()) {
      this.#take(0);
      this.#run(first.task, undefined);
    }
    this.rearm();
  }

  #run<T>(deal: (item: T) => void, item: T): void {
    this.#running = true;
    try {
      deal(item);
    } catch (error) {
      // The dead do not handle their own death.
      if (!(error instanceof PowerLost) || this.#alive) throw error;
    } finally {
      this.#running = false;
    }
  }
}

class Entry implements Timer {
  readonly process: SimProcess;
  readonly when: Instant;
  readonly task: () => void;

  constructor(process: SimProcess, when: Instant, task: () => void) {
    this.process = process;
    this.when = when;
    this.task = task;
  }

  cancel(): void {
    this.process.drop(this);
  }
}
