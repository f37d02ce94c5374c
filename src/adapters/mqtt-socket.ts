import { connect, isIP, type Socket } from "node:net";
import { connect as connectTls } from "node:tls";
import type { BrokerPlace } from "#src/contract/broker-url.ts";

/** A socket that is on its way there; certificates are verified, without exception. */
export function openSocket({ secure, host, port }: BrokerPlace): Socket {
  // Small packets must not wait for the acknowledgement of those before them.
  const to = { host, port, noDelay: true, keepAlive: true };
  if (!secure) return connect(to);
  const socket = connectTls({ ...to, ...(isIP(host) === 0 ? { servername: host } : {}) });
  return socket.setNoDelay(true);
}
