import type { Principal } from "#src/contract/client-id.ts";
import { channels, type Message } from "#src/contract/topics.ts";
import { constraintsOf } from "./route-table.ts";

/**
 * Who may say and hear what, as the brokers we run have it: a node its own channels, a region
 * controller those of its region. Messages are judged by their parts, so that no topic is written.
 */
export function mayPublish(
  principal: Principal,
  { channel, params }: Pick<Message, "channel" | "params">,
): boolean {
  if (principal.kind === "probe" || params.region !== principal.region) return false;
  const { direction } = channels[channel];
  if (principal.kind === "region") return direction === "down";
  return direction === "up" && "node" in params && params.node === principal.node;
}

export function mayHear(principal: Principal, filter: string): boolean {
  const asked = constraintsOf(filter);
  return (
    asked.length > 0 &&
    asked.every(({ channel, known }) => {
      if (principal.kind === "probe" || known["region"] !== principal.region) return false;
      const { direction, topic } = channels[channel];
      if (principal.kind === "region") return direction === "up";
      const isOwn = known["node"] === principal.node || !topic.pattern.includes("{node}");
      return direction === "down" && isOwn;
    })
  );
}
