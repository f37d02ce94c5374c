import { unreachable } from "#src/base/assert.ts";
import { type Fault, fault } from "#src/base/fault.ts";
import { after, type Instant, type Millis, millis } from "#src/base/units.ts";
import type { Image } from "#src/contract/image.ts";
import { limits } from "#src/contract/limits.ts";
import type { Kill, SafetyMemory } from "#src/contract/safety-memory.ts";
import type { Agent, Step } from "#src/core/agent.ts";
import {
  aloneFor,
  hearLease,
  type ModeMachine,
  modeAt,
  modeAtStart,
  recallRegion,
} from "#src/core/authority/mode.ts";
import type { Held } from "#src/core/authority/setpoint.ts";
import type { Sensed } from "#src/core/control/sensor.ts";
import type { ControlEffect, ControlInput, ControlMemory, Grant } from "#src/core/control-io.ts";
import { type InterlockState, startInterlock } from "#src/core/safety/interlock.ts";
import { decide } from "./decide.ts";
import { type DriveState, divide, driveDemand, startDrive } from "./drive.ts";
import { takeInHand } from "./hand.ts";
import { reset, watch } from "./interlocks.ts";
import { switchOff } from "./kills.ts";
import { isUrgent, type LoopState, type Surroundings, startLoop, turn } from "./loop.ts";
import { adopt, failedOutput, type OutputState, startOutput } from "./output.ts";
import type { ControlPlan } from "./plan.ts";
import type { LoopPlan } from "./plan-loops.ts";
import type { OutputPlan } from "./plan-outputs.ts";
import { record, recordAfter, recordedLoop } from "./record.ts";
import { earlierTrip, recall, safetyMemory, withStarts } from "./safety-memory.ts";
import { look } from "./sources.ts";
import { beginTuning, stopTuning } from "./tuning.ts";

/**
 * The control agent of a node: it owns devices, loops and safety, and needs nothing else to live.
 *
 * C1  Every value that is written lies within the output's bounds (law 1, Bounded).
 * C2  Every decision comes out of the image, the configuration and the clock; a message can only
 *     grant a setpoint inside the loop's bounds, for a time (laws 2 and 3).
 * C3  An output whose loop has no good input is in the safe state that it declares for that.
 * C4  An output without a loop stays at its safe value.
 * C5  Every output is written again each `refresh`, whatever the period of its loop: that feeds the
 *     device's watchdog.
 * C7  A kill is stronger than all else, outlives the process, and ends by a person alone (law 7, Latched).
 * C6  An output that an interlock forces has the interlock's value, whatever its loop does; but for a
 *     start within its minimum pause.
 */
export interface ControlState {
  readonly mode: ModeMachine;
  readonly loops: readonly LoopState[];
  readonly drives: readonly DriveState[];
  readonly outputs: readonly OutputState[];
  readonly interlocks: readonly InterlockState[];
  readonly kills: readonly Kill[];
  readonly values: readonly Sensed[];
  /** What was last written down. */
  readonly safety: SafetyMemory;
  /** This run of the computer. */
  readonly computer: string;
  readonly image: Image;
  readonly nextRecord: Instant;
  readonly nextRemember: Instant;
}

export const control: Agent<ControlPlan, ControlMemory, ControlState, ControlInput, ControlEffect> =
  {
    kind: "control",

    start(plan, memory, now) {
      const mode = modeAtStart(plan.hasUplink ? memory.epoch : 0, memory.isolatedFor, now);
      const state: ControlState = {
        mode,
        loops: plan.loops.map((loop) => startLoop(loop, now)),
        outputs: plan.outputs.map((rule, place) => {
          const value = memory.failed?.[place];
          const output =
            value === undefined ? startOutput(now) : { ...failedOutput(rule, now), value };
          return withStarts(rule, output, memory, now);
        }),
        drives: plan.drives.map((rule) => startDrive(plan, rule, memory.safety.ran)),
        interlocks: plan.interlocks.map(({ name }) =>
          startInterlock(earlierTrip(memory.safety, name, now), now),
        ),
        kills: memory.safety.kills,
        values: [],
        safety: memory.safety,
        computer: memory.computer,
        image: { inputs: [], outputs: [] },
        nextRecord: now,
        nextRemember: after(now, limits.rememberEvery),
      };
      const alone = aloneFor(mode, now);
      const told: ControlEffect = { kind: "mode", mode };
      // At once, for the next start may be sooner than the next time to write it down (MM2).
      const isAlone: ControlEffect = { kind: "remember", isolatedFor: alone };
      return { state, effects: alone > 0 ? [told, isAlone] : [told] };
    },

    step(plan, state, input, now) {
      switch (input.kind) {
        case "cycle":
          return cycle(plan, state, input, now);
        case "recall":
          return recallAll(plan, state, input.memory, now);
        case "lease":
          // A lapse that no cycle has seen yet is a lapse all the same (MM3).
          return enter(state, hearLease(modeAt(state.mode, plan.budget, now), input, now), now);
        case "grant":
          return take(plan, state, "grant", input.grant, now);
        case "override":
          return take(plan, state, "override", input.grant, now);
        case "release":
          return release(plan, state, input.loop, input.id);
        case "force":
          return takeInHand(plan, state, input, now);
        case "kill":
        case "revive":
          return switchOff(plan, state, input);
        case "tune":
          return beginTuning(plan, state, input, now);
        case "tuneStop":
          return stopTuning(plan, state, input);
        case "reset":
          return reset(plan, state, input);
        default:
          return unreachable(input, "control input");
      }
    },
  };

