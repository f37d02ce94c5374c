import { randomBytes } from "node:crypto";
import { type Fault, fault } from "#src/base/fault.ts";
import { after, elapsed, type Millis, seconds } from "#src/base/units.ts";
import { brokerPlace } from "#src/contract/broker-url.ts";
import { clientIdOf } from "#src/contract/client-id.ts";
import { limits } from "#src/contract/limits.ts";
import { probeTopic } from "#src/contract/topics.ts";
import { decodeMessage, encodeMessage } from "#src/contract/wire.ts";
import type { Bus, BusEvents } from "#src/ports/bus.ts";
import type { Clock, Timer } from "#src/ports/clock.ts";
import { MqttSession } from "./mqtt-session.ts";
import { systemClock } from "./system-clock.ts";

export interface MqttBusParts {
  /** mqtt://host:port or mqtts://host:port, with a user name and password where the broker asks. */
  readonly url: string;
  readonly clientId: string;
  /** Rounded up to whole seconds. */
  readonly keepalive: Millis;
  readonly events: BusEvents;
  readonly clock?: Clock;
}

/**
 * The Bus port over MQTT 3.1.1. An `open` while a session lasts replaces it, without a `down`: who
 * asks anew has forgotten the old one.
 */
export function mqttBus({
  url,
  clientId,
  keepalive,
  events,
  clock = systemClock(),
}: MqttBusParts): Bus {
  const place = brokerPlace(url);
  const shown = place?.shown ?? url;
  let session: MqttSession | undefined;
  let hopeless: Timer | undefined;
  return {
    open({ will, subscriptions }) {
      session?.abandon();
      hopeless?.cancel();
      if (place === undefined) {
        const met = fault("BUS_REFUSED", { url: shown, why: noAddress });
        hopeless = clock.at(clock.now(), () => events.down(met));
        return;
      }
      session = new MqttSession({
        place,
        clientId,
        keepalive,
        will: will === undefined ? undefined : encodeMessage(will),
        subscriptions,
        clock,
        events: {
          up: () => events.up(),
          ended: (why, wasUp) => {
            session = undefined;
            events.down(fault(wasUp ? "BUS_LOST" : "BUS_REFUSED", { url: shown, why }));
          },
          packet(packet) {
            const read = decodeMessage(packet);
            if ("message" in read) events.message(read.message);
            else events.refused(read.refused);
          },
        },
      });
    },
    publish(message) {
      if (session === undefined) return false;
      const packet = encodeMessage(message);
      const oversize = oversizeOf(packet.topic, packet.payload.length);
      if (oversize !== undefined) {
        events.refused(oversize);
        return false;
      }
      return session.publish(packet);
    },
    async close() {
      const last = session;
      session = undefined;
      hopeless?.cancel();
      await last?.close();
    },
  };
}

const noAddress = "it is no address: write mqtt://host:port or mqtts://host:port";

function oversizeOf(topic: string, bytes: number): Fault | undefined {
  const most = limits.payloadBytes;
  return bytes <= most ? undefined : fault("MESSAGE_OVERSIZE", { topic, bytes, most });
}

export type BrokerProbe =
  | { readonly ok: true; readonly evidence: string }
  | { readonly ok: false; readonly why: string };

const probeWithin = seconds(5);

/** Sends one message to itself through the broker and waits for it, ten seconds at most. */
export async function probeBroker(url: string): Promise<BrokerProbe> {
  const place = brokerPlace(url);
  if (place === undefined) return { ok: false, why: noAddress };
  const clock = systemClock();
  const clientId = clientIdOf({ kind: "probe", probe: randomBytes(8).toString("hex") });
  const topic = probeTopic.format({ probe: clientId });
  let session: MqttSession | undefined;
  let late: Timer | undefined;
  const outcome = await new Promise<BrokerProbe>((resolve) => {
    const fail = (why: string): void => resolve({ ok: false, why });
    let sent = clock.now();
    session = new MqttSession({
      place,
      clientId,
      keepalive: probeWithin,
      will: undefined,
      subscriptions: [topic],
      clock,
      events: {
        up() {
          sent = clock.now();
          session?.publish({ topic, payload: new Uint8Array(1), qos: 1, retain: false });
          late = clock.at(after(sent, probeWithin), () =>
            fail(`its own message did not come back within ${probeWithin / 1_000} s`),
          );
        },
        ended: fail,
        packet() {
          const took = elapsed(sent, clock.now());
          resolve({ ok: true, evidence: `its own message came back in ${took.toFixed(1)} ms` });
        },
      },
    });
  });
  late?.cancel();
  await session?.close();
  return outcome;
}
