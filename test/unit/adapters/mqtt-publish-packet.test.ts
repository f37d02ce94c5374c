import { expect, test } from "vitest";
import { publishPacket } from "#src/adapters/mqtt-publish-packet.ts";

const hex = (packet: Buffer): string => packet.toString("hex");

test("a publication is its flags, its length, its topic and its payload", () => {
  expect(hex(publishPacket("a/b", Buffer.from("21"), false))).toBe("30070003612f623231");
  expect(hex(publishPacket("a", new Uint8Array(), true))).toBe("3103000161");
});

test("the topic's length counts bytes, not characters", () => {
  expect(hex(publishPacket("Ω", Buffer.from("1"), false))).toBe("30050002cea931");
});

test.each([
  [127, "7f"],
  [128, "8001"],
  [16_383, "ff7f"],
  [16_384, "808001"],
  [2_097_151, "ffff7f"],
  [2_097_152, "80808001"],
])("a length of %d has seven bits in each byte", (length, bytes) => {
  const packet = publishPacket("a", new Uint8Array(length - 3), false);
  expect(packet.subarray(1, 1 + bytes.length / 2).toString("hex")).toBe(bytes);
  expect(packet).toHaveLength(1 + bytes.length / 2 + length);
});
