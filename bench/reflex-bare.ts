import type { Socket } from "node:net";
import { connect } from "mqtt";

/** The least that answers a message with another one: node reflex-bare.ts URL. */
const client = connect(process.argv[2] ?? "", { protocolVersion: 4 });
client.on("connect", () => {
  // Without this it would be three times as slow, and the comparison too easy.
  (client.stream as Socket).setNoDelay(true);
  client.subscribe("bench/bare/in", { qos: 0 });
});
client.on("message", (_topic, payload) => {
  const value = Number(payload.toString());
  const wanted = Math.min(5_000, Math.max(-5_000, value));
  client.publish("bench/bare/out", String(wanted), { qos: 0 });
});
