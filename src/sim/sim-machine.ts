import { invariant } from "#src/base/assert.ts";
import {
  type Instant,
  instant,
  type Millis,
  millis,
  type WallTime,
  wallTime,
} from "#src/base/units.ts";
import { grain, type Moment, momentFrom, never } from "./moment.ts";
import { SimProcess } from "./sim-process.ts";
import type { World } from "./world.ts";

/**
 * The clocks of one machine, as far from the world's time as its oscillator and its keeper let them
 * go. Processes read them through their own `Clock`.
 *
 * VC1  The monotonic clock never runs back, whatever is done to the wall clock.
 * VC2  No task runs before its instant in the machine's own clock, at any drift.
 * VC3  A suspended machine runs nothing; both its clocks go on (BT1).
 * VC4  A reboot ends every process and begins the monotonic clock anew.
 */
export class SimMachine {
  readonly world: World;
  /** Milliseconds of the machine in one of the world. */
  #rate = 1;
  #monotonic = 0;
  /** Of the monotonic clock from the world's time, while it goes as fast. */
  #ahead: number | undefined;
  #wall: number;
  /** When both were last brought up to date. */
  #since: Moment;
  #suspended = false;
  #reboots = 0;
  /** No two machines of one name begin at once: a clone is made later. */
  readonly #born: Moment;
  /** A new list with each that comes or goes: one may do so while it is gone through. */
  #processes: readonly SimProcess[] = [];

  constructor(world: World, wall: WallTime, uptime: Millis = millis(0)) {
    this.world = world;
    this.#born = world.now;
    this.#since = world.now;
    this.#wall = wall;
    this.#monotonic = uptime;
    this.#align();
  }

  now(): Instant {
    if (this.#ahead !== undefined) return instant(this.world.now + this.#ahead);
    return instant(this.#monotonic + this.#elapsed());
  }

  wall(): WallTime {
    return wallTime(Math.floor(this.#wall + this.#elapsed()));
  }

  get suspended(): boolean {
    return this.#suspended;
  }

  /** Parts per million that the machine's clocks are fast; negative when slow. */
  drift(ppm: number): void {
    invariant(Math.abs(ppm) < 500_000, "an oscillator is less than half off");
    this.#catchUp();
    this.#rate = 1 + ppm / 1_000_000;
    this.#align();
    for (const process of this.#processes) process.rearm();
  }

  /** The wall clock is set; a negative length sets it back. */
  stepWall(by: Millis): void {
    this.#catchUp();
    this.#wall = Math.max(0, this.#wall + by);
  }

  suspend(): void {
    if (this.suspended) return;
    this.#suspended = true;
    for (const process of this.#processes) process.hold();
  }

  resume(): void {
    if (!this.suspended) return;
    this.#suspended = false;
    for (const process of this.#processes) process.release();
  }

  /** A program begins; a sleeping machine begins none. */
  spawn(): SimProcess {
    invariant(!this.suspended, "a program begins on a machine that is awake");
    const process = new SimProcess(this);
    this.#processes = this.#processes.concat(process);
    return process;
  }

  /** Power is gone: nobody says good-bye. The clocks begin anew with `reboot`. */
  losePower(): void {
    for (const process of this.#processes) process.end("power");
  }

  reboot(): void {
    this.losePower();
    this.#catchUp();
    this.#suspended = false;
    this.#monotonic = 0;
    this.#reboots += 1;
    this.#align();
  }

  /** Names this run of the machine, and with it its monotonic clock. */
  get run(): string {
    return `${this.#born} ${this.#reboots}`;
  }

  /** The first moment at which `now` is not before `when`; never while that cannot be said. */
  momentOf(when: Instant): Moment {
    if (this.suspended) return never;
    const ahead = this.#ahead;
    let found = momentFrom(
      ahead !== undefined ? when - ahead : this.#since + (when - this.#monotonic) / this.#rate,
    );
    // Late in a long story a sum drops the last bits of an instant.
    while (this.#at(found) < when) found = (found + grain) as Moment;
    return found;
  }

  /** When the clock showed `then`, as far as its present rate tells. */
  momentBack(then: Instant): Moment {
    return momentFrom(this.world.now - (this.now() - then) / this.#rate);
  }

  ended(process: SimProcess): void {
    this.#processes = this.#processes.filter((one) => one !== process);
  }

  #elapsed(): number {
    return (this.world.now - this.#since) * this.#rate;
  }

  #at(moment: Moment): number {
    return this.#ahead === undefined
      ? this.#monotonic + (moment - this.#since) * this.#rate
      : moment + this.#ahead;
  }

  #catchUp(): void {
    this.#monotonic = this.now();
    this.#wall += this.#elapsed();
    this.#since = this.world.now;
    this.#align();
  }

  #align(): void {
    this.#ahead = this.#rate === 1 ? this.#monotonic - this.#since : undefined;
  }
}
