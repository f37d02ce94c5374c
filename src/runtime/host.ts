import { Ring } from "#src/base/ring.ts";
import { elapsed, type Instant } from "#src/base/units.ts";
import { limits } from "#src/contract/limits.ts";
import type { Agent, Effect, Input } from "#src/core/agent.ts";
import { type Restarts, restartAfter } from "#src/core/protect/restart.ts";
import type { Clock } from "#src/ports/clock.ts";

/**
 * One agent with its mailbox.
 *
 * HO1  Inputs are taken one at a time, in the order in which they came; an input that an effect
 *      brings about comes after those that wait already.
 * HO2  A step that throws is a defect: the agent starts anew from its memory, the input is dropped,
 *      and an agent that keeps failing rests between attempts. Other agents do not notice.
 * HO3  One turn is short: what is left after `limits.turn` goes on in the next.
 */
export interface HostParts<Config, Memory, State, In extends Input, Out extends Effect> {
  readonly agent: Agent<Config, Memory, State, In, Out>;
  readonly config: Config;
  /** What outlived the last run, asked again at each start. */
  readonly memory: () => Memory;
  readonly clock: Clock;
  readonly perform: (effect: Out) => void;
  /** Called before the agent starts anew. */
  readonly failed: (error: unknown) => void;
}

export class Host<Config, Memory, State, In extends Input, Out extends Effect> {
  readonly #parts: HostParts<Config, Memory, State, In, Out>;
  readonly #mailbox = new Ring<In>(limits.mailbox);
  #state: State | undefined;
  #draining = false;
  #resting = false;
  #restarts: Restarts = [];

  constructor(parts: HostParts<Config, Memory, State, In, Out>) {
    this.#parts = parts;
  }

  /** Undefined before the start, and while a failing agent rests. */
  get state(): State | undefined {
    return this.#state;
  }

  start(): void {
    const { agent, config, memory, clock } = this.#parts;
    this.#draining = true;
    this.#guard(() => agent.start(config, memory(), clock.now()));
    this.#draining = false;
    this.#drain();
  }

  post(input: In): void {
    this.#mailbox.push(input);
    this.#drain();
  }

  #drain(): void {
    if (this.#draining || this.#resting || this.#state === undefined) return;
    const { agent, config, clock } = this.#parts;
    this.#draining = true;
    const began = clock.now();
    for (let input = this.#mailbox.shift(); input !== undefined; input = this.#mailbox.shift()) {
      const taken = input;
      const state = this.#state;
      if (state === undefined) break;
      this.#guard(() => agent.step(config, state, taken, clock.now()));
      if (elapsed(began, clock.now()) > limits.turn && this.#mailbox.size > 0) {
        clock.at(clock.now(), () => this.#drain());
        break;
      }
    }
    this.#draining = false;
  }

  #guard(step: () => { readonly state: State; readonly effects: readonly Out[] }): void {
    try {
      const { state, effects } = step();
      this.#state = state;
      for (const effect of effects) this.#parts.perform(effect);
    } catch (error) {
      this.#restart(error);
    }
  }

  #restart(error: unknown): void {
    const { clock, failed } = this.#parts;
    const now: Instant = clock.now();
    const { restarts, at } = restartAfter(this.#restarts, now);
    this.#restarts = restarts;
    this.#state = undefined;
    this.#resting = true;
    failed(error);
    clock.at(at, () => {
      this.#resting = false;
      this.start();
    });
  }
}
