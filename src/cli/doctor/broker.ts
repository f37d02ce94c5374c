import type { Powers } from "../powers.ts";
import { withoutSecret } from "../show/config.ts";
import { type Check, failed, passed, skipped } from "./check.ts";
import { checkTcp } from "./tcp.ts";

const remedy =
  "check that the region's broker runs and that the URL names it; control goes on meanwhile";

/** First the way, then a message there and back; the second is not tried without the first. */
export async function checkBroker(powers: Powers, url: string): Promise<readonly Check[]> {
  const place = placeOf(url);
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

export function placeOf(url: string): { readonly host: string; readonly port: number } | undefined {
  if (!URL.canParse(url)) return undefined;
  const { hostname, port, protocol } = new URL(url);
  if (hostname === "") return undefined;
  // An IPv6 address stands in brackets in a URL, and without them everywhere else.
  const host = hostname.replace(/^\[|\]$/g, "");
  return { host, port: port === "" ? (protocol === "mqtts:" ? 8883 : 1883) : Number(port) };
}
