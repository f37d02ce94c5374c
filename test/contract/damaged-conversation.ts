import { setTimeout as pause } from "node:timers/promises";
import type { Rng } from "#src/base/rng.ts";
import {
  connect,
  pingreq,
  puback,
  publish,
  pubrel,
  stream,
  subscribe,
  unsubscribe,
} from "#test/unit/broker/packets.ts";
import { RawClient, until } from "./raw-client.ts";

/** A conversation with a few bytes changed, left out or doubled, cut into pieces. */
export function damaged(rng: Rng): Uint8Array[] {
  const name = `f${rng.below(30)}`;
  const own = `hf/v1/north/${name}`;
  const all = [
    () => publish({ topic: `${own}/data/metric`, qos: rng.below(3), id: 1 + rng.below(9) }),
    () => publish({ topic: `${own}/status/link`, qos: 1, retain: true }),
    () => subscribe([`${own}/ack/metric`, `${own}/setpoint/+`], 1 + rng.below(9), rng.below(3)),
    () => unsubscribe([`${own}/ack/metric`]),
    () => puback(1 + rng.below(9)),
    () => pubrel(1 + rng.below(9)),
    () => pingreq,
    () => publish({ topic: `${own}/data/metric`, payload: new Uint8Array(rng.below(9_000)) }),
  ];
  const will = rng.chance(1, 2) ? { will: { topic: `${own}/status/link`, retain: true } } : {};
  const version = rng.chance(1, 10) ? [3, 5][rng.below(2)] : 4;
  const said = Array.from({ length: 1 + rng.below(6) }, () => all[rng.below(all.length)]?.());
  const sound = stream(
    connect({ clientId: `node:north:${name}`, ...will, version: version ?? 4 }),
    ...said.map((one) => one ?? pingreq),
  );
  let bytes = [...sound];
  for (let changes = rng.below(4); changes > 0; changes -= 1) {
    const at = rng.below(bytes.length);
    const kind = rng.below(4);
    if (kind === 0) bytes = [...bytes.slice(0, at), ...bytes.slice(at + 1)];
    else if (kind === 1) bytes = [...bytes.slice(0, at), ...bytes.slice(rng.below(at + 1))];
    else bytes[at] = rng.below(256);
  }
  const pieces: Uint8Array[] = [];
  for (let at = 0; at < bytes.length; ) {
    const end = at + 1 + rng.below(2_000);
    pieces.push(Uint8Array.from(bytes.slice(at, end)));
    at = end;
  }
  return pieces;
}

/** Ends when it was closed, or a moment after the last piece. */
export async function saidInPieces(port: number, pieces: readonly Uint8Array[]): Promise<void> {
  const client = new RawClient(port);
  for (const piece of pieces) {
    client.say(piece);
    await pause(0);
  }
  await until(() => client.heard.length > 4 || client.isClosed, 30).catch(() => {});
  client.end();
}
