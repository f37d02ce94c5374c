import type { Instant } from "#src/base/units.ts";

/**
 * The step contract. An agent is a value: all that it may know comes in as configuration, memory,
 * input and `now`; all that it wants done goes out as effects.
 *
 * AG1  A step is synchronous and pure: the same arguments give the same result, bit for bit.
 * AG2  A step never throws for anything that the world did; a throw is a defect, and the runtime
 *      starts the agent anew from `start`.
 * AG3  Effects are carried out in their order, after the step; none is skipped.
 */
export interface Agent<Config, Memory, State, In extends Input, Out extends Effect> {
  readonly kind: string;
  /** The first step: `memory` is what outlived the last run. */
  start(config: Config, memory: Memory, now: Instant): Step<State, Out>;
  step(config: Config, state: State, input: In, now: Instant): Step<State, Out>;
}

export interface Input {
  readonly kind: string;
}

export interface Effect {
  readonly kind: string;
}

export interface Step<State, Out extends Effect> {
  readonly state: State;
  readonly effects: readonly Out[];
}
