import { describe, expect, test } from "vitest";
import { limits } from "#src/contract/limits.ts";
import { channels, type Message } from "#src/contract/topics.ts";
import { channelOf, type Decoded, decodeMessage, encodeMessage } from "#src/contract/wire.ts";

const own = { region: "north", node: "n1" };
const loop = { ...own, loop: "l1" };

const messages: readonly Message[] = [
  {
    channel: "link",
    params: own,
    body: { v: 1, state: "up", boot: 3, session: 2, version: "0.1.0" },
  },
  {
    channel: "mode",
    params: own,
    body: { v: 1, boot: 3, mode: "autonomous", reason: "the lease ended", since: 5 },
  },
  {
    channel: "metric",
    params: own,
    body: {
      v: 1,
      boot: 3,
      base: 7,
      series: ["air", "Größe"],
      points: [
        [7, 1_000, 0, 4.25, 0],
        [9, 1_001, 1, null, 3],
      ],
      tombstones: [{ from: 8, to: 8, reason: "shed", count: 1 }],
    },
  },
  { channel: "ack", params: own, body: { v: 1, boot: 3, upTo: 9 } },
  {
    channel: "lease",
    params: { region: "north" },
    body: { v: 1, controller: "c1", epoch: 4, ttl: 10_000 },
  },
  {
    channel: "setpoint",
    params: loop,
    body: { v: 1, id: "s1", epoch: 4, value: -18.5, for: 0, owner: "me", reason: "" },
  },
  {
    channel: "setpointAnswer",
    params: loop,
    body: { v: 1, id: "s1", result: "refused", code: "SETPOINT_BOUNDS", message: "too warm" },
  },
];

test.each(messages)("$channel comes back as it was sent", (message) => {
  const packet = encodeMessage(message);
  expect(decodeMessage({ ...packet, retain: packet.retain })).toEqual({ message });
  expect(packet).toMatchObject({
    topic: channels[message.channel].topic.format(message.params as never),
    qos: channels[message.channel].qos,
    retain: channels[message.channel].retain,
  });
});

test("there is an example of every channel here", () => {
  expect(messages.map(({ channel }) => channel)).toEqual(Object.keys(channels));
});

describe("what cannot be read is refused with its reason", () => {
  const topic = "hf/v1/north/n1/ack/metric";
  const read = (payload: string | Uint8Array, retain = false, at = topic): Decoded =>
    decodeMessage({
      topic: at,
      payload: typeof payload === "string" ? new TextEncoder().encode(payload) : payload,
      retain,
    });

  test.each([
    ["nothing", "", /not JSON/],
    ["half of it", '{"v":1,', /not JSON/],
    ["no UTF-8", Uint8Array.of(0x22, 0xff, 0x22), /not UTF-8/],
    ["a list", "[]", /./],
    ["null", "null", /./],
    ["a version to come", '{"v":2,"boot":1,"upTo":1}', /v: /],
    ["a missing key", '{"v":1,"boot":1}', /upTo: /],
    ["a number as text", '{"v":1,"boot":1,"upTo":"1"}', /upTo: /],
    ["a fraction", '{"v":1,"boot":1,"upTo":1.5}', /upTo: /],
    ["a number beyond counting", '{"v":1,"boot":1,"upTo":1e300}', /upTo: /],
    ["less than nothing", '{"v":1,"boot":1,"upTo":-1}', /upTo: /],
  ])("%s", (_, payload, why) => {
    expect(read(payload)).toMatchObject({
      refused: { code: "MESSAGE_MALFORMED", message: expect.stringMatching(why) },
    });
  });

  test("a point of a series that is not there", () => {
    const batch = '{"v":1,"boot":1,"base":1,"series":[],"points":[[1,1,0,1,0]],"tombstones":[]}';
    expect(read(batch, false, "hf/v1/north/n1/data/metric")).toMatchObject({
      refused: { message: expect.stringContaining("series") },
    });
  });

  test.each(["hf/v1/north/n1/ack", "a", "", "$SYS/x", "hf/v1/north/_region/ack/metric"])(
    "the topic %j, which is none",
    (other) => {
      expect(channelOf(other)).toBeUndefined();
      expect(read('{"v":1}', false, other)).toMatchObject({
        refused: { code: "MESSAGE_MALFORMED", message: expect.stringContaining("no such topic") },
      });
    },
  );

  test("T2: anything retained on a topic that retains nothing, however sound", () => {
    expect(read('{"v":1,"boot":1,"upTo":1}')).toHaveProperty("message");
    expect(read('{"v":1,"boot":1,"upTo":1}', true)).toMatchObject({
      refused: { code: "MESSAGE_RETAINED" },
    });
  });

  test("one byte too many, before it is looked at", () => {
    const sound = '{"v":1,"boot":1,"upTo":1}'.padEnd(limits.payloadBytes, " ");
    expect(read(sound)).toHaveProperty("message");
    expect(read(`${sound} `)).toMatchObject({
      refused: {
        code: "MESSAGE_OVERSIZE",
        message: expect.stringContaining(String(limits.payloadBytes + 1)),
      },
    });
  });
});

test("keys that a reader does not know are left out, so that newer ones may say more", () => {
  const payload = new TextEncoder().encode('{"v":1,"boot":1,"upTo":1,"__proto__":{"v":2},"x":[]}');
  const read = decodeMessage({ topic: "hf/v1/north/n1/ack/metric", payload, retain: false });
  expect(read).toEqual({
    message: { channel: "ack", params: own, body: { v: 1, boot: 1, upTo: 1 } },
  });
});

test("a full batch fits a payload", () => {
  const points = Array.from({ length: limits.batchPoints }, (_, at) => [
    Number.MAX_SAFE_INTEGER - at,
    Number.MAX_SAFE_INTEGER,
    limits.batchPoints - 1,
    -Math.PI * 1e-300,
    3,
  ]);
  const body = {
    v: 1,
    boot: Number.MAX_SAFE_INTEGER,
    base: 1,
    series: Array.from({ length: limits.batchPoints }, () => "x".repeat(128)),
    points,
    tombstones: Array.from({ length: limits.batchTombstones }, () => ({
      from: Number.MAX_SAFE_INTEGER,
      to: Number.MAX_SAFE_INTEGER,
      reason: "corrupt",
      count: Number.MAX_SAFE_INTEGER,
    })),
  };
  const { payload } = encodeMessage({ channel: "metric", params: own, body } as unknown as Message);
  expect(payload.length).toBeLessThanOrEqual(limits.payloadBytes);
});
