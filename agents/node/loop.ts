import { fault } from "#src/base/fault.ts";
import { after, elapsed, type Instant, type Millis, millis } from "#src/base/units.ts";
import type { Image, Reading } from "#src/contract/image.ts";
import type { Mode } from "#src/contract/messages.ts";
import type { Authority } from "#src/contract/query.ts";
import { type Chosen, chooseSetpoint, type Held } from "#src/core/authority/setpoint.ts";
import { onOff } from "#src/core/control/on-off.ts";
import { type PiState, pi, track } from "#src/core/control/pi.ts";
import { type Validated, validate } from "#src/core/control/validate.ts";
import type { ControlEffect } from "#src/core/control-io.ts";
import { type Permit, permitRun } from "#src/core/safety/run-times.ts";
import type { ControlPlan, LoopPlan, OutputPlan } from "./plan.ts";

/** One loop from its sensor to its actuator. */
export interface LoopState {
  readonly override: Held | undefined;
  readonly grant: Held | undefined;
  readonly chosen: Chosen;
  readonly input: Validated | undefined;
  readonly pi: PiState | undefined;
  readonly lastRun: Instant | undefined;
  /** Greatest lateness since the last record. */
  readonly lateness: Millis;
}

export interface OutputState {
  /** What was last ordered, or adopted from the device; undefined before either. */
  readonly value: number | undefined;
  readonly since: Instant;
  /** Undefined: it must be said at once, for nobody fed the device's watchdog meanwhile. */
  readonly writtenAt: Instant | undefined;
  /** When another value was last ordered: what reads back until then may be older. */
  readonly orderedAt: Instant | undefined;
  readonly authority: Authority;
  readonly why: string;
  /** When the device was last heard, to know that it was away. */
  readonly heardAt: Instant | undefined;
  /** The device still said something else after it was ordered. */
  readonly lags: boolean;
}

export const startLoop = (loop: LoopPlan): LoopState => ({
  override: undefined,
  grant: undefined,
  chosen: { authority: "default", value: loop.setpoint },
  input: undefined,
  pi: undefined,
  lastRun: undefined,
  lateness: millis(0),
});

export const startOutput = (now: Instant): OutputState => ({
  value: undefined,
  since: now,
  writtenAt: undefined,
  orderedAt: undefined,
  authority: "safe-state",
  why: "just started",
  heardAt: undefined,
  lags: false,
});

/** Its safe value was ordered right now: what the device said before is no news (RT1). */
export const failedOutput = (rule: OutputPlan, now: Instant): OutputState => ({
  ...startOutput(now),
  value: rule.safe,
  writtenAt: now,
  orderedAt: now,
  why: "the control agent failed",
  heardAt: now,
});

/**
 * Takes over what the device says of its output where that differs from what was ordered long
 * enough ago: the device restarted, or somebody moved it by hand. Where it says something for the
 * first time, or after a silence, nothing that was ordered before has reached it (D4). Its run times
 * count from now, for nobody knows when it happened: also where it does by itself what it was told
 * meanwhile.
 */
export function adopt(
  rule: OutputPlan | undefined,
  output: OutputState,
  reading: Reading | undefined,
  now: Instant,
): OutputState {
  if (
    rule === undefined ||
    reading === undefined ||
    reading.quality !== "good" ||
    !Number.isFinite(reading.value) ||
    (output.heardAt !== undefined && reading.at <= output.heardAt)
  ) {
    return output;
  }
  const heard = { ...output, heardAt: reading.at };
  const wasAway = output.heardAt === undefined || elapsed(output.heardAt, reading.at) > rule.settle;
  const settled =
    wasAway || output.orderedAt === undefined || reading.at >= after(output.orderedAt, rule.settle);
  const differs =
    output.value === undefined || Math.abs(reading.value - output.value) > rule.resolution;
  if (differs) {
    const lags = output.orderedAt !== undefined && reading.at > output.orderedAt;
    if (!settled) return lags ? { ...heard, lags } : heard;
    const writtenAt = wasAway ? undefined : output.writtenAt;
    return {
      ...heard,
      value: reading.value,
      since: now,
      writtenAt,
      orderedAt: undefined,
      lags: false,
    };
  }
  const isNews = output.heardAt === undefined || output.since > output.heardAt;
  return output.lags || (wasAway && isNews) ? { ...heard, since: now, lags: false } : heard;
}

interface Driven {
  readonly loop: LoopState;
  readonly output: OutputState;
  readonly effects: readonly ControlEffect[];
}

export function drive(
  plan: ControlPlan,
  loop: LoopPlan,
  state: LoopState,
  outputs: readonly OutputState[],
  image: Image,
  mode: Mode,
  lateness: Millis,
  now: Instant,
): Driven {
  const rule = plan.outputs[loop.output] as OutputPlan;
  const output = outputs[loop.output] as OutputState;
  const sensor = plan.inputs[loop.input];
  const reading = image.inputs[loop.input];
  const input =
    sensor === undefined || reading === undefined ? undefined : validate(sensor, reading, now);
  const chosen = chooseSetpoint(
    { ...loop, override: state.override, grant: state.grant },
    mode,
    now,
  );
  const next: LoopState = {
    ...state,
    chosen,
    input,
    override: live(state.override, now),
    grant: live(state.grant, now),
    lastRun: now,
    lateness: millis(Math.max(state.lateness, lateness)),
  };
  if (input === undefined || input.quality !== "good") {
    const quality = input === undefined ? "missing" : input.quality;
    const settled = settle(
      rule,
      output,
      {
        value: rule.safe,
        toSafe: true,
        authority: "safe-state",
        why: `${sensor?.name} is ${quality}`,
      },
      now,
    );
    return { loop: { ...next, pi: undefined }, ...write(loop, output, settled, rule, now) };
  }
  const request = ask(loop, rule, state, output, chosen, input.value, now);
  const settled = settle(rule, output, request, now);
  // A controller that lost its numbers begins anew from what its output is.
  const kept = settled.broken ? undefined : request.pi;
  return { loop: { ...next, pi: kept }, ...write(loop, output, settled, rule, now) };
}

