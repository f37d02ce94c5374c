import { afterEach, beforeEach, describe, expect, test } from "vitest";
import type { Principal } from "#src/contract/client-id.ts";
import { limits } from "#src/contract/limits.ts";
import { channels, type Message, type MessageFor } from "#src/contract/topics.ts";
import { encodeMessage, type Packet } from "#src/contract/wire.ts";
import type { Bus, BusEvents } from "#src/ports/bus.ts";
import {
  ackOf,
  batchOf,
  Heard,
  home,
  largeOf,
  leaseOf,
  linkOf,
  modeOf,
  nodeOf,
  type Opening,
  openingOf,
  setpointOf,
  theRegion,
} from "./bus-members.ts";

/** What a family of brokers lets a test do. */
export interface BusWorld {
  /** Whether the broker itself keeps retained commands and oversize payloads from its clients. */
  readonly judges: boolean;
  bus(who: Principal, events: BusEvents): Promise<Line>;
  /** A bus that looks for its broker where there is none. */
  nowhere(who: Principal, events: BusEvents): Bus;
  /** Any bytes, as this client may say them; resolves when the broker has them or refused. */
  say(who: Principal, packet: Packet): Promise<void>;
  /** Lets time pass until it holds; fails after a bounded time. */
  until(holds: () => boolean): Promise<void>;
  /** Lets enough time pass for whatever is on its way to arrive. */
  pass(): Promise<void>;
  now(): number;
  end(): Promise<void>;
}

/** A bus and the line to its broker. */
export interface Line {
  readonly bus: Bus;
  /** Breaks the connection: both ends notice. */
  cut(): void;
  /** Nothing gets through any more, and no end notices. */
  freeze(): void;
}

/** The keepalive that a world gives to its buses; some tests wait for one and a half of it. */
export const contractKeepalive = 2_000;

