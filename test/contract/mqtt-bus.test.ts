import { once } from "node:events";
import { createServer, type Server, type Socket } from "node:net";
import { setTimeout as pause } from "node:timers/promises";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { mqttBus } from "#src/adapters/mqtt-bus.ts";
import { millis } from "#src/base/units.ts";
import { limits } from "#src/contract/limits.ts";
import type { Bus } from "#src/ports/bus.ts";
import { publish } from "#test/unit/broker/packets.ts";
import { batchOf, Heard, modeOf, nodeOf, openingOf } from "./bus-members.ts";
import { until } from "./raw-client.ts";

/** What a broker does with a packet of this type; nothing for types that are not there. */
type Script = Readonly<Record<number, (socket: Socket, packet: Buffer) => void>>;

const say =
  (...bytes: readonly number[]) =>
  (socket: Socket): void =>
    void socket.write(Uint8Array.from(bytes));
const connack = (code: number) => say(0x20, 2, 0, code);
/** Grants three filters. */
const suback = (socket: Socket, packet: Buffer): void =>
  void socket.write(Uint8Array.from([0x90, 5, packet[2] ?? 0, packet[3] ?? 0, 1, 1, 1]));
const CONNECT = 1;
const SUBSCRIBE = 8;
const polite: Script = { [CONNECT]: connack(0), [SUBSCRIBE]: suback };

