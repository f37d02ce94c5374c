import type { Socket } from "node:net";
import { duplexPair } from "node:stream";
import fc from "fast-check";
import { expect, test } from "vitest";
import { publishPacket } from "#src/adapters/mqtt-publish-packet.ts";
import { MqttWire } from "#src/adapters/mqtt-wire.ts";
import { limits } from "#src/contract/limits.ts";

/** A wire to a broker that the test plays. */
function wired() {
  const [socket, broker] = duplexPair();
  const lane: string[] = [];
  const driver: Buffer[] = [];
  const sent: Buffer[] = [];
  const wire = new MqttWire(socket as Socket, ({ topic, payload, retain }) => {
    lane.push(`${topic} ${Buffer.from(payload).toString()}${retain ? " retained" : ""}`);
  });
  wire.on("data", (chunk: Buffer) => driver.push(chunk));
  broker.on("data", (chunk: Buffer) => sent.push(chunk));
  return { wire, broker, lane, driver, sent };
}

const turns = async (count = 20): Promise<void> => {
  for (let turn = 0; turn < count; turn += 1) {
    await new Promise((resolve) => void setImmediate(resolve));
  }
};

const pingAnswer = Buffer.from([0xd0, 0x00]);
const acked = (topic: string, text: string): Buffer => {
  const plain = publishPacket(topic, Buffer.from(`..${text}`), false);
  plain[0] = 0x32;
  return plain;
};

const packets = [
  publishPacket("home/air", Buffer.from("21.5"), false),
  pingAnswer,
  acked("home/door", "open"),
  publishPacket("home/Ω", new Uint8Array(), true),
  publishPacket("home/long", Buffer.from("x".repeat(300)), false),
  Buffer.from([0x90, 0x03, 0x00, 0x01, 0x00]),
];
const ofLane = ["home/air 21.5", "home/Ω  retained", `home/long ${"x".repeat(300)}`];
const ofDriver = Buffer.concat([packets[1], packets[2], packets[5]].map((one) => one as Buffer));

test("MW1: every packet is seen once and whole, however the bytes come", async () => {
  const all = Buffer.concat(packets);
  await fc.assert(
    fc.asyncProperty(fc.array(fc.nat(all.length), { maxLength: 12 }), async (cuts) => {
      const { broker, lane, driver } = wired();
      const places = [0, ...cuts.toSorted((one, other) => one - other), all.length];
      for (const [index, place] of places.entries()) {
        broker.write(all.subarray(place, places[index + 1] ?? all.length));
        await turns(2);
      }
      await turns();
      expect(lane).toEqual(ofLane);
      expect(Buffer.concat(driver)).toEqual(ofDriver);
    }),
    { numRuns: 40 },
  );
});

test("MW1: what is no publication in spite of its first byte is left to the driver", async () => {
  const { broker, lane, driver } = wired();
  const lies = Buffer.from([0x30, 0x03, 0xff, 0xff, 0x61]);
  broker.write(Buffer.concat([lies, Buffer.from([0x30, 0x00])]));
  await turns();
  expect(lane).toEqual([]);
  expect(Buffer.concat(driver)).toEqual(Buffer.from([...lies, 0x30, 0x00]));
});

test.each([
  ["is longer than a packet may be", [0x30, 0xff, 0xff, 0x7f]],
  ["has a length without end", [0x30, 0xff, 0xff, 0xff, 0xff]],
])("MW2: a packet that %s ends the connection before it is collected", async (_, bytes) => {
  const { wire, broker, lane, driver } = wired();
  const errors: string[] = [];
  wire.on("error", ({ message }) => errors.push(message));
  broker.write(Buffer.from(bytes));
  await turns();
  expect(wire.destroyed).toBe(true);
  expect(errors).toEqual([`it sent a packet of more than ${limits.packetBytes} bytes`]);
  expect([...lane, ...driver]).toEqual([]);
});

test("MW3: what the lane sends is never inside a packet of the driver", async () => {
  const { wire, sent } = wired();
  let done = 0;
  wire.cork();
  wire.write(Buffer.from([0xc0]));
  wire.send(Buffer.from([1, 2, 3]), () => {
    done += 1;
  });
  wire.write(Buffer.from([0x00]));
  wire.uncork();
  await turns();
  expect(Buffer.concat(sent)).toEqual(Buffer.from([1, 2, 3, 0xc0, 0x00]));
  expect(done).toBe(1);
});

test("the wire ends with its socket, and the socket with its wire", async () => {
  const one = wired();
  one.broker.end();
  await turns();
  expect(one.wire.destroyed).toBe(true);
  const other = wired();
  other.wire.destroy();
  await turns();
  expect(other.broker.readableEnded || other.broker.destroyed).toBe(true);
});
