import { millis, seconds } from "#src/base/units.ts";
import { channels, type Message } from "#src/contract/topics.ts";
import { encodeMessage, type Packet } from "#src/contract/wire.ts";
import type { FleetRegion } from "./simulated-fleet.ts";
import type { SimulatedNode } from "./simulated-node.ts";

/** Far above any epoch of a run, so that obeying it once would shut the region out. */
const epochsAhead = 1_000_000;
const lease = seconds(30);

/**
 * A broker that comes back with commands it has retained for its region's nodes, and with bytes that
 * are none of ours where a node's own word should stand. Nobody hears them before he subscribes.
 * The call it returns clears them.
 */
export function poison({ broker, controller, name, nodes }: FleetRegion): () => void {
  const planted = [
    ...commands(name, controller.file.epoch + epochsAhead, nodes),
    ...nodes.map(({ node }) => garbage(name, node)),
  ];
  broker.crash("killed");
  broker.start();
  for (const packet of planted) broker.plant({ ...packet, retain: true });
  const none = new Uint8Array(0);
  return (): void => {
    for (const packet of planted) broker.plant({ ...packet, payload: none, retain: true });
  };
}

/** A lease of a controller that is not there, and setpoints within the bounds of their loops. */
function commands(region: string, epoch: number, nodes: readonly SimulatedNode[]): Packet[] {
  const controller = "poison";
  const words: Message[] = [
    { channel: "lease", params: { region }, body: { v: 1, controller, epoch, ttl: lease } },
    ...nodes.flatMap(({ node, loops }) =>
      loops.map(
        (loop): Message => ({
          channel: "setpoint",
          params: { region, node, loop: loop.name },
          body: {
            v: 1,
            id: `poison-${node}-${loop.name}`,
            epoch,
            value: (loop.min + loop.max) / 2,
            for: millis(lease),
            owner: "poison",
            reason: "retained by mistake",
          },
        }),
      ),
    ),
  ];
  return words.map(encodeMessage);
}

const garbage = (region: string, node: string): Packet => ({
  topic: channels.mode.topic.format({ region, node }),
  payload: new TextEncoder().encode("{"),
  qos: 1,
  retain: true,
});
