/**
 * The bytes of a PUBLISH at QoS 0, which nobody answers: MQTT 3.1.1, section 3.3. The driver makes them
 * too, but hands them to the socket in pieces and a turn later, which an actuator would feel.
 */
export function publishPacket(topic: string, payload: Uint8Array, retain: boolean): Buffer {
  const named = Buffer.byteLength(topic);
  const rest = 2 + named + payload.length;
  const packet = Buffer.allocUnsafe(1 + lengthBytes(rest) + rest);
  packet[0] = retain ? 0x31 : 0x30;
  let at = 1;
  let length = rest;
  do {
    const low = length % 128;
    length = Math.floor(length / 128);
    packet[at] = length > 0 ? low + 128 : low;
    at += 1;
  } while (length > 0);
  at = packet.writeUInt16BE(named, at);
  at += packet.write(topic, at);
  packet.set(payload, at);
  return packet;
}

/** How many bytes the remaining length takes, seven bits in each. */
function lengthBytes(length: number): number {
  if (length < 128) return 1;
  if (length < 16_384) return 2;
  return length < 2_097_152 ? 3 : 4;
}
