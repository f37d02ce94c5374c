import { type Fault, fault } from "#src/base/fault.ts";
import type { Instant } from "#src/base/units.ts";
import type { Step } from "#src/core/agent.ts";
import type { ControlEffect, ControlInput } from "#src/core/control-io.ts";
import {
  type Relay,
  type RelayOutcome,
  type RelayState,
  relay,
  startRelay,
} from "#src/core/tune/relay.ts";
import {
  leastTurns,
  type StepTest,
  type StepTestOutcome,
  type StepTestState,
  startStepTest,
  stepTest,
} from "#src/core/tune/step-test.ts";
import type { ControlState } from "./control.ts";
import type { LoopState } from "./loop.ts";
import type { OutputState } from "./output.ts";
import type { ControlPlan } from "./plan.ts";
import type { LoopPlan } from "./plan-loops.ts";

/** A test of its process that a person asked of a loop; it has the loop's output meanwhile. */
export interface Tuning {
  readonly id: string;
  readonly owner: string;
  readonly reason: string;
  readonly trial: Trial;
  readonly outcome: RelayOutcome | StepTestOutcome;
}

type Trial =
  | { readonly kind: "relay"; readonly rule: Relay; readonly state: RelayState }
  | { readonly kind: "step"; readonly rule: StepTest; readonly state: StepTestState };

export const isTuning = ({ tuning }: LoopState): boolean => tuning?.outcome.kind === "running";

type TuneInput = Extract<ControlInput, { kind: "tune" }>;

/** Begins a test where the process is now, after all that could make it dangerous was looked at. */
export function beginTuning(
  plan: ControlPlan,
  state: ControlState,
  input: TuneInput,
  now: Instant,
): Step<ControlState, ControlEffect> {
  const place = plan.loops.findIndex(({ name }) => name === input.loop);
  const made = prepare(plan, state, place, input, now);
  const refused = "code" in made ? made : undefined;
  const answer: ControlEffect = { kind: "reply", id: input.id, refused };
  if ("code" in made) return { state, effects: [answer] };
  const loops = state.loops.map((loop, at) => (at === place ? { ...loop, tuning: made } : loop));
  return { state: { ...state, loops }, effects: [answer] };
}

function prepare(
  plan: ControlPlan,
  state: ControlState,
  place: number,
  { id, method, amplitude, hysteresis, longest, owner, reason, loop: name }: TuneInput,
  now: Instant,
): Tuning | Fault {
  const loop = plan.loops[place];
  if (loop === undefined) return fault("SETPOINT_UNKNOWN_LOOP", { loop: name });
  const refuse = (why: string): Fault => fault("TUNE_REFUSED", { loop: name, why });
  if (loop.kind !== "pid") return refuse("it switches on and off and has nothing to tune");
  if (loop.output === undefined) return refuse("it leads another loop, which is to be tuned first");
  const outputs = drivenBy(plan, loop, state.outputs);
  const seen = state.values[loop.source];
  if (seen?.quality !== "good") return refuse("its input is not good");
  const asked = state.loops[place]?.request?.value;
  const start = loop.output.kind === "output" ? outputs[0]?.value : asked;
  if (start === undefined || outputs.every(isTaken))
    return refuse("it does not have its output now");
  const { low, high, min, max, action, period } = loop;
  if (!(start - amplitude >= low && start + amplitude <= high)) {
    const room = `${Number(start.toPrecision(6))} ± ${amplitude} leaves ${low} … ${high}`;
    return refuse(`${room}: wait until the output is off its ends, or ask for less`);
  }
  const limits = { action, start, amplitude, low: min, high: max, longest };
  const outcome = { kind: "running", periods: 0 } as const;
  const said = { id, owner, reason, outcome };
  if (method === "step") {
    if (longest < leastTurns * period) {
      return refuse(`a step test takes ${leastTurns} of its turns and more: give it longer`);
    }
    const rule: StepTest = { ...limits, period };
    return { ...said, trial: { kind: "step", rule, state: startStepTest(seen.value, now) } };
  }
  const rule: Relay = { ...limits, setpoint: seen.value, hysteresis };
  return { ...said, trial: { kind: "relay", rule, state: startRelay(rule, seen.value, now) } };
}

/** The outputs that a loop moves: its own, or those of its drive. */
export function drivenBy(
  plan: ControlPlan,
  { output }: LoopPlan,
  outputs: readonly OutputState[],
): readonly OutputState[] {
  if (output === undefined) return [];
  const places =
    output.kind === "output" ? [output.output] : (plan.drives[output.drive]?.outputs ?? []);
  return places.flatMap((place) => outputs[place] ?? []);
}

/** Somebody stronger has it, or another person. */
const isTaken = ({ authority, hand }: OutputState): boolean =>
  hand !== undefined ||
  authority === "kill" ||
  authority === "interlock" ||
  authority === "safe-state";

/** One turn of the test; `value` is undefined when the input is not good. */
export function tuneOn(
  tuning: Tuning,
  outputs: readonly OutputState[],
  value: number | undefined,
  now: Instant,
): { readonly tuning: Tuning; readonly output: number } {
  const { trial } = tuning;
  const end = (why: string) => ({
    tuning: { ...tuning, outcome: { kind: "aborted", why } as const },
    output: trial.rule.start,
  });
  if (value === undefined) return end("its input is not good any more");
  if (outputs.every(isTaken)) return end("something stronger took its output");
  if (trial.kind === "relay") {
    const { state, outcome, output } = relay(trial.rule, trial.state, value, now);
    return { tuning: { ...tuning, trial: { ...trial, state }, outcome }, output };
  }
  const { state, outcome, output } = stepTest(trial.rule, trial.state, value, now);
  return { tuning: { ...tuning, trial: { ...trial, state }, outcome }, output };
}

/** A person has seen enough. */
export function stopTuning(
  plan: ControlPlan,
  state: ControlState,
  { id, loop: name }: Extract<ControlInput, { kind: "tuneStop" }>,
): Step<ControlState, ControlEffect> {
  const place = plan.loops.findIndex((loop) => loop.name === name);
  const { tuning } = state.loops[place] ?? {};
  const isRunning = tuning?.outcome.kind === "running";
  const refused = isRunning
    ? undefined
    : fault("TUNE_REFUSED", { loop: name, why: "nothing is tested" });
  const answer: ControlEffect = { kind: "reply", id, refused };
  if (tuning === undefined || !isRunning) return { state, effects: [answer] };
  const outcome = { kind: "aborted", why: "a person ended it" } as const;
  const loops = state.loops.map((loop, at) =>
    at === place ? { ...loop, tuning: { ...tuning, outcome } } : loop,
  );
  return { state: { ...state, loops }, effects: [answer] };
}