const live = (held: Held | undefined, now: Instant): Held | undefined =>
  held !== undefined && now < held.until ? held : undefined;

interface Request {
  readonly value: number;
  readonly toSafe: boolean;
  readonly authority: Authority;
  readonly why: string;
}

/** What the loop wants, inside the output's bounds or not. */
function ask(
  loop: LoopPlan,
  rule: OutputPlan,
  state: LoopState,
  output: OutputState,
  chosen: Chosen,
  value: number,
  now: Instant,
): Request & { readonly pi: PiState | undefined } {
  const { authority, value: setpoint } = chosen;
  const claim = { toSafe: false, authority };
  if (loop.kind === "on-off") {
    const running = output.value !== undefined && output.value > (rule.min + rule.max) / 2;
    const on = onOff(loop, setpoint, value, running);
    return {
      ...claim,
      value: on ? rule.max : rule.min,
      why: sayOnOff(loop.deadband, setpoint, value, on, running),
      pi: undefined,
    };
  }
  const piRule = { ...loop, min: rule.min, max: rule.max };
  const fresh = state.pi === undefined || state.lastRun === undefined;
  const from = fresh
    ? track(piRule, setpoint, value, output.value ?? rule.safe)
    : (state.pi as PiState);
  const sinceLast = fresh ? loop.period : elapsed(state.lastRun as Instant, now);
  const step = pi(piRule, from, setpoint, value, sinceLast);
  return {
    ...claim,
    value: step.output,
    why: `holds ${short(value)} at ${short(setpoint)}`,
    pi: step.state,
  };
}

function sayOnOff(
  deadband: number,
  setpoint: number,
  value: number,
  on: boolean,
  was: boolean,
): string {
  const side = value > setpoint ? "above" : "below";
  const [pv, sp, half] = [short(value), short(setpoint), short(deadband / 2)];
  if (on !== was) return `${pv} is ${side} ${sp} by more than ${half}`;
  return Math.abs(value - setpoint) <= deadband / 2
    ? `${pv} is within ${half} of ${sp}: left ${on ? "on" : "off"}`
    : `${pv} is still ${side} ${sp}`;
}

/** Six digits are more than any sensor has. */
const short = (value: number): number => Number(value.toPrecision(6));

interface Settled {
  readonly value: number;
  readonly authority: Authority;
  readonly why: string;
  readonly broken: boolean;
}

/** Bounds, then run times: nothing passes around them (C1, RT1). */
function settle(rule: OutputPlan, output: OutputState, request: Request, now: Instant): Settled {
  const broken = !Number.isFinite(request.value);
  const wanted = broken ? rule.safe : Math.min(rule.max, Math.max(rule.min, request.value));
  const said = broken
    ? { authority: "safe-state" as const, why: "its loop gave no number" }
    : request;
  const bounded =
    wanted === request.value || broken
      ? said
      : {
          authority: "bounds" as const,
          why: `${request.why}, kept within ${rule.min} … ${rule.max}`,
        };
  if (rule.times === undefined)
    return { value: wanted, authority: bounded.authority, why: bounded.why, broken };
  const half = (rule.min + rule.max) / 2;
  const running = { on: output.value !== undefined && output.value > half, since: output.since };
  const permit = permitRun(rule.times, running, wanted > half, request.toSafe || broken, now);
  const value = permit.on === wanted > half ? wanted : permit.on ? rule.max : rule.min;
  return { value, authority: bounded.authority, why: bounded.why + sayHeld(permit, now), broken };
}

function sayHeld(permit: Permit, now: Instant): string {
  if (permit.held === undefined) return "";
  const rest = Math.ceil(elapsed(now, permit.held.until) / 1_000);
  return permit.held.rule === "minOff"
    ? `; rests ${rest} s more (minOff)`
    : `; runs ${rest} s more (minOn)`;
}

/** Orders a new value at once and an old one every `refresh`. */
function write(
  loop: LoopPlan,
  output: OutputState,
  settled: Settled,
  rule: OutputPlan,
  now: Instant,
): Omit<Driven, "loop"> {
  const changed = settled.value !== output.value;
  const due = output.writtenAt === undefined || elapsed(output.writtenAt, now) >= rule.refresh;
  const next: OutputState = {
    ...output,
    value: settled.value,
    since: changed ? now : output.since,
    writtenAt: changed || due ? now : output.writtenAt,
    orderedAt: changed ? now : output.orderedAt,
    authority: settled.authority,
    why: settled.why,
  };
  const effects: ControlEffect[] = [];
  if (changed || due) effects.push({ kind: "actuate", output: loop.output, value: settled.value });
  if (settled.broken)
    effects.push({
      kind: "report",
      fault: fault("LOOP_FAILED", { loop: loop.name, why: "it gave no number" }),
    });
  return { output: next, effects };
}
