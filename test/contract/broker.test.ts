import { setTimeout as pause } from "node:timers/promises";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { type Broker, openBroker } from "#broker/aedes-broker.ts";
import { mqttBus, probeBroker } from "#src/adapters/mqtt-bus.ts";
import { FaultError } from "#src/base/fault.ts";
import { rngOf } from "#src/base/rng.ts";
import { millis } from "#src/base/units.ts";
import { nodeClientId, regionClientId } from "#src/contract/client-id.ts";
import { limits } from "#src/contract/limits.ts";
import {
  connect,
  disconnect,
  packet,
  pingreq,
  publish,
  subscribe,
} from "#test/unit/broker/packets.ts";
import { KeptLog } from "#test/unit/kept-log.ts";
import { ackOf, batchOf, Heard, nodeOf, openingOf, theRegion } from "./bus-members.ts";
import { damaged, saidInPieces } from "./damaged-conversation.ts";
import { RawClient, until } from "./raw-client.ts";

const accepted = [0x20, 2, 0, 0];
const notAuthorized = [0x20, 2, 0, 5];
const metric = "hf/v1/north/n1/data/metric";

describe("the embedded broker", () => {
  let log: KeptLog;
  let broker: Broker;
  const clients: RawClient[] = [];
  const closes: (() => Promise<void>)[] = [];

  beforeEach(async () => {
    log = new KeptLog();
    broker = await openBroker({ host: "127.0.0.1", port: 0, region: "north", log });
  });

  afterEach(async () => {
    for (const client of clients.splice(0)) client.end();
    await Promise.all(closes.splice(0).map((close) => close()));
    await broker.close();
    expect(log.entries.filter(({ level }) => level === "error")).toEqual([]);
  });

  const raw = (): RawClient => {
    const client = new RawClient(broker.port);
    clients.push(client);
    return client;
  };
  const connected = async (clientId: string): Promise<RawClient> => {
    const client = raw();
    client.say(connect({ clientId }));
    expect([...(await client.hears(4))]).toEqual(accepted);
    return client;
  };
  const member = async (who: typeof theRegion) => {
    const heard = new Heard();
    const clientId =
      who.kind === "region" ? regionClientId("north", "c1") : nodeClientId("north", "n1");
    const url = `mqtt://127.0.0.1:${broker.port}`;
    const bus = mqttBus({ url, clientId, keepalive: millis(10_000), events: heard });
    closes.push(() => bus.close());
    bus.open(openingOf(who));
    await until(() => heard.story.length > 0);
    expect(heard.story).toEqual(["up"]);
    return { bus, heard };
  };

  /** Two members that talk: whatever else happens, they are served. */
  const witnesses = async (): Promise<() => Promise<void>> => {
    const region = await member(theRegion);
    const node = await member(nodeOf("n1"));
    let round = 0;
    return async () => {
      round += 1;
      expect(node.bus.publish(batchOf("n1", round))).toBe(true);
      expect(region.bus.publish(ackOf("n1", round))).toBe(true);
      await until(
        () =>
          region.heard.of("metric").at(-1)?.body.base === round &&
          node.heard.of("ack").at(-1)?.body.upTo === round,
      );
      expect([region.heard.story, node.heard.story]).toEqual([["up"], ["up"]]);
    };
  };

  describe("lets in whom it knows", () => {
    test.each([
      ["a stranger", connect({ clientId: "mqttjs_1" })],
      ["nobody", connect({ clientId: "" })],
      ["a node of another region", connect({ clientId: "node:south:n1" })],
      ["a session to be kept", connect({ clean: false })],
      ["a Will for another", connect({ will: { topic: "hf/v1/north/n2/status/link" } })],
      ["a retained Will on a command", connect({ will: { topic: metric, retain: true } })],
    ])("%s is told that it may not, and is closed", async (_, bytes) => {
      const client = raw();
      client.say(bytes, pingreq);
      expect(await client.closes()).toBe(true);
      expect([...client.heard]).toEqual(notAuthorized);
      expect(log.entries.map(({ event }) => event)).toContain("broker.refused.client");
      expect(broker.stats()).toMatchObject({ clients: 0, refusals: 1 });
    });

    test.each([
      ["MQTT 5", connect({ version: 5 }), 1],
      ["no keepalive", connect({ keepalive: 0 }), 6],
      ["a keepalive too long", connect({ keepalive: 121 }), 6],
    ])("%s is refused with its code", async (_, bytes, code) => {
      const client = raw();
      client.say(bytes);
      expect(await client.closes()).toBe(true);
      expect([...client.heard].slice(0, 4)).toEqual([0x20, 2, 0, code]);
    });

    test("a probe comes back with its own message", async () => {
      const probe = await probeBroker(`mqtt://127.0.0.1:${broker.port}`);
      expect(probe).toMatchObject({ ok: true, evidence: expect.stringMatching(/in [\d.]+ ms/) });
      await until(() => broker.stats().connections === 0);
    });

    test("a probe says why it does not", async () => {
      await broker.close();
      expect(await probeBroker(`mqtt://127.0.0.1:${broker.port}`)).toEqual({
        ok: false,
        why: "nothing listens there",
      });
      expect(await probeBroker("http://x")).toMatchObject({ ok: false });
    });
  });

  test("who never introduces itself is closed after five seconds", async () => {
    const client = raw();
    const from = performance.now();
    expect(await client.closes(7_000)).toBe(true);
    expect(performance.now() - from).toBeGreaterThan(4_000);
  });

  test("a refused publication ends its connection, and only that", async () => {
    const serve = await witnesses();
    for (const bytes of [
      publish({ topic: "hf/v1/north/n1/data/metric" }),
      publish({ topic: "hf/v1/north/_region/lease" }),
      publish({ topic: "hf/v1/north/n9/data/metric", retain: true }),
      publish({ topic: "$SYS/x/new/clients", payload: nodeClientId("north", "n1") }),
      publish({
        topic: "hf/v1/north/n9/data/metric",
        payload: new Uint8Array(limits.payloadBytes + 1),
      }),
    ]) {
      const client = await connected("node:north:n9");
      client.say(bytes);
      expect(await client.closes()).toBe(true);
      await serve();
    }
    expect(broker.stats().refusals).toBe(5);
  });

  test("a subscription that is refused is answered with 0x80, the others with their QoS", async () => {
    const client = await connected("node:north:n1");
    const own = "hf/v1/north/n1/ack/metric";
    client.say(subscribe(["#", own, "hf/v1/north/n2/ack/metric", "$SYS/#"], 7));
    const suback = (await client.hears(12)).subarray(4);
    expect([...suback]).toEqual([0x90, 6, 0, 7, 0x80, 1, 0x80, 0x80]);
  });

  test("retained topics are bounded, whoever they belong to", async () => {
    for (let at = 0; at < 20; at += 1) {
      const client = await connected(`node:north:m${at}`);
      const topic = `hf/v1/north/m${at}/status/link`;
      client.say(publish({ topic, retain: true, qos: 1 }));
      await client.hears(8);
      client.say(publish({ topic, retain: true, qos: 1, id: 2, payload: "" }), disconnect);
      await client.closes();
    }
    expect(broker.stats().retainedTopics).toBe(0);
  });

  describe("EB1: whatever bytes come, it goes on", () => {
    test.each([
      ["NUL in a topic", publish({ topic: [104, 0, 102] }), /control/],
      ["no UTF-8", publish({ topic: [0xff] }), /UTF-8/],
      ["a packet id of 0", publish({ topic: metric, qos: 1, id: 0 }), /packet id/],
      ["a packet of 256 MB", Uint8Array.from([0x30, 0xff, 0xff, 0xff, 0x7f]), /more than/],
      ["CONNECT again", connect(), /again/],
      ["a packet of the future", packet(0xf0), /type 15/],
    ])("%s ends the connection with a reason in the log", async (_, bytes, why) => {
      const client = await connected("node:north:n9");
      client.say(bytes);
      expect(await client.closes()).toBe(true);
      expect(log.entries).toContainEqual(
        expect.objectContaining({
          event: "broker.refused.packet",
          why: expect.stringMatching(why),
          address: "127.0.0.1",
        }),
      );
    });

    test("thousands of damaged conversations, in pieces, do no harm", {
      timeout: 60_000,
    }, async () => {
      const serve = await witnesses();
      const rng = rngOf("damaged conversations");
      const before = process.memoryUsage().heapUsed;
      for (let round = 0; round < 100; round += 1) {
        const batch = Array.from({ length: 40 }, () => damaged(rng));
        await Promise.all(batch.map((pieces) => saidInPieces(broker.port, pieces)));
        if (round % 10 === 9) await serve();
      }
      await until(() => broker.stats().connections === 2);
      expect(broker.stats().clients).toBe(2);
      expect(broker.stats().refusals).toBeGreaterThan(1_000);
      expect(process.memoryUsage().heapUsed - before).toBeLessThan(100 * 1024 * 1024);
      // However many were refused, the log stays readable.
      expect(log.entries.filter(({ level }) => level === "warn").length).toBeLessThan(60);
    });

    test("a flood of half packets is not kept", async () => {
      const serve = await witnesses();
      const heads = Array.from({ length: 100 }, () => raw());
      const half = publish({ topic: metric, payload: new Uint8Array(limits.payloadBytes) });
      for (const [at, client] of heads.entries()) {
        client.say(connect({ clientId: `node:north:h${at}` }), half.subarray(0, 60_000));
      }
      await serve();
      for (const client of heads) client.end();
      await until(() => broker.stats().connections === 2);
      await serve();
    });
  });

  test("EB2: a subscriber that stops reading delays the others by about a second, once", {
    timeout: 40_000,
  }, async () => {
    const region = await member(theRegion);
    const node = await member(nodeOf("n1"));
    const stalled = await connected("region:north:c2");
    stalled.say(subscribe(["hf/v1/north/+/data/metric"]));
    await stalled.hears(9);
    stalled.socket.pause();
    const gaps: number[] = [];
    let heard = 0;
    let last = performance.now();
    const from = last;
    let round = 0;
    const body = { ...batchOf("n1", 1).body, series: Array<string>(60).fill("x".repeat(128)) };
    while (performance.now() - from < 12_000 && broker.stats().clients === 3) {
      round += 1;
      node.bus.publish({ ...batchOf("n1", 1), body: { ...body, base: round } });
      region.bus.publish(ackOf("n1", round));
      await pause(1);
      const now = performance.now();
      if (node.heard.messages.length > heard) {
        gaps.push(now - last);
        last = now;
        heard = node.heard.messages.length;
      }
    }
    await until(() => broker.stats().clients === 2);
    await until(() => node.heard.messages.length === round);
    gaps.push(performance.now() - last);
    const worst = Math.max(...gaps);
    console.info(`stalled subscriber: worst gap ${worst.toFixed(0)} ms in ${round} messages`);
    expect(worst).toBeGreaterThan(500);
    expect(worst).toBeLessThan(2_000);
    expect(gaps.filter((gap) => gap > 500)).toHaveLength(1);
    await until(() => region.heard.of("metric").length === round);
  });

  test("EB3: surplus connections from one address are closed at once, and make room again", {
    timeout: 60_000,
  }, async () => {
    const serve = await witnesses();
    const room = limits.connectionsPerAddress - 2;
    const idle = Array.from({ length: room }, () => raw());
    // As admitted clients: others would be closed after five seconds.
    for (const [at, client] of idle.entries())
      client.say(connect({ clientId: `node:north:i${at}` }));
    await until(() => broker.stats().connections === limits.connectionsPerAddress, 20_000);
    const surplus = raw();
    expect(await surplus.closes()).toBe(true);
    expect(log.entries.at(-1)).toMatchObject({ event: "broker.refused.connection" });
    await serve();
    for (const client of idle.splice(0, 10)) client.end();
    await until(() => broker.stats().connections === limits.connectionsPerAddress - 10);
    await connected("node:north:n9");
  });

  test("EB4: a client that comes again replaces its former connection, also a hundred times", async () => {
    const serve = await witnesses();
    let last = await connected("node:north:n9");
    for (let round = 0; round < 100; round += 1) {
      const next = await connected("node:north:n9");
      expect(await last.closes()).toBe(true);
      last = next;
    }
    last.say(pingreq);
    expect([...(await last.hears(6)).subarray(4)]).toEqual([0xd0, 0]);
    // All at once: one of them stays.
    const rivals = Array.from({ length: 20 }, () => raw());
    for (const rival of rivals) rival.say(connect({ clientId: "node:north:n9" }));
    await until(() => rivals.filter((rival) => rival.isClosed).length === 19);
    await until(() => broker.stats().connections === 3);
    expect(broker.stats().clients).toBe(3);
    await serve();
  });

  test("EB4: it does so also when the former one ends in the same moment", async () => {
    const clientId = "node:north:n9";
    for (let round = 0; round < 100; round += 1) {
      const first = await connected(clientId);
      first.say(subscribe(["hf/v1/north/n9/ack/metric", "hf/v1/north/n9/setpoint/+"]));
      await first.hears(4 + 6);
      const second = raw();
      await until(() => !second.socket.connecting);
      if (round % 2 === 0) first.say(packet(0xf0));
      second.say(connect({ clientId }));
      if (round % 2 === 1) first.say(packet(0xf0));
      await second.hears(4);
      const third = await connected(clientId);
      expect(await second.closes()).toBe(true);
      expect(broker.stats().clients).toBe(1);
      third.end();
      await until(() => broker.stats().connections === 0);
    }
  });

  test("EB5: close ends every connection within a second, in whatever state it is", async () => {
    await witnesses();
    const silent = raw();
    const half = raw();
    half.say(connect().subarray(0, 5));
    const stalled = await connected("region:north:c2");
    stalled.socket.pause();
    await until(() => broker.stats().connections === 5);
    const from = performance.now();
    await broker.close();
    expect(performance.now() - from).toBeLessThan(1_000);
    expect(await silent.closes()).toBe(true);
    expect(await half.closes()).toBe(true);
    expect(broker.stats().connections).toBe(0);
    await broker.close();
  });
});

describe("a port that cannot be had", () => {
  const log = new KeptLog();
  const codeOf = (host: string, port: number): Promise<string> =>
    openBroker({ host, port, region: "north", log }).then(
      async (broker) => {
        await broker.close();
        return "open";
      },
      (error: unknown) => (error instanceof FaultError ? error.fault.code : String(error)),
    );

  test("is a fault with the address in it", async () => {
    const broker = await openBroker({ host: "127.0.0.1", port: 0, region: "north", log });
    expect(await codeOf("127.0.0.1", broker.port)).toBe("PORT_IN_USE");
    await broker.close();
    expect(await codeOf("127.0.0.1", broker.port)).toBe("open");
    expect(await codeOf("192.0.2.1", 0)).toBe("PORT_REFUSED");
  });
});
