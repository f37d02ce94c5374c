import { once } from "node:events";
import { connect, createServer, type Socket } from "node:net";
import { setTimeout as pause } from "node:timers/promises";
import { MqttClient } from "mqtt";
import { mqttBus } from "#src/adapters/mqtt-bus.ts";
import { millis } from "#src/base/units.ts";
import { clientIdOf, type Principal } from "#src/contract/client-id.ts";
import { type BusWorld, contractKeepalive } from "./bus.contract.ts";
import { freePort } from "./free-port.ts";

/** A broker that is there, and how one logs in to it. */
export interface TcpBroker {
  readonly port: number;
  readonly judges: boolean;
  userOf(who: Principal): string | undefined;
  end(): Promise<void>;
}

/** The Bus over mqtt.js and real sockets, with a line for each bus that a test can cut or freeze. */
export async function tcpWorld(broker: TcpBroker): Promise<BusWorld> {
  const lines: TcpLine[] = [];
  const urlOf = (who: Principal, port: number): string => {
    const user = broker.userOf(who);
    return `mqtt://${user === undefined ? "" : `${user}@`}127.0.0.1:${port}`;
  };
  const absent = await freePort();
  const keepalive = millis(contractKeepalive);
  return {
    judges: broker.judges,
    async bus(who, events) {
      const line = new TcpLine(broker.port);
      lines.push(line);
      await line.listening;
      const url = urlOf(who, line.port);
      const bus = mqttBus({ url, clientId: clientIdOf(who), keepalive, events });
      return { bus, cut: () => line.cut(), freeze: () => line.freeze() };
    },
    nowhere: (who, events) =>
      mqttBus({ url: urlOf(who, absent), clientId: clientIdOf(who), keepalive, events }),
    async say(who, { topic, payload, qos, retain }) {
      const username = broker.userOf(who);
      const client = new MqttClient(() => connect({ port: broker.port, host: "127.0.0.1" }), {
        protocolVersion: 4,
        clientId: clientIdOf(who),
        keepalive: 10,
        reconnectPeriod: 0,
        ...(username === undefined ? {} : { username }),
      });
      client.on("error", () => {});
      const ended = new Promise<void>((resolve) => void client.once("close", () => resolve()));
      await new Promise((resolve) => void client.once("connect", resolve));
      const acked = client.publishAsync(topic, Buffer.from(payload), { qos, retain });
      await Promise.race([acked.catch(() => {}), ended]);
      client.end();
      await Promise.race([ended, pause(2_000)]);
    },
    async until(holds) {
      const end = performance.now() + 10_000;
      while (!holds()) {
        if (performance.now() > end) throw new Error(`it does not come to hold: ${holds}`);
        await pause(2);
      }
    },
    pass: () => pause(150),
    now: () => performance.now(),
    async end() {
      for (const line of lines) line.end();
      await broker.end();
    },
  };
}

/** A relay to the broker. */
class TcpLine {
  readonly listening: Promise<unknown>;
  readonly #pairs = new Set<readonly [Socket, Socket]>();
  readonly #server;
  #isFrozen = false;

  constructor(to: number) {
    this.#server = createServer((near) => {
      const far = connect({ port: to, host: "127.0.0.1", noDelay: true });
      const pair = [near.setNoDelay(true), far] as const;
      this.#pairs.add(pair);
      for (const [from, onto] of [
        [near, far],
        [far, near],
      ] as const) {
        from.on("data", (chunk) => void (this.#isFrozen || onto.write(chunk)));
        from.on("error", () => {});
        from.on("close", () => {
          this.#pairs.delete(pair);
          if (!this.#isFrozen) onto.end();
        });
      }
    });
    this.listening = once(this.#server.listen(0, "127.0.0.1"), "listening");
  }

  get port(): number {
    const address = this.#server.address();
    if (address === null || typeof address === "string") throw new Error("it does not listen");
    return address.port;
  }

  cut(): void {
    for (const pair of this.#pairs) for (const socket of pair) socket.destroy();
  }

  freeze(): void {
    this.#isFrozen = true;
    for (const pair of this.#pairs) for (const socket of pair) socket.pause();
  }

  end(): void {
    this.cut();
    this.#server.close();
  }
}
