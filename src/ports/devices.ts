import type { Fault } from "#src/base/fault.ts";
import type { Image } from "#src/contract/image.ts";

/**
 * The field devices of one node, polled on their own schedule.
 *
 * D1  `image` never waits: it is the newest that is known, with the time of each value.
 * D2  `write` never waits; of several writes to one output the newest wins, and it is tried until
 *     it is written, replaced, or the device is given up for now.
 * D3  A device that does not answer makes its signals old, and touches no other device.
 * D4  A device that comes back is read before it is written, and writes from before are forgotten:
 *     it may have restarted, and a compressor that just stopped must not be started by an old order.
 */
export interface Devices {
  image(): Image;
  write(output: number, value: number): void;
  /** Ends polling; what was written before is still tried once, within `timeout` of its device. */
  close(): Promise<void>;
}

export interface DeviceEvents {
  /** Once when a device stops answering, not at each attempt. */
  lost(device: string, fault: Fault): void;
  found(device: string): void;
  /** Once when a device that answers says no to a signal, until that signal works again. */
  refused(device: string, fault: Fault): void;
  /** Inputs, by their index, that have another value or quality than before; the image holds it. */
  changed?(inputs: readonly number[]): void;
}
