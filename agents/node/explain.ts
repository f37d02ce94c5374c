import { elapsed, type Instant } from "#src/base/units.ts";
import type {
  Claim,
  ControlStatus,
  Explanation,
  InputStatus,
  LoopTiming,
  OutputStatus,
} from "#src/contract/query.ts";
import { validate } from "#src/core/control/validate.ts";
import type { ControlState } from "./control.ts";
import type { LoopState, OutputState } from "./loop.ts";
import type { ControlPlan, LoopPlan } from "./plan.ts";

/**
 * Says out of the agent's state why things are as they are (law 8, Explained). `toWall` turns an
 * instant into milliseconds since 1970.
 */
type ToWall = (at: Instant) => number;

export function explain(
  plan: ControlPlan,
  state: ControlState,
  name: string,
  now: Instant,
  toWall: ToWall,
): Explanation | undefined {
  const index = plan.outputs.findIndex((output) => output.name === name);
  const rule = plan.outputs[index];
  const output = state.outputs[index];
  if (rule === undefined || output === undefined) return undefined;
  const at = plan.loops.findIndex((loop) => loop.output === index);
  const loop = plan.loops[at];
  const loopState = state.loops[at];
  const readBack = state.image.outputs[index];
  return {
    node: plan.node,
    output: name,
    value: output.value ?? null,
    unit: rule.unit ?? null,
    since: toWall(output.since),
    at: toWall(now),
    mode: state.mode.mode,
    modeReason: state.mode.reason,
    because: output.why,
    winner: {
      authority: output.authority,
      value: output.value ?? null,
      what: winnerOf(output, loop, loopState),
    },
    losers:
      loop === undefined || loopState === undefined
        ? []
        : losersOf(state, loop, loopState, output, now),
    inputs: loop === undefined ? [] : [inputStatus(plan, state, loop.input, now)],
    readBack: readBack === undefined || readBack.quality !== "good" ? null : readBack.value,
    limits: [
      `bounds ${rule.min} … ${rule.max}`,
      `safe value ${rule.safe}`,
      ...(rule.times === undefined
        ? []
        : [`minOn ${rule.times.minOn / 1_000} s, minOff ${rule.times.minOff / 1_000} s`]),
      `on agent loss: ${rule.onAgentLoss}`,
    ],
  };
}

function winnerOf(
  output: OutputState,
  loop: LoopPlan | undefined,
  state: LoopState | undefined,
): string {
  if (loop === undefined || state === undefined) return "no loop drives this output";
  switch (output.authority) {
    case "override":
      return sayHeld(`loop ${loop.name} at setpoint ${state.chosen.value}`, state.override);
    case "grant":
      return sayHeld(`loop ${loop.name} at setpoint ${state.chosen.value}`, state.grant);
    case "default":
      return `loop ${loop.name} at its own setpoint ${state.chosen.value}`;
    default:
      return output.why;
  }
}

const sayHeld = (what: string, held: LoopState["grant"]): string =>
  held === undefined ? what : `${what}, set by ${held.owner}: ${held.reason}`;

function losersOf(
  state: ControlState,
  loop: LoopPlan,
  of: LoopState,
  output: OutputState,
  now: Instant,
): Claim[] {
  const losers: Claim[] = [];
  const connected = state.mode.mode === "connected";
  if (of.override !== undefined && output.authority !== "override") {
    losers.push({
      authority: "override",
      value: of.override.value,
      what: `setpoint by ${of.override.owner}`,
    });
  }
  if (of.grant !== undefined && output.authority !== "grant") {
    const rest = Math.max(0, Math.round(elapsed(now, of.grant.until) / 1_000));
    losers.push({
      authority: "grant",
      value: of.grant.value,
      what: connected
        ? `setpoint by ${of.grant.owner}, ${rest} s left`
        : "the lease it hangs on has lapsed",
    });
  }
  if (output.authority !== "default") {
    losers.push({ authority: "default", value: loop.setpoint, what: `the loop's own setpoint` });
  }
  return losers;
}

function inputStatus(
  plan: ControlPlan,
  state: ControlState,
  index: number,
  now: Instant,
): InputStatus {
  const rule = plan.inputs[index];
  const reading = state.image.inputs[index];
  const base = { input: rule?.name ?? "?", unit: rule?.unit ?? null };
  if (rule === undefined || reading === undefined)
    return { ...base, value: null, quality: "bad", age: null };
  const { value, quality, age } = validate(rule, reading, now);
  const known = Number.isFinite(value);
  return { ...base, value: known ? value : null, quality, age: known ? age : null };
}

export function describe(
  plan: ControlPlan,
  state: ControlState,
  timing: (loop: number) => LoopTiming,
  now: Instant,
  toWall: ToWall,
): ControlStatus {
  return {
    mode: state.mode.mode,
    since: toWall(state.mode.since),
    reason: state.mode.reason,
    epoch: state.mode.epoch,
    loops: plan.loops.map((loop, index) => ({
      loop: loop.name,
      kind: loop.kind,
      input: plan.inputs[loop.input]?.name ?? "?",
      output: plan.outputs[loop.output]?.name ?? "?",
      setpoint: state.loops[index]?.chosen.value ?? loop.setpoint,
      authority: state.loops[index]?.chosen.authority ?? "default",
      period: loop.period,
      ...timing(index),
    })),
    inputs: plan.inputs.map((_, index) => inputStatus(plan, state, index, now)),
    outputs: plan.outputs.map((rule, index): OutputStatus => {
      const output = state.outputs[index];
      return {
        output: rule.name,
        value: output?.value ?? null,
        unit: rule.unit ?? null,
        since: toWall(output?.since ?? now),
        why: output?.why ?? "just started",
      };
    }),
  };
}
