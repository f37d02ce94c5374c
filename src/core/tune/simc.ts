import { type Millis, millis } from "#src/base/units.ts";

/**
 * SIMC: settings from a model of the process, after Skogestad, J. Process Control 13 (2003) 291. The
 * closed loop answers with the time constant τc; `speed` is τc over the dead time, 1 as recommended,
 * more for a calmer loop.
 *
 * SI1  With τc = θ and a lag of at most 8 θ the sensitivity peak is 1.59.
 */
export interface FirstOrder {
  /** Change of the process value for one unit of the output, in the end. */
  readonly gain: number;
  readonly lag: Millis;
  readonly deadTime: Millis;
}

/** What a tuning rule comes to. */
export interface Settings {
  /** Always above 0; the sign of the process is the loop's action. */
  readonly gain: number;
  readonly integralTime: Millis;
}

export function simc({ gain, lag, deadTime }: FirstOrder, speed = 1): Settings {
  const closed = deadTime * (1 + speed);
  return settings(lag / (Math.abs(gain) * closed), Math.min(lag, 4 * closed));
}

/** Grimholt and Skogestad, J. Process Control 70 (2018) 36: better where the dead time is the longer part. */
export const improvedSimc = (process: FirstOrder, speed = 1): Settings =>
  simc({ ...process, lag: millis(process.lag + process.deadTime / 3) }, speed);

/** A process that does not come to rest: `slope` is its change in a second for one unit of the output. */
export function integratingSimc(slope: number, deadTime: Millis, speed = 1): Settings {
  const closed = deadTime * (1 + speed);
  return settings(1 / (Math.abs(slope) * (closed / 1_000)), 4 * closed);
}

const settings = (gain: number, integralTime: number): Settings => ({
  gain,
  integralTime: millis(integralTime),
});
