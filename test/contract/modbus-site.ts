import { setTimeout as pause } from "node:timers/promises";
import { expect } from "vitest";
import { modbusDevices } from "#src/adapters/modbus-device.ts";
import { systemClock } from "#src/adapters/system-clock.ts";
import type { Fault } from "#src/base/fault.ts";
import { instant } from "#src/base/units.ts";
import type { Reading } from "#src/contract/image.ts";
import type { Clock } from "#src/ports/clock.ts";
import type { Devices } from "#src/ports/devices.ts";
import { contractConfig } from "./devices.contract.ts";
import { ScriptedPlc } from "./scripted-plc.ts";

export type SiteConfig = ReturnType<typeof contractConfig>;

/** The contract's two devices as scripted ones, and the driver in front of them. */
export class ModbusSite {
  readonly near: ScriptedPlc;
  readonly far: ScriptedPlc;
  readonly told: { readonly kind: string; readonly device: string; readonly fault?: Fault }[] = [];
  config: SiteConfig;
  #devices: Devices | undefined;

  constructor({ near, far, config }: Awaited<ReturnType<typeof twoPlcs>>) {
    this.near = near;
    this.far = far;
    this.config = config;
  }

  get devices(): Devices {
    if (this.#devices === undefined) throw new Error("the site is not open yet");
    return this.#devices;
  }

  open(clock: Clock = systemClock()): void {
    const { config, told } = this;
    this.#devices = modbusDevices({
      config,
      clock,
      events: {
        lost: (device, fault) => told.push({ kind: "lost", device, fault }),
        found: (device) => told.push({ kind: "found", device }),
        refused: (device, fault) => told.push({ kind: "refused", device, fault }),
      },
    });
  }

  /** Takes all signals from the far device; before `open`. */
  withoutFar(): void {
    const { inputs, outputs } = this.config;
    const isNear = ([, { device }]: [string, { device: string }]): boolean => device === "near";
    this.config = {
      ...this.config,
      inputs: Object.fromEntries(Object.entries(inputs).filter(isNear)),
      outputs: Object.fromEntries(Object.entries(outputs).filter(isNear)),
    };
  }

  /** How long an answer may take, in the milliseconds of the clock; before `open`. */
  patience(timeout: number): void {
    for (const device of Object.values(this.config.devices)) Object.assign(device, { timeout });
  }

  /** Opens, and waits until every signal is good. */
  async openWhole(clock?: Clock): Promise<void> {
    this.open(clock);
    const isGood = ({ quality }: Reading): boolean => quality === "good";
    await until(() => {
      const { inputs, outputs } = this.devices.image();
      return inputs.every(isGood) && outputs.every(isGood);
    });
  }

  /** The near device's discrete input: alone in its request. */
  get door(): Reading | undefined {
    return this.devices.image().inputs[2];
  }

  toldOf(kind: string): number {
    return this.told.filter((one) => one.kind === kind).length;
  }

  async end(): Promise<void> {
    await this.#devices?.close();
    await this.near.stop();
    await this.far.stop();
  }
}

export async function until(holds: () => boolean, within = 8_000): Promise<void> {
  const end = performance.now() + within;
  while (!holds()) {
    if (performance.now() > end) expect.unreachable(`it came about within ${within} ms`);
    await pause(5);
  }
}

/** Both devices of the contract with every word they need. */
export async function twoPlcs(): Promise<{
  near: ScriptedPlc;
  far: ScriptedPlc;
  config: SiteConfig;
}> {
  const near = new ScriptedPlc();
  const far = new ScriptedPlc();
  near.set("input", 0, 0, 0, 0);
  near.set("discrete", 4, 0);
  near.set("coil", 0, 0);
  near.set("holding", 10, 0, 0);
  far.set("holding", 100, 0, 0);
  far.set("holding", 20, 0);
  await near.start();
  await far.start();
  return { near, far, config: contractConfig({ near: near.port, far: far.port }) };
}

/** The same clock with its waits made shorter: what pauses for seconds pauses for milliseconds. */
export function hurried(clock: Clock, times: number): Clock {
  const origin = clock.now();
  const fast = () => instant(origin + (clock.now() - origin) * times);
  return {
    now: fast,
    wall: () => clock.wall(),
    at: (when, task) => clock.at(instant(origin + (when - origin) / times), task),
  };
}
