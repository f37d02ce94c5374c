import { Ring } from "#src/base/ring.ts";
import { elapsed, type Instant } from "#src/base/units.ts";
import { limits } from "#src/contract/limits.ts";
import type { Agent, Effect, Input, Step } from "#src/core/agent.ts";
import { type Restarts, restartAfter } from "#src/core/protect/restart.ts";
import type { Clock } from "#src/ports/clock.ts";
import type { Journal } from "./journal.ts";

/**
 * One agent with its mailbox.
 *
 * HO1  Inputs are taken one at a time, in the order in which they came; an input that an effect
 *      brings about comes after those that wait already.
 * HO2  A step that throws is a defect: the agent starts anew from its memory, its input is dropped
 *      and no other, and an agent that keeps failing rests between attempts. Other agents do not
 *      notice.
 * HO3  One turn is short: what is left after `limits.turn` goes on in the next, and what comes
 *      meanwhile begins no turn of its own.
 * HO4  A flood is refused at the door: what is offered finds at most `limits.mailbox` before it, and
 *      never takes the place of what is posted.
 * HO5  Nothing is lost unsaid: an agent that misses what was posted, because even `limits.mailboxInAll`
 *      wait, starts anew as after a defect (HO2). It might wait for ever for what it missed.
 */
export interface HostParts<Config, Memory, State, In extends Input, Out extends Effect> {
  readonly agent: Agent<Config, Memory, State, In, Out>;
  readonly config: Config;
  /** What outlived the last run, asked again at each start. */
  readonly memory: () => Memory;
  readonly clock: Clock;
  readonly perform: (effect: Out) => void;
  /** Called before the agent starts anew, with the inputs that wait for it. */
  readonly failed: (error: unknown, waiting: readonly In[]) => void;
  /** Remembers what the agent was given and what it made of it. */
  readonly journal?: Journal<Config> | undefined;
}

/** What went wrong in a step or in what it brought about; undefined when nothing did. */
type Met = { readonly error: unknown } | undefined;

export class Host<Config, Memory, State, In extends Input, Out extends Effect> {
  readonly #parts: HostParts<Config, Memory, State, In, Out>;
  readonly #mailbox = new Ring<In>(limits.mailboxInAll);
  #missed = false;
  #state: State | undefined;
  #draining = false;
  #resting = false;
  #cut = false;
  #ended = false;
  #restarts: Restarts = [];

  constructor(parts: HostParts<Config, Memory, State, In, Out>) {
    this.#parts = parts;
  }

  /** Undefined before the start, and while a failing agent rests. */
  get state(): State | undefined {
    return this.#state;
  }

  start(): void {
    const { agent, config, memory, clock, journal, failed } = this.#parts;
    this.#draining = true;
    // While it rested: it begins anew as it is, but what was lost is said.
    if (this.#missed) failed(tooMany(), this.#mailbox.items());
    this.#missed = false;
    let met: Met;
    try {
      const outlived = memory();
      const now = clock.now();
      journal?.starts(outlived, now);
      met = this.#carryOut(agent.start(config, outlived, now));
    } catch (error) {
      met = { error };
    }
    if (met !== undefined) this.#restart(met.error);
    this.#draining = false;
    if (!this.#cut) this.#drain(limits.turn);
  }

  /** For what the agent waits for, or what nobody says again. */
  post(input: In): void {
    if (this.#ended) return;
    if (this.#mailbox.push(input) !== undefined) this.#missed = true;
    if (!this.#cut) this.#drain(limits.turn);
  }

  /** For what the world says as often as it likes; false when it was refused (HO4). */
  offer(input: In): boolean {
    if (this.#mailbox.size >= limits.mailbox) return false;
    this.post(input);
    return true;
  }

  /** Takes all that waits and then this, however long it takes; nothing after it. */
  finish(last: In): void {
    this.#drain(Number.POSITIVE_INFINITY);
    this.#mailbox.push(last);
    this.#drain(Number.POSITIVE_INFINITY);
    this.end();
  }

  /** Nothing is taken any more. */
  end(): void {
    this.#ended = true;
  }

  #drain(turn: number): void {
    if (this.#draining || this.#resting || this.#ended) return;
    const { clock } = this.#parts;
    this.#draining = true;
    const began = clock.now();
    while (this.#state !== undefined) {
      if (this.#missed) {
        this.#restart(tooMany());
        break;
      }
      const state = this.#state;
      const input = this.#mailbox.shift();
      if (input === undefined) break;
      this.#step(state, input);
      if (this.#mailbox.size > 0 && elapsed(began, clock.now()) > turn) {
        this.#goOnLater();
        break;
      }
    }
    this.#draining = false;
  }

  #goOnLater(): void {
    const { clock } = this.#parts;
    this.#cut = true;
    clock.at(clock.now(), () => {
      this.#cut = false;
      this.#drain(limits.turn);
    });
  }

  #step(state: State, input: In): void {
    const { agent, config, clock, journal } = this.#parts;
    let met: Met;
    try {
      const now = clock.now();
      journal?.takes(input, now);
      met = this.#carryOut(agent.step(config, state, input, now));
    } catch (error) {
      met = { error };
    }
    if (met !== undefined) this.#restart(met.error);
  }

  /** What one effect meets is no reason to skip the next (AG3); the first of it is given back. */
  #carryOut({ state, effects }: Step<State, Out>): Met {
    this.#state = state;
    const { journal, perform } = this.#parts;
    journal?.gives(state, effects);
    let met: Met;
    for (const effect of effects) {
      try {
        perform(effect);
      } catch (error) {
        met ??= { error };
      }
    }
    return met;
  }

  #restart(error: unknown): void {
    const { clock, failed, journal } = this.#parts;
    this.#missed = false;
    journal?.fails(error);
    const now: Instant = clock.now();
    const { restarts, at } = restartAfter(this.#restarts, now);
    this.#restarts = restarts;
    this.#state = undefined;
    this.#resting = true;
    failed(error, this.#mailbox.items());
    clock.at(at, () => {
      this.#resting = false;
      if (!this.#ended) this.start();
    });
  }
}

const tooMany = (): Error => new Error(`more than ${limits.mailboxInAll} inputs waited for it`);
