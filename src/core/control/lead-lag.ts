import type { Millis } from "#src/base/units.ts";

/**
 * Feed-forward through a lead-lag: gain · (1 + lead·s) / (1 + lag·s) of a measured disturbance, after
 * Åström and Hägglund, "Advanced PID Control" (2006), section 5.
 *
 * LL1  A constant disturbance ends in gain · disturbance.
 * LL2  It starts at rest: the first value gives gain · value, without a step.
 */
export interface LeadLag {
  readonly gain: number;
  readonly lead: Millis;
  readonly lag: Millis;
}

export interface LeadLagState {
  /** The disturbance behind the lag. */
  readonly lagged: number;
}

export const startLeadLag = (_: LeadLag, value: number): LeadLagState => ({ lagged: value });

export function leadLag(
  { gain, lead, lag }: LeadLag,
  { lagged }: LeadLagState,
  value: number,
  sinceLast: Millis,
): { readonly state: LeadLagState; readonly output: number } {
  const h = Math.max(0, sinceLast);
  const next = lag === 0 ? value : lagged + ((value - lagged) * h) / (lag + h);
  // The lead acts on what the lag holds back; without a lag it would be a bare derivative.
  const ahead = lag === 0 ? 0 : (lead / lag) * (value - next);
  return { state: { lagged: next }, output: gain * (next + ahead) };
}
