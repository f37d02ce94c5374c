/**
 * What may be wrong with a device. `signal` is a sensor or an actuator of its plant.
 *
 * - stuck: the sensor holds its last value
 * - offset: the sensor shows this much more
 * - drift: the sensor shows more and more, by this much in an hour of the plant's time
 * - noise: the sensor's noise is this many times what it was, or at least a thousandth of its range
 * - stuck-actuator: the actuator holds its position, whatever is commanded
 * - dropout: the device accepts connections and answers nothing
 * - slow: the device does what it is told at once, and answers after this many milliseconds
 */
export type DeviceFault =
  | { readonly kind: "stuck"; readonly signal: string }
  | { readonly kind: "offset"; readonly signal: string; readonly by: number }
  | { readonly kind: "drift"; readonly signal: string; readonly perHour: number }
  | { readonly kind: "noise"; readonly signal: string; readonly times: number }
  | { readonly kind: "stuck-actuator"; readonly signal: string }
  | { readonly kind: "dropout" }
  | { readonly kind: "slow"; readonly millis: number };

/** The signal a fault sits on; undefined when it is the whole device. */
export const signalOf = (fault: DeviceFault): string | undefined =>
  "signal" in fault ? fault.signal : undefined;

/** The most a slow device may take, in milliseconds: answers that wait are kept. */
export const slowest = 60_000;
