import type { Instant } from "#src/base/units.ts";
import type { Mode } from "#src/contract/messages.ts";
import type { Authority } from "#src/contract/query.ts";
import type { Kill } from "#src/contract/safety-memory.ts";
import { isAlone } from "#src/core/authority/mode.ts";
import type { Held } from "#src/core/authority/setpoint.ts";
import type { Claim } from "#src/core/authority/solve.ts";
import { select } from "#src/core/control/select.ts";
import type { Sensed } from "#src/core/control/sensor.ts";
import type { InterlockState } from "#src/core/safety/interlock.ts";
import { killOf } from "#src/core/safety/kill.ts";
import { enter, type SafeState, safeValueAt, type Want } from "#src/core/safety/safe-state.ts";
import type { DriveState } from "./drive.ts";
import { handOn } from "./hand.ts";
import type { LoopState } from "./loop.ts";
import { goOn, type Ordered, type OutputState, order } from "./output.ts";
import type { ControlPlan } from "./plan.ts";
import type { OutputPlan } from "./plan-outputs.ts";
import type { Cause } from "./reason.ts";
import { isTuning } from "./tuning.ts";

/** Who may claim an output in this cycle. */
export interface Claimants {
  readonly plan: ControlPlan;
  readonly loops: readonly LoopState[];
  readonly drives: readonly DriveState[];
  readonly interlocks: readonly InterlockState[];
  readonly kills: readonly Kill[];
  readonly values: readonly Sensed[];
  readonly mode: Mode;
  readonly now: Instant;
}

/** What is asked of one output by its loop or drive; no value when its safe state is due. */
export interface Demand {
  readonly value: number | undefined;
  readonly authority: Authority;
  readonly cause: Cause;
  /** When it was decided. */
  readonly at: Instant;
}

export function decide(
  rule: OutputPlan,
  place: number,
  output: OutputState,
  claimants: Claimants,
): Ordered {
  const { now } = claimants;
  const hand = handOn(output, now);
  const stronger = strongerThanSafety(rule, hand, claimants);
  const demand = demandOf(rule, claimants);
  // What somebody stronger has moved enters its safe state anew, from where that leaves it (SS4).
  const safety = stronger.length > 0 ? undefined : safetyOf(rule, demand, claimants);
  const entered =
    safety === undefined ? undefined : enter(output.entered, safety.want, output.value, now);
  const isSame = entered === output.entered && hand === output.hand;
  const known = isSame ? output : { ...output, entered, hand };
  let own: Claim<Cause> | undefined;
  if (safety !== undefined && entered !== undefined) {
    const value = safeValueAt(safety.state, entered, now);
    if (value !== undefined) own = { authority: "safe-state", value, cause: safety.cause };
  } else if (demand?.value !== undefined && isNewer(demand, output)) {
    own = { authority: demand.authority, value: demand.value, cause: demand.cause };
  }
  const claims = own === undefined ? stronger : [...stronger, own];
  if (claims.length > 0) return order(rule, place, known, claims, now);
  return goOn(rule, place, known, now);
}

function strongerThanSafety(
  rule: OutputPlan,
  hand: Held | undefined,
  claimants: Claimants,
): Claim<Cause>[] {
  const isFree = claimants.kills.length === 0 && rule.interlocks.length === 0;
  const claims: Claim<Cause>[] = isFree
    ? []
    : [...killed(rule, claimants), ...forced(rule, claimants)];
  if (hand !== undefined) {
    claims.push({ authority: "override", value: hand.value, cause: { kind: "hand", hand } });
  }
  return claims;
}

/** What was taken over from the device stands until its loop's next turn. */
const isNewer = ({ at }: Demand, { adoptedAt }: OutputState): boolean =>
  adoptedAt === undefined || at >= adoptedAt;

function killed({ name, safe }: OutputPlan, { kills }: Claimants): readonly Claim<Cause>[] {
  const kill = killOf(kills, name);
  return kill === undefined
    ? []
    : [{ authority: "kill", value: safe, cause: { kind: "kill", kill } }];
}

