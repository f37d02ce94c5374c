import { elapsed, type Instant, type Millis, millis } from "#src/base/units.ts";
import type { SafetyMemory } from "#src/contract/safety-memory.ts";
import { isMeasured } from "#src/core/control/sensor.ts";
import { splitRange } from "#src/core/control/split-range.ts";
import { type StagingState, stage, startStaging, takeUp } from "#src/core/control/staging.ts";
import { permitRun } from "#src/core/safety/run-times.ts";
import { type Demand, demandOfLoop } from "./decide.ts";
import { handOn } from "./hand.ts";
import type { LoopState, Surroundings } from "./loop.ts";
import { type OutputState, runs } from "./output.ts";
import type { ControlPlan } from "./plan.ts";
import type { DrivePlan } from "./plan-drives.ts";
import type { OutputPlan } from "./plan-outputs.ts";

/** What a drive makes of its loop's demand for each of its outputs. */
export interface DriveState {
  /** Undefined before its loop's first turn. */
  readonly demand: Demand | undefined;
  /** Of its outputs, in its order; undefined: nothing may be asked of them. */
  readonly values: readonly (number | undefined)[];
  readonly staging: StagingState | undefined;
  /** How long each machine has run, as far as it is known (SM3). */
  readonly ran: readonly Millis[];
  readonly at: Instant | undefined;
}

export const startDrive = (
  plan: ControlPlan,
  rule: DrivePlan,
  ran: SafetyMemory["ran"],
): DriveState => ({
  demand: undefined,
  values: rule.outputs.map(() => undefined),
  staging: rule.kind === "staging" ? startStaging(rule.outputs.length) : undefined,
  ran: rule.outputs.map((place) => millis(ran[plan.outputs[place]?.name ?? ""] ?? 0)),
  at: undefined,
});

/** The demand of the one loop that drives it. */
export function driveDemand(
  plan: ControlPlan,
  loops: readonly LoopState[],
  drive: number,
): Demand | undefined {
  const place = plan.loops.findIndex(
    ({ output }) => output?.kind === "drive" && output.drive === drive,
  );
  return demandOfLoop(loops[place]);
}

export function divide(
  rule: DrivePlan,
  state: DriveState,
  demand: Demand | undefined,
  around: Surroundings,
): DriveState {
  if (demand === undefined) return state;
  const { value } = demand;
  if (value === undefined) {
    const values = rule.outputs.map(() => undefined);
    return { ...state, demand, values, ran: ranUntilNow(rule, state, around), at: around.now };
  }
  if (rule.kind === "split-range") {
    return { ...state, demand, values: splitRange(rule.parts, value), at: around.now };
  }
  return distribute(rule, state, { ...demand, value }, around);
}

type StagingPlan = Extract<DrivePlan, { kind: "staging" }>;

/** Also while nothing may be asked of them, and they do what is safe. */
function ranUntilNow(
  rule: DrivePlan,
  { ran, at: last }: DriveState,
  { plan, outputs, now }: Surroundings,
): readonly Millis[] {
  const since = last === undefined ? 0 : elapsed(last, now);
  return ran.map((before, at) => {
    const place = rule.outputs[at] as number;
    const isOn = runs(plan.outputs[place] as OutputPlan, outputs[place] as OutputState);
    return millis(before + (isOn ? since : 0));
  });
}

function distribute(
  rule: StagingPlan,
  state: DriveState,
  demand: Demand & { readonly value: number },
  around: Surroundings,
): DriveState {
  const { plan, outputs, values, now } = around;
  const ran = ranUntilNow(rule, state, around);
  const machines = rule.outputs.map((place, at) => {
    const output = outputs[place] as OutputState;
    const flag = rule.unavailable[at];
    const isAway = flag !== undefined && isRaised(values[flag]);
    const isStuck = output.defied?.isTold === true;
    const own = allowed(plan.outputs[place] as OutputPlan, output, now);
    // It obeys somebody else: what runs counts and is not stopped, what stands is not relied upon.
    const isTaken = hasOther(output, now);
    return {
      ...own,
      mayStop: own.mayStop && !isTaken,
      available: !isAway && !isStuck && (own.runs || !isTaken),
      runTime: ran[at] as Millis,
    };
  });
  const before = state.staging as StagingState;
  const begun = state.demand?.value === undefined ? takeUp(before, machines) : before;
  const staged = stage(rule.staging, begun, { demand: demand.value, machines }, now);
  return {
    demand: { ...demand, cause: { kind: "staged", why: staged.why, of: demand.cause } },
    values: staged.on.map((on, at) => {
      const output = plan.outputs[rule.outputs[at] as number] as OutputPlan;
      return on ? output.max : output.min;
    }),
    staging: staged.state,
    ran,
    at: now,
  };
}

const hasOther = (output: OutputState, now: Instant): boolean =>
  output.authority === "kill" ||
  output.authority === "interlock" ||
  handOn(output, now) !== undefined;

/** A flag that is not known is taken as raised: a machine that may be broken is not relied upon. */
const isRaised = (flag: Surroundings["values"][number] | undefined): boolean =>
  flag === undefined || !isMeasured(flag) || flag.value !== 0;

function allowed(rule: OutputPlan, output: OutputState, now: Instant) {
  const on = runs(rule, output);
  if (rule.times === undefined) return { runs: on, mayStart: true, mayStop: true };
  const running = { on, since: output.switchedAt, starts: output.starts };
  const changed = permitRun(rule.times, running, !on, false, now).on !== on;
  return { runs: on, mayStart: on || changed, mayStop: !on || changed };
}
