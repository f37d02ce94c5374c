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
import { type Driven, drivenBy, isTaken, valueFor } from "./driven.ts";
import type { LoopState } from "./loop.ts";
import type { OutputState } from "./output.ts";
import type { ControlPlan } from "./plan.ts";
import type { LoopPlan } from "./plan-loops.ts";

/**
 * A test of its process that a person asked of a loop; it has the loop's output meanwhile.
 *
 * TU1  It concludes from what was done: it ends when an output stands elsewhere than its last turn asked, or
 *      when something stronger has one that it moves.
 * TU2  However it ends, its last turn asks for `start`, and its loop goes on from there.
 */
export interface Tuning {
  readonly id: string;
  readonly owner: string;
  readonly reason: string;
  readonly trial: Trial;
  /** By its last turn. */
  readonly asked: number;
  /** A person has seen enough: its next turn is its last. */
  readonly isStopped: boolean;
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
  const { output } = loop;
  if (output.kind === "drive" && plan.drives[output.drive]?.kind === "staging") {
    return refuse("its drive counts machines, and a test wants an output that takes every value");
  }
  const seen = state.values[loop.source];
  if (seen?.quality !== "good") return refuse("its input is not good");
  const start = state.loops[place]?.request?.value;
  if (start === undefined) return refuse("it does not have its output now");
  const { low, high, min, max, action, period } = loop;
  const reach = Math.abs(amplitude);
  if (!(start - reach >= low && start + reach <= high)) {
    const room = `${figure(start)} ± ${reach} leaves ${low} … ${high}`;
    return refuse(`${room}: wait until the output is off its ends, or ask for less`);
  }
  const limits = { action, start, amplitude, low: min, high: max, longest };
  const unfit = unfitness(plan, loop, state.outputs, limits);
  if (unfit !== undefined) return refuse(unfit);
  const outcome = { kind: "running", periods: 0 } as const;
  const said = { id, owner, reason, asked: start, isStopped: false, outcome };
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

const figure = (value: number): number => Number(value.toPrecision(6));

interface Move {
  readonly start: number;
  readonly amplitude: number;
}

/** Why what the loop drives would not do what a test asks. */
function unfitness(
  plan: ControlPlan,
  loop: LoopPlan,
  outputs: readonly OutputState[],
  move: Move,
): string | undefined {
  const driven = drivenBy(plan, loop, outputs);
  const slow = driven.find((one) => one.rule.rate !== undefined && isMoved(one, move));
  if (slow !== undefined) {
    return `its output ${slow.rule.name} has a rate, which would be taken for the process`;
  }
  return astray(driven, move, move.start);
}

/** A branch of a split range may stand still through a test. */
const isMoved = (driven: Driven, { start, amplitude }: Move): boolean =>
  valueFor(driven, start - amplitude) !== valueFor(driven, start + amplitude);

/** Why what was asked is not what is done (TU1). */
function astray(driven: readonly Driven[], move: Move, asked: number): string | undefined {
  if (driven.some((one) => isTaken(one.state) && isMoved(one, move))) {
    return "something stronger took its output";
  }
  const strayed = driven
    .map(({ rule, state, part }) => ({
      rule,
      is: state.value ?? Number.NaN,
      due: valueFor({ part }, asked),
    }))
    .find(({ rule, is, due }) => !(Math.abs(is - due) <= rule.resolution));
  if (strayed === undefined) return undefined;
  const { rule, is, due } = strayed;
  const stands = `its output ${rule.name} stands at ${figure(is)}, where ${figure(due)} was asked`;
  const isShared = rule.driver.kind === "loops" && rule.driver.loops.length > 1;
  return isShared ? `${stands}: another loop is selected` : stands;
}

/** One turn of the test; `value` is undefined when the input is not good. */
export function tuneOn(
  tuning: Tuning,
  driven: readonly Driven[],
  value: number | undefined,
  now: Instant,
): { readonly tuning: Tuning; readonly output: number } {
  const { trial, asked, isStopped } = tuning;
  const end = (why: string) => ({
    tuning: { ...tuning, outcome: { kind: "aborted", why } as const },
    output: trial.rule.start,
  });
  if (isStopped) return end("a person ended it");
  if (value === undefined) return end("its input is not good any more");
  const why = astray(driven, trial.rule, asked);
  if (why !== undefined) return end(why);
  if (trial.kind === "relay") {
    const { state, outcome, output } = relay(trial.rule, trial.state, value, now);
    return { tuning: { ...tuning, trial: { ...trial, state }, asked: output, outcome }, output };
  }
  const { state, outcome, output } = stepTest(trial.rule, trial.state, value, now);
  return { tuning: { ...tuning, trial: { ...trial, state }, asked: output, outcome }, output };
}

/** A person has seen enough; the output is given back in the loop's next turn (TU2). */
export function stopTuning(
  plan: ControlPlan,
  state: ControlState,
  { id, loop: name }: Extract<ControlInput, { kind: "tuneStop" }>,
): Step<ControlState, ControlEffect> {
  const place = plan.loops.findIndex((loop) => loop.name === name);
  const { tuning } = state.loops[place] ?? {};
  const isRunning = tuning?.outcome.kind === "running" && !tuning.isStopped;
  const refused = isRunning
    ? undefined
    : fault("TUNE_REFUSED", { loop: name, why: "nothing is tested" });
  const answer: ControlEffect = { kind: "reply", id, refused };
  if (tuning === undefined || !isRunning) return { state, effects: [answer] };
  const loops = state.loops.map((loop, at) =>
    at === place ? { ...loop, tuning: { ...tuning, isStopped: true } } : loop,
  );
  return { state: { ...state, loops }, effects: [answer] };
}
