import { type Millis, millis } from "#src/base/units.ts";

/**
 * Gain scheduling: controller parameters over a slow variable, after Åström and Hägglund, "Advanced PID
 * Control" (2006), chapter 9.
 *
 * GS1  Between two points it is linear, beyond the ends it stays as at the end.
 */
export interface GainPoint {
  readonly at: number;
  readonly gain: number;
  readonly integralTime: Millis | undefined;
  readonly derivativeTime: Millis;
}

/** `points` ascend, and there is at least one. */
export function scheduledGain(points: readonly GainPoint[], at: number): Omit<GainPoint, "at"> {
  const above = points.findIndex((point) => point.at >= at);
  const high = points[above < 0 ? points.length - 1 : above] as GainPoint;
  const low = above <= 0 ? high : (points[above - 1] as GainPoint);
  const share = high.at === low.at ? 0 : (at - low.at) / (high.at - low.at);
  const between = (from: number, to: number): number => from + (to - from) * share;
  const [slow, fast] = [low.integralTime, high.integralTime];
  return {
    gain: between(low.gain, high.gain),
    integralTime: slow === undefined || fast === undefined ? slow : millis(between(slow, fast)),
    derivativeTime: millis(between(low.derivativeTime, high.derivativeTime)),
  };
}