type CycleInput = Extract<ControlInput, { kind: "cycle" }>;
type ControlStep = Step<ControlState, ControlEffect>;

/** One turn of the cycle, DESIGN section 4: image, validation, loops, drives, solver, write, trace. */
function cycle(
  plan: ControlPlan,
  before: ControlState,
  input: CycleInput,
  now: Instant,
): ControlStep {
  const moved = enter(before, modeAt(before.mode, plan.budget, now), now);
  const { mode, computer, nextRecord, nextRemember } = moved.state;
  const { image, wall } = input;
  const { kills } = before;
  const values = look(plan, before.values, image, wall, now);
  const watched = watch(plan, before.interlocks, values, before.outputs, now);
  const { interlocks } = watched;
  const effects = moved.effects.concat(watched.effects);
  const loops = moved.state.loops.slice();
  const outputs = adoptAll(plan, moved.state.outputs, image, now);
  const around = { plan, loops, outputs, values, mode: mode.mode, now };
  turnLoops(input, around, effects);
  const drives = divideAll(before.drives, around);
  const claimants = { plan, loops, drives, interlocks, kills, values, mode: mode.mode, now };
  for (let place = 0; place < plan.outputs.length; place += 1) {
    const rule = plan.outputs[place] as OutputPlan;
    const ordered = decide(rule, place, outputs[place] as OutputState, claimants);
    outputs[place] = ordered.output;
    for (const effect of ordered.effects) effects.push(effect);
  }
  const safety = safetyMemory(plan, before, interlocks, outputs, drives, now);
  if (safety !== before.safety) effects.push({ kind: "rememberSafety", safety });
  const isRecorded = now >= nextRecord;
  const next: ControlState = {
    mode,
    loops: isRecorded ? loops.map(recordedLoop) : loops,
    outputs,
    drives,
    interlocks,
    kills,
    values,
    safety,
    computer,
    image,
    nextRecord: isRecorded ? recordAfter(nextRecord, now) : nextRecord,
    nextRemember,
  };
  if (isRecorded) effects.push({ kind: "record", row: record(plan, next, loops, now) });
  return remember(next, effects, now);
}

/** What a turn is about to change. */
interface Turning extends Surroundings {
  readonly loops: LoopState[];
}

function adoptAll(
  plan: ControlPlan,
  states: readonly OutputState[],
  image: Image,
  now: Instant,
): OutputState[] {
  const outputs = states.slice();
  for (let place = 0; place < outputs.length; place += 1) {
    const output = outputs[place] as OutputState;
    outputs[place] = adopt(plan.outputs[place], output, image.outputs[place], now);
  }
  return outputs;
}

/** Those whose turn it is, then those that cannot wait for theirs. */
function turnLoops({ due, lateness }: CycleInput, around: Turning, effects: ControlEffect[]): void {
  const { plan, loops, values, now } = around;
  for (let at = 0; at < due.length; at += 1) {
    const place = due[at] as number;
    if (plan.loops[place] !== undefined) {
      turnLoop(place, lateness[at] ?? millis(0), around, effects);
    }
  }
  for (let place = 0; place < plan.loops.length; place += 1) {
    const { source } = plan.loops[place] as LoopPlan;
    if (isUrgent(loops[place] as LoopState, values[source], now)) {
      turnLoop(place, millis(0), around, effects);
    }
  }
}

