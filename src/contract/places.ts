import { invariant } from "#src/base/assert.ts";
import type { DeviceSaid, InputSaid, OutputSaid } from "./config-points.ts";
import { isBit, type Register } from "./registers.ts";

/** Where a signal is on its device: in a register, or under a topic. Checked before anybody asks. */

type Signal = Pick<InputSaid, "register"> | Pick<OutputSaid, "register">;
type Output = Pick<OutputSaid, "register" | "topic">;

/** Of a signal on a device that speaks Modbus. */
export function registerOf({ register }: Signal): Register {
  invariant(register !== undefined, "a signal of a modbus-tcp device has a register");
  return register;
}

export type ModbusDeviceSaid = Extract<DeviceSaid, { driver: "modbus-tcp" }>;

export function modbusSaid(device: DeviceSaid | undefined): ModbusDeviceSaid {
  invariant(device?.driver === "modbus-tcp", "only a modbus-tcp device has registers");
  return device;
}

/** How often the device is asked; undefined where it speaks when it likes. */
export const pollOf = (device: Partial<DeviceSaid> | undefined) =>
  device !== undefined && "poll" in device ? device.poll : undefined;

/** Whether the output knows on and off only. */
export const isSwitch = ({ register, topic }: Output): boolean =>
  register === undefined ? topic?.words !== undefined : isBit(register.kind);

/** Least difference of two values of the output that its device can tell apart. */
export const stepOf = ({ register, topic }: Output): number =>
  Math.abs((register ?? topic)?.scale ?? 1);
