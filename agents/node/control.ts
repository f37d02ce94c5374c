import { unreachable } from "#src/base/assert.ts";
import { type Fault, fault } from "#src/base/fault.ts";
import { after, elapsed, type Instant, millis } from "#src/base/units.ts";
import type { Image } from "#src/contract/image.ts";
import { limits } from "#src/contract/limits.ts";
import type { Agent, Step } from "#src/core/agent.ts";
import {
  aloneFor,
  hearLease,
  type ModeMachine,
  modeAt,
  modeAtStart,
} from "#src/core/authority/mode.ts";
import type { Held } from "#src/core/authority/setpoint.ts";
import type { ControlEffect, ControlInput, ControlMemory, Grant } from "#src/core/control-io.ts";
import {
  adopt,
  drive,
  failedOutput,
  type LoopState,
  type OutputState,
  startLoop,
  startOutput,
} from "./loop.ts";
import type { ControlPlan, LoopPlan } from "./plan.ts";
import { record } from "./record.ts";

/**
 * The control agent of a node: it owns devices, loops and safety, and needs nothing else to live.
 *
 * C1  Every value that is written lies within the output's bounds (law 1, Bounded).
 * C2  Every decision comes out of the image, the configuration and the clock; a message can only
 *     grant a setpoint inside the loop's bounds, for a time (laws 2 and 3).
 * C3  A loop whose input is not good drives its output to the output's safe value.
 * C4  An output without a loop stays at its safe value.
 * C5  Every output is written again each `refresh`, whatever the period of its loop: that feeds the
 *     device's watchdog.
 */
export interface ControlState {
  readonly mode: ModeMachine;
  readonly loops: readonly LoopState[];
  readonly outputs: readonly OutputState[];
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
        loops: plan.loops.map((loop) => startLoop(loop)),
        outputs: plan.outputs.map((rule) =>
          memory.failed === true ? failedOutput(rule, now) : startOutput(now),
        ),
        image: { inputs: [], outputs: [] },
        nextRecord: now,
        nextRemember: after(now, limits.rememberEvery),
      };
      return { state, effects: [{ kind: "mode", mode }] };
    },

    step(plan, state, input, now) {
      switch (input.kind) {
        case "cycle":
          return cycle(plan, state, input, now);
        case "lease":
          // A lapse that no cycle has seen yet is a lapse all the same (MM3).
          return enter(state, hearLease(modeAt(state.mode, plan.budget, now), input, now), now);
        case "grant":
          return take(plan, state, "grant", input.grant, now);
        case "override":
          return take(plan, state, "override", input.grant, now);
        case "release":
          return release(plan, state, input.loop, input.id);
        default:
          return unreachable(input, "control input");
      }
    },
  };

type CycleInput = Extract<ControlInput, { kind: "cycle" }>;
type ControlStep = Step<ControlState, ControlEffect>;

/** One turn of the cycle, DESIGN section 4: image, validation, loops, solver, limits, write, trace. */
function cycle(
  plan: ControlPlan,
  before: ControlState,
  input: CycleInput,
  now: Instant,
): ControlStep {
  const moved = enter(before, modeAt(before.mode, plan.budget, now), now);
  const { image } = input;
  const loops = [...moved.state.loops];
  const outputs = moved.state.outputs.map((output, index) =>
    adopt(plan.outputs[index], output, image.outputs[index], now),
  );
  const effects: ControlEffect[] = [...moved.effects];
  for (const [turn, index] of input.due.entries()) {
    const loop = plan.loops[index];
    const state = loops[index];
    if (loop === undefined || state === undefined) continue;
    const lateness = input.lateness[turn] ?? millis(0);
    const driven = drive(plan, loop, state, outputs, image, moved.state.mode.mode, lateness, now);
    loops[index] = driven.loop;
    outputs[loop.output] = driven.output;
    effects.push(...driven.effects);
  }
  effects.push(...refreshIdle(plan, outputs, now), ...refreshDriven(plan, outputs, now));
  const recorded = record(plan, { ...moved.state, loops, outputs, image }, now);
  const remembered = remember(recorded.state, now);
  return {
    state: remembered.state,
    effects: [...effects, ...recorded.effects, ...remembered.effects],
  };
}

/** C4: outputs that no loop drives are kept at their safe value. */
function refreshIdle(plan: ControlPlan, outputs: OutputState[], now: Instant): ControlEffect[] {
  const effects: ControlEffect[] = [];
  for (const [index, rule] of plan.outputs.entries()) {
    const output = outputs[index];
    if (output === undefined || rule.hasLoop) continue;
    const due = output.writtenAt === undefined || elapsed(output.writtenAt, now) >= rule.refresh;
    if (output.value === rule.safe && !due) continue;
    const since = output.value === rule.safe ? output.since : now;
    outputs[index] = {
      ...output,
      value: rule.safe,
      since,
      writtenAt: now,
      orderedAt: output.value === rule.safe ? output.orderedAt : now,
      authority: "safe-state",
      why: "no loop drives it",
    };
    effects.push({ kind: "actuate", output: index, value: rule.safe });
  }
  return effects;
}

/** C5: what a loop decided is said again though its next turn is far off. */
function refreshDriven(plan: ControlPlan, outputs: OutputState[], now: Instant): ControlEffect[] {
  const effects: ControlEffect[] = [];
  for (const [index, rule] of plan.outputs.entries()) {
    const output = outputs[index];
    if (!rule.hasLoop || output?.value === undefined) continue;
    const { writtenAt } = output;
    if (writtenAt !== undefined && elapsed(writtenAt, now) < rule.refresh) continue;
    // It may have been adopted from a device that somebody moved by hand.
    const value = Math.min(rule.max, Math.max(rule.min, output.value));
    const since = value === output.value ? output.since : now;
    outputs[index] = { ...output, value, since, writtenAt: now };
    effects.push({ kind: "actuate", output: index, value });
  }
  return effects;
}

/** Takes up a mode; with the lease go the setpoints that hung on it. */
function enter(state: ControlState, mode: ModeMachine, now: Instant): ControlStep {
  if (mode === state.mode) return { state, effects: [] };
  if (mode.mode === state.mode.mode) return { state: { ...state, mode }, effects: [] };
  const loops =
    mode.mode === "connected"
      ? state.loops
      : state.loops.map((loop) => ({ ...loop, grant: undefined }));
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
  const answer: ControlEffect = { kind: "answer", id: grant.id, loop: grant.loop, refused };
  if (refused !== undefined) return { state, effects: [answer] };
  const held: Held = {
    id: grant.id,
    value: grant.value,
    until: after(now, grant.for),
    owner: grant.owner,
    reason: grant.reason,
  };
  const loops = state.loops.map((one, at) => (at === index ? { ...one, [as]: held } : one));
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
      effects: [
        { kind: "answer", id, loop: name, refused: fault("SETPOINT_UNKNOWN_LOOP", { loop: name }) },
      ],
    };
  }
  const loops = state.loops.map((loop, at) =>
    at === index ? { ...loop, override: undefined } : loop,
  );
  return {
    state: { ...state, loops },
    effects: [{ kind: "answer", id, loop: name, refused: undefined }],
  };
}

function remember(state: ControlState, now: Instant): ControlStep {
  if (now < state.nextRemember) return { state, effects: [] };
  const isolatedFor = aloneFor(state.mode, now);
  return {
    state: { ...state, nextRemember: after(now, limits.rememberEvery) },
    effects: isolatedFor > 0 ? [{ kind: "remember", isolatedFor }] : [],
  };
}
