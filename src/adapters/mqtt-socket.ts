import { connect, isIP, type Socket } from "node:net";
import { connect as connectTls } from "node:tls";
import { invariant } from "#src/base/assert.ts";

/** Where a broker is, and as whom one logs in there. */
export interface MqttPlace {
  readonly secure: boolean;
  readonly host: string;
  readonly port: number;
  readonly username: string | undefined;
  readonly password: string | undefined;
  /** The URL without its password: for logs, faults and screens. */
  readonly shown: string;
}

/** Undefined when it is no URL of a broker; a name or password may be percent-encoded. */
export function mqttPlace(url: string): MqttPlace | undefined {
  if (!URL.canParse(url)) return undefined;
  const { protocol, hostname, port, username, password } = new URL(url);
  const secure = protocol === "mqtts:";
  if ((!secure && protocol !== "mqtt:") || hostname === "") return undefined;
  return {
    secure,
    // An IPv6 address stands in brackets in a URL, and without them everywhere else.
    host: hostname.replace(/^\[|\]$/g, ""),
    port: port === "" ? (secure ? 8883 : 1883) : Number(port),
    username: username === "" ? undefined : decoded(username),
    password: password === "" ? undefined : decoded(password),
    shown: password === "" ? url : url.replace(/:[^:@/]*@/, ":…@"),
  };
}

/** A socket that is on its way there; certificates are verified, without exception. */
export function openSocket({ secure, host, port }: MqttPlace): Socket {
  // Small packets must not wait for the acknowledgement of those before them.
  const to = { host, port, noDelay: true, keepAlive: true };
  if (!secure) return connect(to);
  const socket = connectTls({ ...to, ...(isIP(host) === 0 ? { servername: host } : {}) });
  return socket.setNoDelay(true);
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch (error) {
    invariant(error instanceof URIError, "decoding fails for a stray percent sign only");
    return text;
  }
}
