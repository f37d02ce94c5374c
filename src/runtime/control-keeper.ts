import { fault } from "#src/base/fault.ts";
import { after, seconds } from "#src/base/units.ts";
import { limits } from "#src/contract/limits.ts";
import { type Restarts, restartAfter } from "#src/core/protect/restart.ts";
import type { Clock } from "#src/ports/clock.ts";
import type { FaultBoard } from "./fault-board.ts";
import type { Frame, ToControl, ToLink } from "./threads.ts";

/** A control thread as the rim gives it: it takes frames, and ends at some time. */
export interface Thread {
  post(frame: Frame<ToControl>): void;
  /** Ends it without ceremony; `ended` follows. */
  terminate(): void;
}

export interface ThreadEvents {
  frame(frame: Frame<ToLink>): void;
  ended(why: string): void;
}

export interface KeeperParts {
  readonly clock: Clock;
  readonly board: FaultBoard;
  readonly spawn: (events: ThreadEvents) => Thread;
  readonly frame: (frame: Frame<ToLink>) => void;
  /** A new thread stands at the beginning of an empty channel. */
  readonly started: () => void;
}

/** How often it is looked at. */
const lookEvery = seconds(1);
const mostQuietLooks = limits.controlSilence / lookEvery;

/**
 * Keeps a control thread alive: one that ends, or says nothing for `limits.controlSilence`, is
 * replaced. It is never given up.
 *
 * CK1  Silence is counted in looks of this thread: while this one was blocked, what the other said
 *      waits to be heard, and is no reason to end it.
 */
export class ControlKeeper {
  readonly #parts: KeeperParts;
  #thread: Thread | undefined;
  /** Looks since it was last heard. */
  #quiet = 0;
  #restarts: Restarts = [];
  #stopping: (() => void) | undefined;

  constructor(parts: KeeperParts) {
    this.#parts = parts;
  }

  start(): void {
    this.#spawn();
    this.#watch();
  }

  post(frame: Frame<ToControl>): void {
    this.#thread?.post(frame);
  }

  /** Whether the thread has said something lately: only then does the service manager hear that we live. */
  get alive(): boolean {
    return this.#thread !== undefined && this.#quiet < mostQuietLooks;
  }

  /** Resolves when the thread has ended in order, or after `limits.queryTimeout` without. */
  stop(): Promise<void> {
    const { clock } = this.#parts;
    return new Promise((resolve) => {
      const timer = clock.at(after(clock.now(), limits.queryTimeout), () => this.#stopping?.());
      this.#stopping = () => {
        timer.cancel();
        this.#stopping = () => {};
        this.#thread?.terminate();
        resolve();
      };
      if (this.#thread === undefined) this.#stopping();
      else this.#thread.post({ message: { kind: "stop" } });
    });
  }

  #spawn(): void {
    const { spawn, frame, started } = this.#parts;
    this.#quiet = 0;
    const mine = spawn({
      frame: (said) => {
        if (this.#thread !== mine) return;
        this.#quiet = 0;
        if ("message" in said && said.message.kind === "stopped") this.#stopping?.();
        frame(said);
      },
      ended: (why) => this.#ended(mine, why),
    });
    this.#thread = mine;
    started();
  }

  #ended(thread: Thread, why: string): void {
    if (this.#thread !== thread) return;
    this.#thread = undefined;
    if (this.#stopping !== undefined) {
      this.#stopping();
      return;
    }
    const { clock, board } = this.#parts;
    board.put(fault("CONTROL_LOST", { why }));
    const { restarts, at } = restartAfter(this.#restarts, clock.now());
    this.#restarts = restarts;
    clock.at(at, () => {
      if (this.#stopping === undefined) this.#spawn();
    });
  }

  #watch(): void {
    const { clock } = this.#parts;
    clock.at(after(clock.now(), lookEvery), () => {
      if (this.#stopping !== undefined) return;
      this.#quiet += 1;
      if (this.#thread !== undefined && !this.alive) this.#thread.terminate();
      this.#watch();
    });
  }
}
