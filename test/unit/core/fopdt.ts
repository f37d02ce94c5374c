import { millis } from "#src/base/units.ts";
import { type Pid, type PidInput, type PidState, pid, track } from "#src/core/control/pid.ts";

/** First order plus dead time, exact for a held input. Times in seconds. */
export function fopdt(tau: number, theta: number, h: number, gain = 1): (u: number) => number {
  const delay: number[] = Array.from({ length: Math.round(theta / h) }, () => 0);
  const decay = Math.exp(-h / tau);
  let y = 0;
  return (u) => {
    delay.push(u);
    y = y * decay + gain * (delay.shift() ?? 0) * (1 - decay);
    return y;
  };
}

/** SIMC settings with τc = θ = 1 s, for a process of gain 1 (Skogestad 2003). */
export const simc = (tau: number, more: Partial<Pid> = {}): Pid => ({
  action: "reverse",
  gain: tau / 2,
  integralTime: millis(Math.min(tau, 8) * 1_000),
  derivativeTime: millis(0),
  setpointWeight: 1,
  period: millis(5),
  min: -1_000,
  max: 1_000,
  ...more,
});

export interface Story {
  readonly tau: number;
  readonly theta?: number;
  readonly duration: number;
  /** Seconds between two steps of the plant. */
  readonly h?: number;
  readonly setpoint?: number;
  /** A step at the plant's input. */
  readonly load?: number;
  /** Seconds to the controller's next turn; its period where not said. */
  readonly next?: () => number;
  /** Added to what the controller gives, and told to it. */
  readonly forward?: (at: number) => number;
}

export interface Response {
  readonly iae: number;
  /** Percent beyond the setpoint. */
  readonly overshoot: number;
  /** When it came within 2 % for good. */
  readonly settling: number;
  /** Total variation of the controller's output. */
  readonly variation: number;
  readonly peak: number;
}

/** Closed loop from rest: a step of the setpoint, or of the load. */
export function respond(rule: Pid, story: Story): Response {
  const { tau, theta = 1, duration, h = 0.005, setpoint = 0, load = 0 } = story;
  const plant = fopdt(tau, theta, h);
  let state: PidState = track(rule, 0, 0, 0);
  let [y, u, turnAt, lastAt] = [0, 0, 0, -rule.period / 1_000];
  let [iae, peak, settling, variation] = [0, 0, 0, 0];
  for (let step = 0; step * h < duration; step += 1) {
    const t = step * h;
    if (t >= turnAt - 1e-9) {
      const feedForward = story.forward?.(t) ?? 0;
      const input: PidInput = { setpoint, value: y, feedForward, applied: undefined };
      const turn = pid(rule, state, input, millis((t - lastAt) * 1_000));
      state = turn.state;
      variation += Math.abs(turn.output - u);
      u = turn.output;
      lastAt = t;
      turnAt = t + (story.next?.() ?? rule.period / 1_000);
    }
    y = plant(u + load);
    iae += Math.abs(setpoint - y) * h;
    peak = Math.max(peak, y);
    if (Math.abs(setpoint - y) > 0.02) settling = t;
  }
  return { iae, overshoot: (peak - setpoint) * 100, settling, variation, peak };
}

/** Peak of the sensitivity |1 / (1 + L(jω))| of a PI controller on the process. */
export function peakSensitivity({ gain, integralTime }: Pid, tau: number, theta: number): number {
  const ti = (integralTime ?? Number.POSITIVE_INFINITY) / 1_000;
  let most = 0;
  for (let exponent = -3; exponent < 2; exponent += 0.000_5) {
    const w = 10 ** exponent;
    const size = (gain * Math.hypot(1, 1 / (w * ti))) / Math.hypot(1, w * tau);
    const phase = -Math.atan(1 / (w * ti)) - Math.atan(w * tau) - w * theta;
    most = Math.max(most, 1 / Math.hypot(1 + size * Math.cos(phase), size * Math.sin(phase)));
  }
  return most;
}