export function busContract(family: string, begin: () => Promise<BusWorld>): void {
  describe(`the bus over ${family}`, () => {
    let world: BusWorld;
    let buses: Bus[];

    beforeEach(async () => {
      world = await begin();
      buses = [];
    });

    afterEach(async () => {
      await Promise.all(buses.map((bus) => bus.close()));
      await world.end();
    });

    const member = async (who: Principal): Promise<Member> => {
      const heard = new Heard();
      const line = await world.bus(who, heard);
      buses.push(line.bus);
      return { ...line, heard };
    };
    const joined = async (who: Principal, given: Partial<Opening> = {}): Promise<Member> => {
      const one = await member(who);
      one.bus.open(openingOf(who, given));
      await world.until(() => one.heard.story.length > 0);
      expect(one.heard.story).toEqual(["up"]);
      return one;
    };

    test("B1: an attempt at a broker that is not there ends in one down", async () => {
      const heard = new Heard();
      const bus = world.nowhere(nodeOf("n1"), heard);
      buses.push(bus);
      for (let attempt = 1; attempt <= 3; attempt += 1) {
        bus.open(openingOf(nodeOf("n1")));
        await world.until(() => heard.story.length >= attempt);
      }
      await world.pass();
      expect(heard.story).toEqual(["BUS_REFUSED", "BUS_REFUSED", "BUS_REFUSED"]);
    });

    test("B1: an attempt that nobody answers ends in one down", async () => {
      const { bus, heard, freeze } = await member(nodeOf("n1"));
      freeze();
      bus.open(openingOf(nodeOf("n1")));
      await world.until(() => heard.story.length > 0);
      await world.pass();
      expect(heard.story).toEqual(["BUS_REFUSED"]);
    });

    test("B1: a session that is cut ends in one down, and can be opened again", async () => {
      const { bus, heard, cut } = await joined(nodeOf("n1"));
      for (let round = 0; round < 3; round += 1) {
        cut();
        await world.until(() => heard.story.at(-1) !== "up");
        bus.open(openingOf(nodeOf("n1")));
        await world.until(() => heard.story.at(-1) === "up");
      }
      const again = ["BUS_LOST", "up"];
      expect(heard.story).toEqual(["up", ...again, ...again, ...again]);
    });

    test("B1: a session whose other end fell silent ends in one down", async () => {
      const { heard, freeze } = await joined(nodeOf("n1"));
      const from = world.now();
      freeze();
      await world.until(() => heard.story.length > 1);
      expect(world.now() - from).toBeLessThan(2.5 * contractKeepalive);
      await world.pass();
      expect(heard.story).toEqual(["up", "BUS_LOST"]);
    });

    test("B1: nothing comes after close, also when it was opening", async () => {
      const opened = await joined(nodeOf("n1"));
      const opening = await member(nodeOf("n2"));
      opening.bus.open(openingOf(nodeOf("n2")));
      await Promise.all([opened.bus.close(), opening.bus.close()]);
      await world.pass();
      expect(opened.heard.story).toEqual(["up"]);
      expect(opening.heard.story).toEqual([]);
      expect(opened.bus.publish(modeOf("n1"))).toBe(false);
    });

    test("close takes no longer than two seconds with a dead peer", async () => {
      const { bus, freeze } = await joined(nodeOf("n1"));
      freeze();
      expect(bus.publish(modeOf("n1"))).toBe(true);
      const from = world.now();
      await bus.close();
      expect(world.now() - from).toBeLessThan(2_000);
    });

    test("B2: everything published in a lasting session arrives, in both directions", async () => {
      const region = await joined(theRegion);
      const node = await joined(nodeOf("n1"));
      const many = 1_500;
      for (let count = 1; count <= many; count += 1) {
        await world.until(
          () => region.bus.publish(ackOf("n1", count)) && node.bus.publish(batchOf("n1", count)),
        );
      }
      await world.until(() => count(region) >= many && count(node) >= many);
      expect(new Set(node.heard.of("ack").map(({ body }) => body.upTo)).size).toBe(many);
      expect(new Set(region.heard.of("metric").map(({ body }) => body.base)).size).toBe(many);
    });

    test("B2: nothing is taken before up and after down", async () => {
      const region = await joined(theRegion);
      const node = await member(nodeOf("n1"));
      expect(node.bus.publish(modeOf("n1"))).toBe(false);
      node.bus.open(openingOf(nodeOf("n1")));
      expect(node.bus.publish(modeOf("n1"))).toBe(false);
      await world.until(() => node.heard.story.length > 0);
      node.cut();
      await world.until(() => node.heard.story.length > 1);
      expect(node.bus.publish(modeOf("n1"))).toBe(false);
      node.bus.open(openingOf(nodeOf("n1")));
      await world.until(() => node.heard.story.length > 2);
      await world.pass();
      expect(region.heard.of("mode")).toEqual([]);
    });

    test("B2: a connection that stands still takes only so much", async () => {
      const { bus, freeze } = await joined(theRegion);
      freeze();
      let taken = 0;
      while (taken <= limits.publishesInFlight && bus.publish(ackOf("n1", taken))) taken += 1;
      expect(taken).toBe(limits.publishesInFlight);
      const big = await joined(nodeOf("n1"));
      big.freeze();
      let bytes = 0;
      while (bytes <= limits.publishBytesInFlight && big.bus.publish(largeOf("n1"))) {
        bytes += 100_000;
      }
      expect(bytes).toBeLessThanOrEqual(limits.publishBytesInFlight);
    });

    test("B3: the Will is published when a session is cut", async () => {
      const region = await joined(theRegion);
      const will = linkOf("n1", "down");
      const { bus, cut } = await joined(nodeOf("n1"), { will });
      bus.publish(linkOf("n1", "up"));
      await world.until(() => region.heard.of("link").length > 0);
      cut();
      await world.until(() => region.heard.of("link").length > 1);
      expect(region.heard.of("link").map(({ body }) => body.state)).toEqual(["up", "down"]);
    });

    test("B3: no Will is published after close, whatever was on its way", async () => {
      const region = await joined(theRegion);
      const { bus } = await joined(nodeOf("n1"), { will: linkOf("n1", "down") });
      for (let base = 1; base <= 50; base += 1) bus.publish(batchOf("n1", base));
      await bus.close();
      await world.until(() => region.heard.of("metric").length === 50);
      await world.pass();
      expect(region.heard.of("link")).toEqual([]);
    });

    test("B4: messages of one publisher on one topic arrive in order", async () => {
      const region = await joined(theRegion);
      const nodes = await Promise.all(["n1", "n2"].map((name) => joined(nodeOf(name))));
      for (let base = 1; base <= 300; base += 1) {
        nodes.forEach(({ bus }, at) => void bus.publish(batchOf(`n${at + 1}`, base)));
      }
      await world.until(() => region.heard.of("metric").length >= 600);
      const inOrder = Array.from({ length: 300 }, (_, at) => at + 1);
      for (const name of ["n1", "n2"]) {
        const from = region.heard.of("metric").filter(({ params }) => params.node === name);
        expect(from.map(({ body }) => body.base)).toEqual(inOrder);
      }
    });

    test.each([
      ["no JSON", Buffer.from("not at all")],
      ["no UTF-8", Buffer.from([0x22, 0xff, 0x22])],
      ["another shape", Buffer.from('{"v":1,"mode":"merry"}')],
      ["a version to come", Buffer.from('{"v":2}')],
      ["nothing", Buffer.alloc(0)],
    ])("B5: %s is refused with its reason, and touches nothing else", async (_, payload) => {
      const region = await joined(theRegion);
      const topic = channels.metric.topic.format({ region: home, node: "n8" });
      await world.say(nodeOf("n8"), { topic, payload, qos: 1, retain: false });
      await world.until(() => region.heard.refusals.length > 0);
      expect(region.heard.refusals[0]).toMatchObject({ code: "MESSAGE_MALFORMED" });
      expect(region.heard.refusals[0]?.message).toContain(topic);
      await joinedSays(batchOf("n1", 1), region);
      expect(region.heard.story).toEqual(["up"]);
    });

    test("B5: more than a payload may be never arrives as a message", async () => {
      const region = await joined(theRegion);
      const topic = channels.metric.topic.format({ region: home, node: "n8" });
      const payload = Buffer.alloc(limits.payloadBytes + 1, " ");
      await world.say(nodeOf("n8"), { topic, payload, qos: 1, retain: false });
      await joinedSays(batchOf("n1", 1), region);
      expect(region.heard.codes).toEqual(world.judges ? [] : ["MESSAGE_OVERSIZE"]);
    });

    test("B5: a retained command never arrives as a message", async () => {
      const topic = channels.setpoint.topic.format({ region: home, node: "n1", loop: "l1" });
      const payload = Buffer.from(JSON.stringify(setpointOf("n1").body));
      await world.say(theRegion, { topic, payload, qos: 1, retain: true });
      const node = await joined(nodeOf("n1"));
      const region = await joined(theRegion);
      await world.until(() => region.bus.publish(ackOf("n1", 7)));
      await world.until(() => node.heard.of("ack").length > 0);
      expect(node.heard.messages).toEqual([ackOf("n1", 7)]);
      expect(node.heard.codes).toEqual(world.judges ? [] : ["MESSAGE_RETAINED"]);
    });

    test("B6: what is published once it is up arrives, every time", async () => {
      const region = await joined(theRegion);
      const node = await member(nodeOf("n1"));
      for (let round = 1; round <= 20; round += 1) {
        node.heard.onUp = () => void region.bus.publish(ackOf("n1", round));
        node.bus.open(openingOf(nodeOf("n1")));
        await world.until(() => node.heard.of("ack").some(({ body }) => body.upTo === round));
        node.cut();
        await world.until(() => node.heard.story.at(-1) === "BUS_LOST");
      }
    });

    test("B6: a subscription that is not granted ends the attempt, or brings nothing", async () => {
      const curious = await member(nodeOf("n2"));
      curious.bus.open(openingOf(nodeOf("n1")));
      await world.until(() => curious.heard.story.length > 0);
      expect(curious.heard.story).toEqual([world.judges ? "BUS_REFUSED" : "up"]);
      const region = await joined(theRegion);
      const node = await joined(nodeOf("n1"));
      region.bus.publish(ackOf("n1", 1));
      await world.until(() => count(node) === 1);
      await world.pass();
      expect(curious.heard.messages).toEqual([]);
    });

    test("B6: nothing is heard before up, also what is retained", async () => {
      const node = await joined(nodeOf("n1"));
      node.bus.publish(modeOf("n1"));
      for (let round = 0; round < 5; round += 1) {
        const region = await joined(theRegion);
        await world.until(() => region.heard.of("mode").length > 0);
        expect(region.heard.beforeUp).toBe(0);
        await region.bus.close();
      }
    });

    test("state is there for those who come later, until it is cleared", async () => {
      const node = await joined(nodeOf("n1"));
      const early = await joined(theRegion);
      node.bus.publish(linkOf("n1", "up"));
      node.bus.publish(modeOf("n1"));
      await world.until(() => early.heard.messages.length === 2);
      await early.bus.close();
      const late = await joined(theRegion);
      await world.until(() => late.heard.messages.length === 2);
      expect(late.heard.messages).toEqual(
        expect.arrayContaining([linkOf("n1", "up"), modeOf("n1")]),
      );

      await node.bus.close();
      const topic = channels.link.topic.format({ region: home, node: "n1" });
      await world.say(nodeOf("n1"), { topic, payload: Buffer.alloc(0), qos: 1, retain: true });
      await world.pass();
      expect(late.heard.of("link")).toHaveLength(1);
      await late.bus.close();
      const latest = await joined(theRegion);
      await world.until(() => latest.heard.messages.length > 0);
      await world.pass();
      expect(latest.heard.messages).toEqual([modeOf("n1")]);
      expect(latest.heard.codes).toEqual([]);
    });

    test("events are not kept for those who come later", async () => {
      const node = await joined(nodeOf("n1"));
      node.bus.publish(batchOf("n1", 1));
      await node.bus.close();
      const region = await joined(theRegion);
      await world.pass();
      expect(region.heard.messages).toEqual([]);
    });

    test("a region hears all its nodes, a node itself and its region only", async () => {
      const region = await joined(theRegion);
      const names = ["n1", "n2", "n3"];
      const nodes = await Promise.all(names.map((name) => joined(nodeOf(name))));
      region.bus.publish(leaseOf());
      for (const [at, name] of names.entries()) {
        region.bus.publish(ackOf(name, at + 1));
        region.bus.publish(setpointOf(name));
        nodes[at]?.bus.publish(batchOf(name, at + 1));
      }
      await world.until(
        () => nodes.every(({ heard }) => heard.messages.length >= 3) && count(region) >= 3,
      );
      await world.pass();
      for (const [at, name] of names.entries()) {
        const { messages } = nodes[at]!.heard;
        expect(messages).toHaveLength(3);
        expect(messages).toEqual(
          expect.arrayContaining([leaseOf(), ackOf(name, at + 1), setpointOf(name)]),
        );
      }
      expect(region.heard.messages).toHaveLength(3);
    });

    test("AC1, AC2: nobody speaks for another, whatever it sends", async () => {
      const region = await joined(theRegion);
      const node = await joined(nodeOf("n1"));
      const said = (message: Message): Packet => ({ ...encodeMessage(message), qos: 1 });
      await world.say(nodeOf("n2"), said(batchOf("n1", 1)));
      await world.say(nodeOf("n2"), said(ackOf("n1", 1)));
      await world.say(nodeOf("n2"), said(leaseOf()));
      await world.say({ kind: "region", region: home, controller: "c2" }, said(batchOf("n1", 2)));
      await world.say({ kind: "probe", probe: "p1" }, said(batchOf("n1", 3)));
      await world.pass();
      expect(region.heard.messages).toEqual([]);
      expect(node.heard.messages).toEqual([]);
    });

    test("who comes again under its id takes over, and is served", async () => {
      const region = await joined(theRegion);
      const first = await joined(nodeOf("n1"), { will: linkOf("n1", "down") });
      const second = await joined(nodeOf("n1"), { will: linkOf("n1", "down") });
      await world.until(() => first.heard.story.length > 1);
      expect(first.heard.story).toEqual(["up", "BUS_LOST"]);
      second.bus.publish(batchOf("n1", 1));
      region.bus.publish(ackOf("n1", 1));
      await world.until(() => region.heard.of("metric").length === 1 && count(second) === 1);
      await world.pass();
      expect(second.heard.story).toEqual(["up"]);
    });

    /** Another node says something that has to arrive, so that all that went before it has. */
    async function joinedSays(message: MessageFor<"metric">, hearer: Member): Promise<void> {
      const node = await joined(nodeOf(message.params.node));
      expect(node.bus.publish(message)).toBe(true);
      await world.until(() => hearer.heard.messages.length > 0);
      expect(hearer.heard.messages).toEqual([message]);
    }
  });
}

interface Member extends Line {
  readonly heard: Heard;
}

const count = ({ heard }: Member): number => heard.messages.length;