describe("the bus, before a broker that does as it is told", () => {
  let script: Script;
  let server: Server;
  let heard: Heard;
  let bus: Bus;
  let url: string;
  const sockets = new Set<Socket>();
  const received: Buffer[] = [];

  beforeEach(async () => {
    received.length = 0;
    server = createServer((socket) => {
      sockets.add(socket);
      socket.on("error", () => {});
      socket.on("data", (packet) => {
        received.push(packet);
        script[(packet[0] ?? 0) >> 4]?.(socket, packet);
      });
    }).listen(0, "127.0.0.1");
    await once(server, "listening");
    const address = server.address();
    if (address === null || typeof address === "string") throw new Error("it does not listen");
    url = `mqtt://127.0.0.1:${address.port}`;
    heard = new Heard();
  });

  afterEach(async () => {
    await bus.close();
    for (const socket of sockets) socket.destroy();
    sockets.clear();
    server.close();
  });

  const open = (at = url): void => {
    bus = mqttBus({
      url: at,
      clientId: "node:north:n1",
      keepalive: millis(1_000),
      events: heard,
    });
    bus.open(openingOf(nodeOf("n1")));
  };
  const opened = async (given: Script): Promise<void> => {
    script = given;
    open();
    await until(() => heard.story.length > 0);
    expect(heard.story).toEqual(["up"]);
  };
  const refused = async (given: Script, within = 1_000): Promise<string | undefined> => {
    script = given;
    open();
    await until(() => heard.story.length > 0, within);
    await pause(50);
    expect(heard.story).toEqual(["BUS_REFUSED"]);
    return heard.downs[0]?.message;
  };

  test.each([
    [1, "it does not speak MQTT 3.1.1"],
    [2, "it does not accept this client id"],
    [3, "it is not available"],
    [4, "it does not accept this user name or password"],
    [5, "it does not let this client in"],
  ])("MQ1: a refusal with code %i ends the attempt in plain words", async (code, words) => {
    expect(await refused({ [CONNECT]: connack(code) })).toContain(words);
  });

  test.each([
    ["the end of the connection", (socket: Socket) => void socket.end(), /closed the connection/],
    ["a reset", (socket: Socket) => void socket.resetAndDestroy(), /broke the connection off/],
    ["what is no MQTT", (socket: Socket) => void socket.end("HTTP/1.1 400\r\n\r\n"), /./],
    ["CONNACK twice", say(0x20, 2, 0, 0, 0x20, 2, 0, 0), /./],
    ["a packet with flags that are not allowed", say(0x2f, 2, 0, 0), /flag/],
  ])("MQ1: %s instead of an answer ends the attempt, once", async (_, answer, words) => {
    expect(await refused({ [CONNECT]: answer })).toMatch(words);
  });

  test("MQ1: a broker that is reached but says nothing is given up after five seconds", async () => {
    expect(await refused({}, 6_000)).toContain("it did not answer within 5 s");
  });

  test("MQ1: so is one that never grants the subscriptions, though it answers pings", async () => {
    const pingresp = say(0xd0, 0);
    const said = await refused({ [CONNECT]: connack(0), 12: pingresp }, 6_000);
    expect(said).toContain("it did not answer within 5 s");
  });

  test("MQ1: a new attempt replaces the one that is under way, without a word of it", async () => {
    script = {};
    open();
    await until(() => received.length === 1);
    script = polite;
    bus.open(openingOf(nodeOf("n1")));
    await until(() => heard.story.length > 0);
    bus.open(openingOf(nodeOf("n1")));
    await until(() => heard.story.length > 1);
    await pause(100);
    expect(heard.story).toEqual(["up", "up"]);
  });

  test("MQ2: the filters that were not granted are named", async () => {
    const partly = (socket: Socket, packet: Buffer): void =>
      void socket.write(Uint8Array.from([0x90, 5, packet[2] ?? 0, packet[3] ?? 0, 1, 0x80, 1]));
    const [, second = "", third = ""] = openingOf(nodeOf("n1")).subscriptions;
    const said = await refused({ [CONNECT]: connack(0), [SUBSCRIBE]: partly });
    expect(said).toContain(second);
    expect(said).not.toContain(third);
  });

  test("MQ2: what comes before the subscriptions are granted waits for up", async () => {
    const lease = publish({
      topic: "hf/v1/north/_region/lease",
      payload: '{"v":1,"controller":"c1","epoch":1,"ttl":10000}',
    });
    await opened({
      [CONNECT]: connack(0),
      [SUBSCRIBE](socket, packet) {
        socket.write(lease);
        socket.write(lease);
        suback(socket, packet);
        socket.write(lease);
      },
    });
    await until(() => heard.messages.length === 3);
    expect(heard.beforeUp).toBe(0);
  });

  test("MQ3: what was never acked counts until the session ends, and no longer", async () => {
    await opened(polite);
    const all = (): number => {
      let taken = 0;
      while (taken <= limits.publishesInFlight && bus.publish(batchOf("n1", taken + 1))) taken += 1;
      return taken;
    };
    expect(all()).toBe(limits.publishesInFlight);
    await pause(50);
    expect(all()).toBe(0);
    for (const socket of sockets) socket.destroy();
    await until(() => heard.story.length > 1);
    bus.open(openingOf(nodeOf("n1")));
    await until(() => heard.story.length > 2);
    expect(all()).toBe(limits.publishesInFlight);
  });

  test("MQ4: a broker that goes on talking but answers no ping is given up", async () => {
    await opened(polite);
    const talk = setInterval(() => {
      for (const socket of sockets) socket.write(publish({ topic: "a" }));
    }, 20);
    await until(() => heard.story.length > 1, 2_500).finally(() => clearInterval(talk));
    expect(heard.story).toEqual(["up", "BUS_LOST"]);
    expect(heard.downs[0]?.message).toContain("it does not answer any more");
  });

  test("MQ1: a session whose broker begins to talk nonsense ends at once", async () => {
    await opened(polite);
    for (const socket of sockets) say(0x2f, 2, 0, 0)(socket);
    await until(() => heard.story.length > 1, 500);
    await pause(50);
    expect(heard.story).toEqual(["up", "BUS_LOST"]);
  });

  test("a large message is taken whole, one too large is refused here", async () => {
    await opened(polite);
    const body = { ...batchOf("n1", 1).body, series: Array<string>(2_000).fill("x".repeat(122)) };
    expect(bus.publish({ ...batchOf("n1", 1), body })).toBe(false);
    expect(heard.codes).toEqual(["MESSAGE_OVERSIZE"]);
    expect(bus.publish(modeOf("n1"))).toBe(true);
  });

  test("mqtts goes by certificates: one who cannot show any is not talked to", async () => {
    script = polite;
    open(url.replace("mqtt:", "mqtts:"));
    await until(() => heard.story.length > 0);
    expect(heard.story).toEqual(["BUS_REFUSED"]);
    expect(received.every((packet) => packet[0] === 0x16)).toBe(true);
  });

  test("name and password go to the broker, the password nowhere else", async () => {
    const secret = "s%40cret";
    script = { [CONNECT]: connack(4) };
    open(url.replace("//", `//n1:${secret}@`));
    await until(() => heard.story.length > 0);
    expect(received[0]?.toString("latin1")).toContain("s@cret");
    expect(JSON.stringify(heard.downs)).not.toMatch(/s(%40|@)cret/);
    expect(heard.downs[0]?.message).toContain("//n1:…@127.0.0.1");
  });

  test.each(["http://127.0.0.1", "mqtt://", "", "127.0.0.1:1883", "mqtt://a:b:c"])(
    "an address that is none (%j) is refused in its turn, and close is in time for it",
    async (at) => {
      open(at);
      expect(heard.story).toEqual([]);
      await until(() => heard.story.length > 0);
      expect(heard.story).toEqual(["BUS_REFUSED"]);
      bus.open(openingOf(nodeOf("n1")));
      await bus.close();
      await pause(20);
      expect(heard.story).toEqual(["BUS_REFUSED"]);
    },
  );
});
