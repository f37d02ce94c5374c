import { describe, expect, test } from "vitest";
import { type Guarded, guardChunk, guardStart } from "#broker/packet-guard.ts";
import { limits } from "#src/contract/limits.ts";
import {
  connect,
  disconnect,
  packet,
  pingreq,
  puback,
  pubcomp,
  publish,
  pubrec,
  pubrel,
  sizeOf,
  stream,
  subscribe,
  text,
  uint16,
  unsubscribe,
} from "./packets.ts";

const topic = "hf/v1/north/n1/data/metric";

/** What becomes of a stream that comes in one piece, after CONNECT. */
const after = (...packets: readonly Uint8Array[]): Guarded =>
  guardChunk(guardStart(), stream(connect(), ...packets));
const refusal = (...packets: readonly Uint8Array[]): string | undefined =>
  after(...packets).refused;

describe("what MQTT 3.1.1 allows passes", () => {
  test.each([
    [
      "a PUBLISH of each QoS",
      [publish({ topic }), publish({ topic, qos: 1 }), publish({ topic, qos: 2 })],
    ],
    ["one that comes again", [publish({ topic, qos: 1, again: true })]],
    ["a retained one without payload", [publish({ topic, payload: "", retain: true })]],
    ["a topic in another script", [publish({ topic: "hf/köln/東京" })]],
    ["a topic that ends in slashes", [publish({ topic: "a//" })]],
    ["the steps of every QoS", [puback(1), pubrec(1), pubrel(1), pubcomp(65_535)]],
    [
      "wildcards where they belong",
      [subscribe(["+/a/+", "#", "a/#", "+"], 1), unsubscribe(["a/#"])],
    ],
    ["a ping", [pingreq]],
    ["the end", [disconnect]],
  ])("%s", (_, packets) => {
    const { pass, refused, guard } = after(...packets);
    expect(refused).toBeUndefined();
    expect(pass).toEqual(stream(connect(), ...packets));
    expect(guard).toMatchObject({ held: new Uint8Array(0), owed: 0 });
  });
});

describe("PG4: the first packet is CONNECT, there is one, and nothing follows DISCONNECT", () => {
  test.each([
    ["something else first", [pingreq], /first packet/],
    ["CONNECT twice", [connect(), connect()], /again/],
    ["more after the end", [connect(), disconnect, pingreq], /after DISCONNECT/],
  ])("%s is refused", (_, packets, why) => {
    expect(guardChunk(guardStart(), stream(...packets)).refused).toMatch(why);
  });
});

describe("packets that no client sends are refused", () => {
  test.each([0, 2, 9, 11, 13, 15])("type %i", (type) => {
    expect(refusal(packet(type << 4, uint16(1)))).toContain(`type ${type}`);
  });

  test.each([
    ["PUBACK", puback(1)],
    ["PUBREL", pubrel(1)],
    ["SUBSCRIBE", subscribe(["a"])],
    ["UNSUBSCRIBE", unsubscribe(["a"])],
    ["PINGREQ", pingreq],
    ["DISCONNECT", disconnect],
  ])("%s with other flags", (_, bytes) => {
    const flags = (bytes[0] ?? 0) & 0x0f;
    for (let other = 0; other < 16; other += 1) {
      if (other === flags) continue;
      const wrong = Uint8Array.from(bytes);
      wrong[0] = ((bytes[0] ?? 0) & 0xf0) | other;
      expect(refusal(wrong)).toContain(`flags ${other}`);
    }
  });

  test("QoS 3, and QoS 0 that says it comes again", () => {
    expect(refusal(publish({ topic, qos: 3 }))).toContain("QoS 3");
    expect(refusal(publish({ topic, again: true }))).toContain("comes again");
  });

  test.each([
    ["an ack too long", packet(0x40, [0, 1, 0]), /3 bytes instead of 2/],
    ["an ack too short", packet(0x40, [1]), /1 bytes instead of 2/],
    ["a ping with something in it", packet(0xc0, [0]), /1 bytes too many/],
    ["a PUBLISH without a topic", packet(0x30, [0]), /too short/],
    ["a topic longer than its packet", packet(0x30, uint16(9), [97]), /longer than its packet/],
    ["a subscription without filters", packet(0x82, uint16(1)), /without filters/],
    ["a subscription without an id", packet(0x82, [1]), /too short/],
    ["a filter cut off", packet(0x82, uint16(1), [0]), /cut off/],
    ["a filter longer than its packet", packet(0x82, uint16(1), uint16(5), [97]), /longer than/],
    ["a filter without its QoS", packet(0x82, uint16(1), text("a")), /longer than/],
    ["a filter with QoS 3", subscribe(["a"], 1, 3), /QoS 3/],
    ["a length in five bytes", Uint8Array.from([0x30, 0x80, 0x80, 0x80, 0x80, 0]), /five bytes/],
  ])("%s", (_, bytes, why) => {
    expect(refusal(bytes)).toMatch(why);
  });
});

