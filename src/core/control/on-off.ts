/** Which way an output moves the value: direct lowers it (cooling), reverse raises it (heating). */
export type Action = "direct" | "reverse";

export interface OnOff {
  readonly action: Action;
  /** Full width of the band, in the unit of the value, 0 or more. */
  readonly deadband: number;
}

/** Two-position control with hysteresis: inside the band the output stays as it is. */
export function onOff(rule: OnOff, setpoint: number, value: number, on: boolean): boolean {
  const excess = rule.action === "direct" ? value - setpoint : setpoint - value;
  if (excess > rule.deadband / 2) return true;
  if (excess < -rule.deadband / 2) return false;
  return on;
}