function turnLoop(
  place: number,
  lateness: Millis,
  around: Turning,
  effects: ControlEffect[],
): void {
  const { loop, fault: met } = turn(place, lateness, around);
  around.loops[place] = loop;
  if (met !== undefined) effects.push({ kind: "report", fault: met });
}

function divideAll(states: readonly DriveState[], around: Turning): readonly DriveState[] {
  const { plan, loops } = around;
  if (plan.drives.length === 0) return states;
  return plan.drives.map((rule, place) =>
    divide(rule, states[place] as DriveState, driveDemand(plan, loops, place), around),
  );
}

/** Once a minute how long the node has been by itself. */
function remember(state: ControlState, effects: ControlEffect[], now: Instant): ControlStep {
  if (now < state.nextRemember) return { state, effects };
  const isolatedFor = aloneFor(state.mode, now);
  if (isolatedFor > 0) effects.push({ kind: "remember", isolatedFor });
  return { state: { ...state, nextRemember: after(now, limits.rememberEvery) }, effects };
}

/** What the disk knew is known now: of people's orders, of machines, and of the region. */
function recallAll(
  plan: ControlPlan,
  state: ControlState,
  memory: ControlMemory,
  now: Instant,
): ControlStep {
  const known = recall(plan, state, memory, now);
  const { epoch, isolatedFor } = memory;
  const mode = recallRegion(state.mode, plan.hasUplink ? epoch : 0, isolatedFor, now);
  const moved = enter(known, mode, now);
  return {
    state: moved.state,
    effects: [...moved.effects, { kind: "recalled", safety: known.safety }],
  };
}

const none: readonly ControlEffect[] = [];

/** Takes up a mode; with the lease go the setpoints that hung on it. */
function enter(state: ControlState, mode: ModeMachine, now: Instant): ControlStep {
  if (mode === state.mode) return { state, effects: none };
  if (mode.mode === state.mode.mode) return { state: { ...state, mode }, effects: none };
  const isConnected = mode.mode === "connected";
  const loops = state.loops.map((loop) => ({
    ...loop,
    grant: isConnected ? loop.grant : undefined,
    isCalled: true,
  }));
  return {
    state: { ...state, mode, loops, nextRemember: after(now, limits.rememberEvery) },
    effects: [
      { kind: "mode", mode },
      { kind: "remember", isolatedFor: aloneFor(mode, now) },
    ],
  };
}

function take(
  plan: ControlPlan,
  state: ControlState,
  as: "grant" | "override",
  grant: Grant,
  now: Instant,
): ControlStep {
  const index = plan.loops.findIndex((loop) => loop.name === grant.loop);
  const loop = plan.loops[index];
  const refused = refusalOf(loop, state, as, grant);
  const { id } = grant;
  const answer: ControlEffect =
    as === "grant"
      ? { kind: "answer", id, loop: grant.loop, refused }
      : { kind: "reply", id, refused };
  if (refused !== undefined) return { state, effects: [answer] };
  const held: Held = {
    id: grant.id,
    value: grant.value,
    until: after(now, grant.for),
    owner: grant.owner,
    reason: grant.reason,
  };
  const loops = state.loops.map((one, at) =>
    at === index ? { ...one, [as]: held, isCalled: true } : one,
  );
  return { state: { ...state, loops }, effects: [answer] };
}

function refusalOf(
  loop: LoopPlan | undefined,
  state: ControlState,
  as: "grant" | "override",
  grant: Grant,
): Fault | undefined {
  if (loop === undefined) return fault("SETPOINT_UNKNOWN_LOOP", { loop: grant.loop });
  const { min, max } = loop;
  if (!(grant.value >= min && grant.value <= max)) {
    return fault("SETPOINT_BOUNDS", { loop: loop.name, value: grant.value, min, max });
  }
  if (as === "grant" && state.mode.mode !== "connected") {
    return fault("SETPOINT_NO_LEASE", { loop: loop.name, mode: state.mode.mode });
  }
  return undefined;
}

function release(plan: ControlPlan, state: ControlState, name: string, id: string): ControlStep {
  const index = plan.loops.findIndex((loop) => loop.name === name);
  if (index < 0) {
    return {
      state,
      effects: [{ kind: "reply", id, refused: fault("SETPOINT_UNKNOWN_LOOP", { loop: name }) }],
    };
  }
  const loops = state.loops.map((loop, at) =>
    at === index ? { ...loop, override: undefined, isCalled: true } : loop,
  );
  return {
    state: { ...state, loops },
    effects: [{ kind: "reply", id, refused: undefined }],
  };
}
