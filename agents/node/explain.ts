import { elapsed, type Instant } from "#src/base/units.ts";
import type { Claim, Explanation, InputStatus } from "#src/contract/query.ts";
import type { ControlState } from "./control.ts";
import { safetyDue } from "./decide.ts";
import { handOn } from "./hand.ts";
import type { LoopState } from "./loop.ts";
import type { OutputState } from "./output.ts";
import type { ControlPlan } from "./plan.ts";
import type { LoopPlan } from "./plan-loops.ts";
import type { OutputPlan } from "./plan-outputs.ts";
import { sayCause, sayReason, sourceName } from "./reason.ts";

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
      what: winnerOf(plan, state, output, loops, because),
    },
    losers: losersOf(plan, state, rule, output, loops, now),
    inputs: sourcesOf(plan, rule, loops).map((source) => inputStatus(plan, state, source, now)),
    readBack: readBack === undefined || readBack.quality !== "good" ? null : readBack.value,
    limits: limitsOf(rule),
  };
}

function limitsOf({ min, max, safe, times, rate, onAgentLoss }: OutputPlan): readonly string[] {
  const starts = times?.startsPerHour;
  return [
    `bounds ${min} … ${max}`,
    `safe value ${safe}`,
    ...(times === undefined
      ? []
      : [`minOn ${times.minOn / 1_000} s, minOff ${times.minOff / 1_000} s`]),
    ...(starts === undefined ? [] : [`at most ${starts} starts an hour`]),
    ...(rate === undefined ? [] : [`at most ${rate} a second`]),
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
    ...loops.map((place) => plan.loops[place]?.source ?? -1),
    ...rule.interlocks.flatMap(({ interlock }) => plan.interlocks[interlock]?.trip.uses ?? []),
  ];
  const known = plan.inputs.length + plan.signals.length;
  return [...new Set(all)].filter((source) => source >= 0 && source < known);
}

function winnerOf(
  plan: ControlPlan,
  { loops: states }: ControlState,
  output: OutputState,
  loops: readonly number[],
  because: string,
): string {
  const place = loops[0] ?? -1;
  const [loop, state] = [plan.loops[place], states[place]];
  if (loop === undefined || state === undefined) return because;
  if (output.reason.cause.kind === "hand") return because;
  switch (output.authority) {
    case "override":
      return sayHeld(`loop ${loop.name} at setpoint ${state.setpoint}`, state.override);
    case "grant":
      return sayHeld(`loop ${loop.name} at setpoint ${state.setpoint}`, state.grant);
    case "default":
      return `loop ${loop.name} at ${whose(plan, loop)} setpoint ${state.setpoint}`;
    default:
      return because;
  }
}

function whose(plan: ControlPlan, { follow }: LoopPlan): string {
  if (follow === undefined) return "its own";
  return follow.kind === "loop"
    ? `loop ${plan.loops[follow.loop]?.name}'s`
    : `${sourceName(plan, follow.source)}'s`;
}

const sayHeld = (what: string, held: LoopState["grant"]): string =>
  held === undefined ? what : `${what}, set by ${held.owner}: ${held.reason}`;

function losersOf(
  plan: ControlPlan,
  state: ControlState,
  rule: OutputPlan,
  output: OutputState,
  loops: readonly number[],
  now: Instant,
): Claim[] {
  const place = loops[0] ?? -1;
  const [loop, of] = [plan.loops[place], state.loops[place]];
  const losers = [
    ...laterInterlocks(plan, state, rule, output),
    ...besideHand(plan, state, rule, output, now),
  ];
  if (loop === undefined || of === undefined) return losers;
  const isByHand = output.reason.cause.kind === "hand";
  if (of.override !== undefined && (isByHand || output.authority !== "override")) {
    const { value, owner } = of.override;
    losers.push({ authority: "override", value, what: `setpoint by ${owner}` });
  }
  if (of.grant !== undefined && output.authority !== "grant") {
    const { value, owner, until } = of.grant;
    const rest = Math.max(0, Math.round(elapsed(now, until) / 1_000));
    const isLive = state.mode.mode === "connected";
    const what = isLive
      ? `setpoint by ${owner}, ${rest} s left`
      : "the lease it hangs on has lapsed";
    losers.push({ authority: "grant", value, what });
  }
  if (output.authority !== "default") {
    const what = `the loop's own setpoint`;
    losers.push({ authority: "default", value: loop.setpoint, what });
  }
  return losers;
}

/** The safe state in whose place a hand is, or the hand that something stronger took. */
function besideHand(
  plan: ControlPlan,
  state: ControlState,
  rule: OutputPlan,
  output: OutputState,
  now: Instant,
): Claim[] {
  const hand = handOn(output, now);
  if (hand === undefined) return [];
  if (output.reason.cause.kind !== "hand") {
    return [{ authority: "override", value: hand.value, what: `by hand of ${hand.owner}` }];
  }
  const due = safetyDue(rule, output, { ...state, plan, mode: state.mode.mode, now });
  if (due === undefined) return [];
  const { authority, value, cause } = due;
  return [{ authority, value, what: sayCause(plan, cause, now) }];
}

/** Interlocks that are tripped as well, but were not the first. */
function laterInterlocks(
  plan: ControlPlan,
  state: ControlState,
  rule: OutputPlan,
  { reason }: OutputState,
): Claim[] {
  const { cause } = reason;
  const first = cause.kind === "interlock" ? cause.interlock : -1;
  return rule.interlocks.flatMap(({ interlock, value }): Claim[] => {
    if (interlock === first || state.interlocks[interlock]?.trippedAt === undefined) return [];
    const what = `interlock ${plan.interlocks[interlock]?.name} tripped later`;
    return [{ authority: "interlock", value, what }];
  });
}

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