describe("PK1: texts are strict", () => {
  test.each([
    ["NUL", [97, 0], /control/],
    ["a control character", [97, 10], /control/],
    ["a late control character", [0xc2, 0x85], /control/],
    ["what is no UTF-8", [0xff], /UTF-8/],
    ["a surrogate", [0xed, 0xa0, 0x80], /UTF-8/],
    ["an overlong form", [0xc0, 0xaf], /UTF-8/],
    ["nothing", [], /empty/],
    ["too much", Array<number>(limits.topicBytes + 1).fill(97), /257 bytes/],
    ["too many levels", [...Array<number>(limits.topicSlashes + 1).fill(47)], /8 slashes/],
  ])("%s in a topic or filter is refused", (_, bytes, why) => {
    expect(refusal(publish({ topic: bytes }))).toMatch(why);
    expect(refusal(subscribe(["fine", bytes]))).toMatch(why);
    expect(refusal(unsubscribe([bytes]))).toMatch(why);
  });

  test("wildcards in a topic, or inside a level of a filter, are refused", () => {
    for (const wrong of ["a/+", "#", "a/b#"]) {
      expect(refusal(publish({ topic: wrong }))).toMatch(/wildcards/);
    }
    for (const wrong of ["a+", "+a/b", "#/a", "a#", "a/#/b", "++"]) {
      expect(refusal(subscribe([wrong]))).toMatch(/wildcard inside/);
    }
  });
});

test("PK2: a packet id of 0 is refused", () => {
  for (const bytes of [
    publish({ topic, qos: 1, id: 0 }),
    publish({ topic, qos: 2, id: 0 }),
    puback(0),
    pubrec(0),
    pubrel(0),
    pubcomp(0),
    subscribe(["a"], 0),
    unsubscribe(["a"], 0),
  ]) {
    expect(refusal(bytes)).toMatch(/packet id is 0/);
  }
});

describe("PG3: little is held back", () => {
  test("a PUBLISH passes as it comes once its head was seen", () => {
    const whole = publish({ topic, payload: new Uint8Array(limits.payloadBytes) });
    const connected = guardChunk(guardStart(), connect()).guard;
    const first = guardChunk(connected, whole.subarray(0, 100));
    expect(first.pass).toHaveLength(100);
    expect(first.guard.held).toHaveLength(0);
    const second = guardChunk(first.guard, stream(whole.subarray(100), pingreq));
    expect(second.pass).toHaveLength(whole.length - 100 + pingreq.length);
    expect(second.guard.owed).toBe(0);
  });

  test("what is too large is refused by its length, before it is there", () => {
    const publishHead = Uint8Array.from([0x30, ...sizeOf(limits.packetBytes)]);
    const subscribeHead = Uint8Array.from([0x82, ...sizeOf(limits.packetBytesBeforeConnect)]);
    expect(refusal(publishHead)).toMatch(/more than 262144/);
    expect(refusal(subscribeHead)).toMatch(/more than 4096/);
    const connectHead = Uint8Array.from([0x10, ...sizeOf(limits.packetBytesBeforeConnect)]);
    expect(guardChunk(guardStart(), connectHead).refused).toMatch(/more than 4096/);
  });

  test("a topic too long is refused before it is there", () => {
    expect(refusal(Uint8Array.from([0x30, ...sizeOf(70_000), 0xff, 0xff]))).toMatch(/65535 bytes/);
  });

  test("held bytes do not keep their chunk alive", () => {
    const chunk = new Uint8Array(65_536);
    chunk.set(connect());
    const end = connect().length;
    chunk.set([0x82], end);
    const { guard } = guardChunk(guardStart(), chunk.subarray(0, end + 1));
    expect(guard.held.buffer.byteLength).toBe(1);
  });
});

test("PG5: after a refusal nothing passes", () => {
  const { guard, pass } = after(publish({ topic }), packet(0xf0), publish({ topic }));
  expect(pass).toEqual(stream(connect(), publish({ topic })));
  expect(guardChunk(guard, stream(connect(), pingreq))).toMatchObject({
    guard: { phase: "refused" },
    pass: new Uint8Array(0),
  });
});
