import { z } from "zod";
import { invariant } from "#src/base/assert.ts";
import { because } from "./config-problem.ts";

/** Where a broker is, and as whom one logs in there. */
export interface BrokerPlace {
  readonly secure: boolean;
  readonly host: string;
  readonly port: number;
  readonly username: string | undefined;
  readonly password: string | undefined;
  /** The URL without its password: for logs, faults and screens. */
  readonly shown: string;
}

/** How a broker is named, whoever speaks to it: a node, a region or a device. */
export const BrokerUrl = z.string().refine((url) => brokerPlace(url) !== undefined, {
  message: "a broker is named by mqtt://host:port or mqtts://host:port",
  params: because("CONFIG_TYPE", "write it in this form"),
});

/** Undefined when it is no URL of a broker; a name or password may be percent-encoded. */
export function brokerPlace(url: string): BrokerPlace | undefined {
  // What parses a URL forgives white space and writes protocols small; a site file is exact.
  if (!/^mqtts?:\/\/\S+$/.test(url) || !URL.canParse(url)) return undefined;
  const { protocol, hostname, port, username, password } = new URL(url);
  if (hostname === "" || port === "0") return undefined;
  const secure = protocol === "mqtts:";
  return {
    secure,
    // An IPv6 address stands in brackets in a URL, and without them everywhere else.
    host: hostname.replace(/^\[|\]$/g, ""),
    port: port === "" ? (secure ? 8883 : 1883) : Number(port),
    username: username === "" ? undefined : decoded(username),
    password: password === "" ? undefined : decoded(password),
    shown: withoutPassword(url),
  };
}

/** A password may hold any sign but a slash, an @ among them. */
export const withoutPassword = (url: string): string =>
  url.replace(/^(\w+:\/\/[^:@/]*):[^/]*@/, "$1:…@");

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch (error) {
    invariant(error instanceof URIError, "decoding fails for a stray percent sign only");
    return text;
  }
}
