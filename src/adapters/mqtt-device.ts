import { randomInt } from "node:crypto";
import { invariant } from "#src/base/assert.ts";
import { fault } from "#src/base/fault.ts";
import { after, elapsed, type Instant, type Millis, millis } from "#src/base/units.ts";
import { type BrokerPlace, brokerPlace } from "#src/contract/broker-url.ts";
import type { NodeConfig } from "#src/contract/config.ts";
import type { Reading } from "#src/contract/image.ts";
import { limits } from "#src/contract/limits.ts";
import { Payload, payloadOf } from "#src/contract/payloads.ts";
import type { Packet } from "#src/contract/wire.ts";
import { afterSession, type Backoff, nextPause } from "#src/core/protect/backoff.ts";
import type { Clock, Timer } from "#src/ports/clock.ts";
import type { DeviceEvents, Devices } from "#src/ports/devices.ts";
import { type Heard, type Listening, listeners, type Order, orders } from "./mqtt-device-topics.ts";
import { MqttSession } from "./mqtt-session.ts";

export interface MqttDeviceParts {
  readonly config: NodeConfig;
  readonly clock: Clock;
  readonly events: DeviceEvents;
}

/** All devices of a node that speak MQTT, each over a connection of its own. Laws D1 to D4. */
export function mqttDevices({ config, clock, events }: MqttDeviceParts): Devices {
  const unknown: Reading = { value: Number.NaN, quality: "bad", at: 0 as Instant };
  const inputs = Object.keys(config.inputs).map(() => unknown);
  const readBacks = Object.keys(config.outputs).map(() => unknown);
  const orderOf = orders(config);
  const devices = new Map(
    Object.entries(config.devices)
      .filter(([, { driver }]) => driver === "mqtt")
      .map(([name]) => [name, new MqttDevice(name, { config, clock, events, inputs, readBacks })]),
  );
  for (const device of devices.values()) device.start();
  return {
    image() {
      const now = clock.now();
      for (const device of devices.values()) device.renewStates(now);
      return { inputs: [...inputs], outputs: [...readBacks] };
    },
    write(index, value) {
      invariant(Number.isFinite(value), "what is written is a number");
      const order = orderOf[index];
      if (order !== undefined) devices.get(order.device)?.write(order, value);
    },
    async close() {
      await Promise.all([...devices.values()].map((device) => device.close()));
    },
  };
}

interface Kept extends MqttDeviceParts {
  readonly inputs: Reading[];
  readonly readBacks: Reading[];
}

/** A device is near: a minute's pause would be felt. The fourth attempt waits 4 s at most. */
const mostAttempts = 3;

/**
 * One device behind a broker.
 *
 * MV1  A reading has the time at which its message came. What the broker retained is of unknown age:
 *      it is shown, but counts as older than `maxAge`, and never takes the place of a value that is
 *      not that old.
 * MV2  A state holds as long as the connection does: a device says what it does when that changes,
 *      and not again. After a loss it is unknown until it is said anew.
 * MV3  Orders are not retained and outlive no connection: an actuator that comes back must not find
 *      an old one (D4). What still holds is said again by `refresh`.
 * MV4  What is no number is bad, and told once until a number comes.
 * MV5  Lost is told once, found once, in turns.
 */
class MqttDevice {
  readonly #name: string;
  readonly #parts: Kept;
  readonly #said: Extract<NodeConfig["devices"][string], { driver: "mqtt" }>;
  readonly #listeners: ReadonlyMap<string, readonly Listening[]>;
  readonly #place: BrokerPlace;
  readonly #refused = new Set<string>();
  /** Outputs whose state was heard on this connection. */
  readonly #states = new Set<number>();
  #session: MqttSession | undefined;
  #isUp = false;
  #upSince: Instant | undefined;
  #backoff: Backoff = { attempt: 0, seed: randomInt(2 ** 32) };
  #retry: Timer | undefined;
  #isLost = false;
  #isClosed = false;

  constructor(name: string, parts: Kept) {
    const said = parts.config.devices[name];
    invariant(said?.driver === "mqtt", "the device speaks MQTT");
    const place = brokerPlace(said.url);
    invariant(place !== undefined, "the schema knows no other form of a broker's address");
    this.#name = name;
    this.#parts = parts;
    this.#said = said;
    this.#listeners = listeners(parts.config, name);
    this.#place = place;
  }

