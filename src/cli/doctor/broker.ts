import { brokerPlace } from "#src/contract/broker-url.ts";
import type { Powers } from "../powers.ts";
import { withoutSecret } from "../show/config.ts";
import { type Check, failed, passed, skipped } from "./check.ts";
import { checkTcp } from "./tcp.ts";

const remedy =
  "check that the region's broker runs and that the URL names it; control goes on meanwhile";

/** First the way, then a message there and back; the second is not tried without the first. */
export async function checkBroker(powers: Powers, url: string): Promise<readonly Check[]> {
  const place = brokerPlace(url);
  if (place === undefined) {
    return [failed("broker", `${withoutSecret(url)} is no address`, "write mqtt://host:port")];
  }
  const way = await checkTcp(place.host, place.port);
  if (!way.ok) return [failed("broker", way.why, remedy), skipped("round trip", "no connection")];
  const trip = await powers.probeBroker(url);
  return [
    passed("broker", way.evidence),
    trip.ok ? passed("round trip", trip.evidence) : failed("round trip", trip.why, remedy),
  ];
}