/** The first that tripped stands first (AS2). */
function forced(rule: OutputPlan, { interlocks }: Claimants): readonly Claim<Cause>[] {
  if (rule.interlocks.length === 0) return [];
  return rule.interlocks
    .flatMap(({ interlock, value }) => {
      const state = interlocks[interlock];
      if (state?.trippedAt === undefined) return [];
      const cause: Cause = { kind: "interlock", interlock, isBlind: state.isBlind };
      return [{ at: state.trippedAt, claim: { authority: "interlock" as const, value, cause } }];
    })
    .sort((one, other) => one.at - other.at)
    .map(({ claim }) => claim);
}

interface Safety {
  readonly want: Want;
  readonly state: SafeState;
  readonly cause: Cause;
}

/** The safe state that an output must be in now, and why; undefined while it may follow its loop. */
function safetyOf(
  rule: OutputPlan,
  demand: Demand | undefined,
  { mode }: Claimants,
): Safety | undefined {
  if (rule.driver.kind === "none") {
    return { want: "loop", state: { kind: "value", value: rule.safe }, cause: noLoop };
  }
  if (isAlone(mode) && rule.onPartition !== undefined) {
    return { want: "region", state: rule.onPartition, cause: partition };
  }
  if (demand === undefined || demand.value !== undefined) return undefined;
  return { want: "sensor", state: rule.onSensorBad, cause: demand.cause };
}

const noLoop: Cause = { kind: "no-loop" };
const partition: Cause = { kind: "partition" };

/** What its safe state would ask of an output if nobody else had it; undefined while none is due. */
export function safetyDue(
  rule: OutputPlan,
  { value }: OutputState,
  claimants: Claimants,
): Claim<Cause> | undefined {
  const due = safetyOf(rule, demandOf(rule, claimants), claimants);
  if (due === undefined) return undefined;
  const { now } = claimants;
  const asked = safeValueAt(due.state, enter(undefined, due.want, value, now), now);
  return { authority: "safe-state", value: asked ?? rule.safe, cause: due.cause };
}

function demandOf(rule: OutputPlan, claimants: Claimants): Demand | undefined {
  const { driver } = rule;
  if (driver.kind === "none") return undefined;
  if (driver.kind === "value") return demandOfValue(driver.source, claimants);
  if (driver.kind === "drive") {
    const drive = claimants.drives[driver.drive];
    return drive?.demand === undefined
      ? undefined
      : { ...drive.demand, value: drive.values[driver.place] };
  }
  const [only] = driver.loops;
  if (driver.loops.length === 1 && only !== undefined) return demandOfLoop(claimants.loops[only]);
  const demands = driver.loops.map((place) => demandOfLoop(claimants.loops[place]));
  // A limit that nobody knows is no reason to go on without it.
  const unknown = demands.find((demand) => demand?.value === undefined);
  if (demands.some((demand) => demand === undefined) || unknown !== undefined) return unknown;
  const values = demands.map((demand) => demand?.value ?? Number.NaN);
  return demands[select(driver.take, values).winner];
}

function demandOfValue(source: number, { values, now }: Claimants): Demand {
  const seen = values[source];
  return seen?.usable === true
    ? { value: seen.value, authority: "default", cause: { kind: "follows", source }, at: now }
    : {
        value: undefined,
        authority: "default",
        cause: { kind: "bad-input", source, quality: seen?.quality ?? "missing" },
        at: now,
      };
}

export function demandOfLoop(loop: LoopState | undefined): Demand | undefined {
  if (loop?.request === undefined || loop.lastRun === undefined) return undefined;
  const { request, chosen, lastRun } = loop;
  return {
    value: request.value,
    authority: isTuning(loop) ? "override" : chosen.authority,
    cause: request.cause,
    at: lastRun,
  };
}