  start(): void {
    const { config } = this.#parts;
    const isUsed = Object.values(config.outputs).some(({ device }) => device === this.#name);
    if (this.#listeners.size > 0 || isUsed) this.#open();
  }

  write({ topic, qos, place }: Order, value: number): void {
    if (!this.#isUp) return;
    const payload = Buffer.from(payloadOf(place, value));
    this.#session?.publish({ topic, payload, qos, retain: false });
  }

  /** MV2 */
  renewStates(now: Instant): void {
    const { readBacks } = this.#parts;
    for (const index of this.#states) {
      readBacks[index] = { ...(readBacks[index] as Reading), at: now };
    }
  }

  async close(): Promise<void> {
    this.#isClosed = true;
    this.#retry?.cancel();
    await this.#session?.close();
  }

  #open(): void {
    const { config, clock } = this.#parts;
    this.#session = new MqttSession({
      place: this.#place,
      clientId: `device:${config.region}:${config.node}:${this.#name}`,
      keepalive: this.#said.keepalive,
      will: undefined,
      subscriptions: [...this.#listeners.keys()],
      clock,
      events: {
        up: () => this.#up(),
        ended: (why) => this.#ended(why),
        packet: (packet) => this.#hear(packet),
      },
    });
  }

  #up(): void {
    this.#isUp = true;
    this.#upSince = this.#parts.clock.now();
    if (!this.#isLost) return;
    this.#isLost = false;
    this.#parts.events.found(this.#name);
  }

  #ended(why: string): void {
    const { clock, events } = this.#parts;
    const now = clock.now();
    // The states held until now.
    this.renewStates(now);
    this.#states.clear();
    this.#isUp = false;
    this.#session = undefined;
    if (this.#isClosed) return;
    if (!this.#isLost) {
      this.#isLost = true;
      const device = this.#name;
      const address = this.#place.shown;
      events.lost(device, fault("DEVICE_UNREACHABLE", { device, address, why }));
    }
    this.#retry = clock.at(after(now, this.#pause(now)), () => this.#open());
  }

  #pause(now: Instant): Millis {
    const lasted = this.#upSince === undefined ? millis(0) : elapsed(this.#upSince, now);
    this.#upSince = undefined;
    const { pause, state } = nextPause(afterSession(this.#backoff, lasted));
    this.#backoff = { ...state, attempt: Math.min(mostAttempts, state.attempt) };
    return pause;
  }

  #hear({ topic, payload, retain }: Omit<Packet, "qos">): void {
    const heard = this.#listeners.get(topic);
    if (heard === undefined) return;
    const now = this.#parts.clock.now();
    const isOversize = payload.length > limits.payloadBytes;
    const read = isOversize ? undefined : new Payload(textOf(payload));
    const changed: number[] = [];
    for (const listening of heard) {
      const value = read === undefined ? Number.NaN : read.at(listening.place);
      // A message may be about something else that goes by the same topic.
      if (value === undefined) continue;
      this.#tell(listening, value, payload.length);
      if (listening.kind === "state") this.#keepState(listening.index, value, now);
      else if (this.#keepInput(listening, value, retain, now)) changed.push(listening.index);
    }
    if (changed.length > 0) this.#parts.events.changed?.(changed);
  }

  #keepState(index: number, value: number, now: Instant): void {
    this.#parts.readBacks[index] = readingOf(value, now);
    this.#states.add(index);
  }

  /** Whether that is another value than before, from a message that is no memory of the broker's. */
  #keepInput({ index, maxAge }: Heard, value: number, retain: boolean, now: Instant): boolean {
    const { inputs } = this.#parts;
    const before = inputs[index] as Reading;
    if (retain) {
      const isKnown = before.quality === "good" && elapsed(before.at, now) <= maxAge;
      if (!isKnown) inputs[index] = readingOf(value, after(now, millis(-maxAge - 1)));
      return false;
    }
    const reading = readingOf(value, now);
    inputs[index] = reading;
    return !Object.is(reading.value, before.value) || reading.quality !== before.quality;
  }

  #tell({ what }: Listening, value: number, bytes: number): void {
    if (Number.isFinite(value)) {
      this.#refused.delete(what);
      return;
    }
    if (this.#refused.has(what)) return;
    this.#refused.add(what);
    const most = limits.payloadBytes;
    const why =
      bytes > most ? `its ${bytes} bytes are more than ${most}` : "what it says is no number";
    const device = this.#name;
    this.#parts.events.refused(device, fault("DEVICE_REFUSED", { device, what, why }));
  }
}

const readingOf = (value: number, at: Instant): Reading =>
  Number.isFinite(value) ? { value, quality: "good", at } : { value, quality: "bad", at };

const utf8 = new TextDecoder();
const textOf = (payload: Uint8Array): string => utf8.decode(payload);
