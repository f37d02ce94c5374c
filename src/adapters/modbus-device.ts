import { invariant } from "#src/base/assert.ts";
import { fault } from "#src/base/fault.ts";
import { after, elapsed, type Instant, type Millis, millis } from "#src/base/units.ts";
import type { NodeConfig } from "#src/contract/config.ts";
import type { Reading } from "#src/contract/image.ts";
import { limits } from "#src/contract/limits.ts";
import { type ModbusDeviceSaid, modbusSaid, registerOf } from "#src/contract/places.ts";
import type { Clock } from "#src/ports/clock.ts";
import type { DeviceEvents, Devices } from "#src/ports/devices.ts";
import { openModbus } from "./modbus-connection.ts";
import { pollPlan, type ReadRequest, type Signal } from "./modbus-poll-plan.ts";
import { type Ending, type Order, Session } from "./modbus-session.ts";

export interface ModbusParts {
  readonly config: NodeConfig;
  readonly clock: Clock;
  readonly events: DeviceEvents;
}

/** All Modbus devices of a node; one without signals is left alone. Laws D1 to D4 of the port. */
export function modbusDevices({ config, clock, events }: ModbusParts): Devices {
  const unknown: Reading = { value: Number.NaN, quality: "bad", at: 0 as Instant };
  const inputs = Object.keys(config.inputs).map(() => unknown);
  const outputs = Object.entries(config.outputs);
  const readBacks = outputs.map(() => unknown);
  const keep: Keep = ({ list, index }, reading) => {
    const readings = list === "inputs" ? inputs : readBacks;
    const before = readings[index];
    readings[index] = reading;
    if (list === "outputs" || events.changed === undefined) return;
    const isSame = Object.is(before?.value, reading.value) && before?.quality === reading.quality;
    if (!isSame) events.changed([index]);
  };
  const devices = new Map(
    Object.entries(config.devices)
      .filter(([, { driver }]) => driver === "modbus-tcp")
      .map(([name]) => [name, new ModbusDevice(name, { config, clock, events, keep })]),
  );
  for (const device of devices.values()) device.start();
  return {
    image: () => ({ inputs: [...inputs], outputs: [...readBacks] }),
    write(index, value) {
      invariant(Number.isFinite(value), "what is written is a number");
      const [name, output] = outputs[index] ?? [];
      invariant(name !== undefined && output !== undefined, "what is written is an output");
      const device = devices.get(output.device);
      device?.write({ output: index, name, register: registerOf(output), value });
    },
    async close() {
      await Promise.all([...devices.values()].map((device) => device.close()));
    },
  };
}

type Keep = (signal: Signal, reading: Reading) => void;

/**
 * One device: connects, serves the connection, and begins again after a pause that grows while
 * connections do not last.
 *
 * MD1  Lost is told once, found once, in turns. A connection that lasted and was merely closed is
 *      opened again before anybody is told: many devices close what they find idle.
 * MD2  A refused signal is told once, until it works.
 */
class ModbusDevice {
  readonly #name: string;
  readonly #parts: ModbusParts & { readonly keep: Keep };
  readonly #said: ModbusDeviceSaid;
  readonly #plan: readonly ReadRequest[];
  readonly #refused = new Set<string>();
  #session: Session | undefined;
  #lost = false;
  #closeBy: Instant | undefined;
  #attempt: AbortController | undefined;
  #endRest: (() => void) | undefined;
  #life: Promise<void> = Promise.resolve();

  constructor(name: string, parts: ModbusParts & { readonly keep: Keep }) {
    const said = modbusSaid(parts.config.devices[name]);
    this.#name = name;
    this.#parts = parts;
    this.#said = said;
    this.#plan = pollPlan(parts.config, name);
  }

  start(): void {
    if (this.#plan.length > 0) this.#life = this.#live();
  }

  write(order: Order): void {
    this.#session?.write(order);
  }

  close(): Promise<void> {
    if (this.#closeBy === undefined) {
      this.#closeBy = after(this.#parts.clock.now(), this.#said.timeout);
      this.#attempt?.abort();
      this.#endRest?.();
      this.#session?.close(this.#closeBy);
    }
    return this.#life;
  }

  async #live(): Promise<void> {
    const { clock } = this.#parts;
    let pause = millis(0);
    while (this.#closeBy === undefined) {
      const began = clock.now();
      const { why, isLost, isReady } = await this.#connection();
      const lasted = isReady && elapsed(began, clock.now()) >= limits.modbusPauseCap;
      if (lasted) pause = millis(0);
      if (isLost || !lasted) {
        this.#tellLost(why);
        pause = longer(pause);
      }
      await this.#rest(pause);
    }
  }

  /** One connection from the attempt to its end. */
  async #connection(): Promise<Ending & { readonly isReady: boolean }> {
    const { clock, keep } = this.#parts;
    this.#attempt = new AbortController();
    const opened = await openModbus({ ...this.#said, clock }, this.#attempt.signal);
    // An abort would take the open connection too, and what is still to be written with it.
    this.#attempt = undefined;
    if ("why" in opened) return { why: opened.why, isLost: true, isReady: false };
    const session = new Session({
      connection: opened.connection,
      plan: this.#plan,
      poll: this.#said.poll,
      clock,
      keep,
      ready: () => this.#tellFound(),
      refused: (what, why) => this.#tellRefused(what, why),
      worked: (what) => this.#refused.delete(what),
    });
    this.#session = session;
    if (this.#closeBy !== undefined) session.close(this.#closeBy);
    const ending = await session.run();
    this.#session = undefined;
    return { ...ending, isReady: session.isReady };
  }

  #tellLost(why: string): void {
    if (this.#lost || this.#closeBy !== undefined) return;
    this.#lost = true;
    const { host, port } = this.#said;
    const device = this.#name;
    const address = `${host}:${port}`;
    this.#parts.events.lost(device, fault("DEVICE_UNREACHABLE", { device, address, why }));
  }

  #tellFound(): void {
    if (!this.#lost) return;
    this.#lost = false;
    this.#parts.events.found(this.#name);
  }

  #tellRefused(what: string, why: string): void {
    if (this.#refused.has(what)) return;
    this.#refused.add(what);
    const device = this.#name;
    this.#parts.events.refused(device, fault("DEVICE_REFUSED", { device, what, why }));
  }

  /** Pauses; `close` ends it at once. */
  #rest(pause: Millis): Promise<void> {
    if (this.#closeBy !== undefined || pause === 0) return Promise.resolve();
    const { clock } = this.#parts;
    return new Promise((resolve) => {
      const timer = clock.at(after(clock.now(), pause), resolve);
      this.#endRest = () => {
        timer.cancel();
        resolve();
      };
    });
  }
}

const longer = (pause: Millis): Millis =>
  millis(Math.min(limits.modbusPauseCap, Math.max(limits.modbusPause, 2 * pause)));
