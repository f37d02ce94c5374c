import { elapsed, type Instant } from "#src/base/units.ts";
import type { Explanation, InputStatus } from "#src/contract/query.ts";
import type { ControlState } from "./control.ts";
import type { LoopState } from "./loop.ts";
import { losersOf } from "./losers.ts";
import type { OutputState } from "./output.ts";
import type { ControlPlan } from "./plan.ts";
import type { LoopPlan } from "./plan-loops.ts";
import type { OutputPlan } from "./plan-outputs.ts";
import { loopOf, quantity, sayReason, sourceUnit, whose } from "./reason.ts";

/**
 * Says out of the agent's state why things are as they are (law 8, Explained). `toWall` turns an
 * instant into milliseconds since 1970.
 */
export type ToWall = (at: Instant) => number;

export function explain(
  plan: ControlPlan,
  state: ControlState,
  name: string,
  now: Instant,
  toWall: ToWall,
): Explanation | undefined {
  const place = plan.outputs.findIndex((output) => output.name === name);
  const rule = plan.outputs[place];
  const output = state.outputs[place];
  if (rule === undefined || output === undefined) return undefined;
  const loops = loopsOf(plan, rule);
  const readBack = state.image.outputs[place];
  const because = sayReason(plan, rule, output.reason, now);
  return {
    node: plan.node,
    output: name,
    value: output.value ?? null,
    unit: rule.unit ?? null,
    since: toWall(output.since),
    at: toWall(now),
    mode: state.mode.mode,
    modeReason: state.mode.reason,
    because,
    winner: {
      authority: output.authority,
      value: output.value ?? null,
      unit: rule.unit ?? null,
      what: winnerOf(plan, state, output, loops, because),
    },
    losers: losersOf(plan, state, rule, output, loops, now),
    inputs: sourcesOf(plan, rule, loops).map((source) => inputStatus(plan, state, source, now)),
    readBack: readBack === undefined || readBack.quality !== "good" ? null : readBack.value,
    safe: rule.safe,
    limits: limitsOf(rule),
  };
}

function limitsOf(rule: OutputPlan): readonly string[] {
  const { min, max, safe, times, rate, onAgentLoss } = rule;
  const unit = rule.unit ?? null;
  const starts = times?.startsPerHour;
  return [
    `bounds ${min} … ${quantity(max, unit)}`,
    `safe value ${quantity(safe, unit)}`,
    ...(times === undefined
      ? []
      : [`minOn ${times.minOn / 1_000} s, minOff ${times.minOff / 1_000} s`]),
    ...(starts === undefined ? [] : [`at most ${starts} starts an hour`]),
    ...(rate === undefined ? [] : [`at most ${quantity(rate, unit)} a second`]),
    `on agent loss: ${onAgentLoss}`,
  ];
}

/** The loops that lead to an output: its own, that of its drive, and those these follow. */
function loopsOf(plan: ControlPlan, { driver }: OutputPlan): readonly number[] {
  const direct =
    driver.kind === "loops"
      ? driver.loops
      : plan.loops.flatMap(({ output }, place) =>
          driver.kind === "drive" && output?.kind === "drive" && output.drive === driver.drive
            ? [place]
            : [],
        );
  return direct.flatMap((place) => {
    const follow = plan.loops[place]?.follow;
    return follow?.kind === "loop" ? [place, follow.loop] : [place];
  });
}

/** What its loops and its interlocks look at, each once. */
function sourcesOf(plan: ControlPlan, rule: OutputPlan, loops: readonly number[]): number[] {
  const all = [
    ...(rule.driver.kind === "value" ? [rule.driver.source] : []),
    ...loops.flatMap((place) => lookedAt(plan.loops[place] as LoopPlan)),
    ...rule.interlocks.flatMap(({ interlock }) => plan.interlocks[interlock]?.trip.uses ?? []),
  ];
  const known = plan.inputs.length + plan.signals.length;
  return [...new Set(all)].filter((source) => source >= 0 && source < known);
}

/** A loop's process value, and what else moves what it asks. */
const lookedAt = (loop: LoopPlan): readonly number[] => [
  loop.source,
  ...(loop.follow?.kind === "signal" ? [loop.follow.source] : []),
  ...(loop.kind === "pid" && loop.feedForward !== undefined ? [loop.feedForward.source] : []),
  ...(loop.kind === "pid" && loop.schedule !== undefined ? [loop.schedule.source] : []),
];

/** Who decided: the loop, and who set the setpoint that it follows, or led it to. */
function winnerOf(
  plan: ControlPlan,
  { loops: states }: ControlState,
  output: OutputState,
  loops: readonly number[],
  because: string,
): string {
  const place = loopOf(output.reason.cause) ?? loops[0] ?? -1;
  const [loop, state] = [plan.loops[place], states[place]];
  if (loop === undefined || state === undefined || output.reason.cause.kind === "hand") {
    return because;
  }
  const at = quantity(state.setpoint, sourceUnit(plan, loop.source));
  switch (output.authority) {
    case "override":
      return sayHeld(`loop ${loop.name} at setpoint ${at}`, state.override);
    case "grant":
      return sayHeld(`loop ${loop.name} at setpoint ${at}`, state.grant);
    case "default":
      return `loop ${loop.name} at ${whose(plan, loop)} setpoint ${at}${leaderOf(plan, states, loop)}`;
    default:
      return because;
  }
}

/** Somebody's setpoint of the outer loop moves the inner one, too. */
function leaderOf(plan: ControlPlan, states: ControlState["loops"], { follow }: LoopPlan): string {
  if (follow?.kind !== "loop") return "";
  const [outer, state] = [plan.loops[follow.loop] as LoopPlan, states[follow.loop] as LoopState];
  const held = { override: state.override, grant: state.grant, default: undefined }[
    state.chosen.authority
  ];
  if (held === undefined) return "";
  const at = quantity(state.setpoint, sourceUnit(plan, outer.source));
  return sayHeld(`; loop ${outer.name} at setpoint ${at}`, held);
}

const sayHeld = (what: string, held: LoopState["grant"]): string =>
  held === undefined ? what : `${what}, set by ${held.owner}: ${held.reason}`;

/** What one input or signal shows now. */
export function inputStatus(
  plan: ControlPlan,
  state: ControlState,
  source: number,
  now: Instant,
): InputStatus {
  const rule = plan.inputs[source] ?? plan.signals[source - plan.inputs.length];
  const base = { input: rule?.name ?? "?", unit: rule?.unit ?? null };
  const sensed = state.values[source];
  if (sensed === undefined) return { ...base, value: null, quality: "bad", age: null };
  const { value, quality } = sensed;
  if (!Number.isFinite(value)) return { ...base, value: null, quality, age: null };
  const reading = state.image.inputs[source];
  return { ...base, value, quality, age: reading === undefined ? 0 : elapsed(reading.at, now) };
}
