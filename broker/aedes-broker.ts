import { createServer, type Server, type Socket } from "node:net";
import type { Duplex } from "node:stream";
import { Aedes, type Client, type PublishPacket } from "aedes";
import { invariant } from "#src/base/assert.ts";
import { FaultError, fault } from "#src/base/fault.ts";
import { type Instant, instant, seconds } from "#src/base/units.ts";
import type { Principal } from "#src/contract/client-id.ts";
import { limits } from "#src/contract/limits.ts";
import type { Log } from "#src/ports/log.ts";
import { type Admission, admit, mayHear, refuseFilter, refuseSaying, type Said } from "./access.ts";
import { ConnectionCount } from "./connection-count.ts";
import { guardedStream } from "./packet-guard-stream.ts";
import { RefusalLog, type Refused } from "./refusal-log.ts";
import { RetainedTopics } from "./retained-topics.ts";

/**
 * The embedded broker of one region: aedes behind the packet guard and the access rules.
 *
 * EB1  Whatever bytes a client sends, the process goes on and other clients are served.
 * EB2  A subscriber that stops reading delays the others by about `drainTimeout`, once.
 * EB3  Connections are bounded, in all and by address; a surplus one is closed at once.
 * EB4  A client that comes again under its id replaces its former connection.
 * EB5  `close` ends every connection within a second.
 */
export interface Broker {
  readonly port: number;
  close(): Promise<void>;
  stats(): BrokerStats;
}

export interface BrokerStats {
  /** TCP connections, and those of them that were admitted. */
  readonly connections: number;
  readonly clients: number;
  /** Since the broker began. */
  readonly refusals: number;
  readonly retainedTopics: number;
}

export interface BrokerParts {
  readonly host: string;
  /** 0 takes a free one. */
  readonly port: number;
  readonly region: string;
  readonly log: Log;
}

const settings = {
  connectTimeout: seconds(5),
  // Until a subscriber that stopped reading is dropped, everybody waits for it.
  drainTimeout: seconds(1),
  /** Seconds; a client that asks for none would never be missed. */
  keepaliveLimit: 120,
  maxInflightInbound: 64,
  maxTopicLevels: 16,
  /** Packets of a client that was not admitted yet. */
  queueLimit: 42,
};

/** Throws a FaultError, PORT_IN_USE or PORT_REFUSED. */
export async function openBroker(parts: BrokerParts): Promise<Broker> {
  const { host, port, region, log } = parts;
  const refusals = new RefusalLog(log, limits.refusalEvery);
  const retained = new RetainedTopics(limits.retainedTopics);
  const addresses = new WeakMap<object, string>();
  const note: Note = (kind, why, conn, client, topic) => {
    const address = addresses.get(conn) ?? "unknown";
    refusals.note(kind, { why, address, client, topic }, now());
  };
  const aedes = await Aedes.createBroker({ ...settings, ...rulesOf(region, note, retained) });
  aedes.on("clientError", (client, error) => {
    log.debug({ event: "broker.client.failed", client: client.id, why: error.message });
  });
  // Its own store failed; the types do not know of it.
  (aedes as NodeJS.EventEmitter).on("error", (error: Error) => {
    log.error({ event: "broker.failed", why: error.message });
  });

  const admitted = admittedIn(aedes);
  const count = new ConnectionCount(limits);
  const sockets = new Set<Socket>();
  const server = createServer({ noDelay: true, keepAlive: true }, (socket) => {
    const address = socket.remoteAddress ?? "unknown";
    addresses.set(socket, address);
    const surplus = count.enter(address);
    if (surplus !== undefined) {
      note("connection", surplus, socket);
      socket.on("error", ignored).destroy();
      return;
    }
    sockets.add(socket);
    socket.once("close", () => {
      sockets.delete(socket);
      count.leave(address);
    });
    const stream = guardedStream(socket, (why) => note("packet", why, socket));
    addresses.set(stream, address);
    aedes.handle(stream);
  });
  await listen(server, host, port).catch((error: unknown) => {
    aedes.close();
    throw error;
  });
  server.on("error", (error) => log.error({ event: "broker.accept.failed", why: error.message }));
  const address = server.address();
  invariant(address !== null && typeof address === "object", "a listening server has an address");
  return {
    port: address.port,
    stats: () => ({
      connections: count.size,
      clients: admitted.size,
      refusals: refusals.count,
      retainedTopics: retained.size,
    }),
    close: () => close(server, aedes, sockets),
  };
}

type Note = (kind: Refused, why: string, conn: Duplex, client?: string, topic?: string) => void;

/** The access rules as aedes asks for them. */
function rulesOf(region: string, note: Note, retained: RetainedTopics) {
  const admissions = new WeakMap<Client, Admission>();
  const principalOf = (client: Client | null): Principal | undefined => {
    const admission = client === null ? undefined : admissions.get(client);
    return admission !== undefined && "principal" in admission ? admission.principal : undefined;
  };
  const refusalOf = (client: Client, said: Said): string | undefined => {
    const principal = principalOf(client);
    if (principal === undefined) return "it was not admitted";
    const refused = refuseSaying(principal, said);
    if (refused !== undefined || !said.retain) return refused;
    return retained.admits(said.topic, said.bytes) ? undefined : "too many topics are retained";
  };
  const preConnect: Aedes["preConnect"] = (client, { clientId, clean, will }, done) => {
    const introduction = { clientId, clean: clean === true, will: will && saidOf(will) };
    admissions.set(client, admit(region, introduction));
    // The answer is given by `authenticate`: there a client hears why.
    done(null, true);
  };
  const authenticate: Aedes["authenticate"] = (client, _user, _password, done) => {
    const admission = admissions.get(client) ?? { refused: "it did not introduce itself" };
    if ("principal" in admission) return done(null, true);
    note("client", admission.refused, client.conn, client.id);
    return done(Object.assign(new Error(admission.refused), { returnCode: notAuthorized }), false);
  };
  const authorizePublish: Aedes["authorizePublish"] = (client, packet, done) => {
    // A Will that outlived its broker: ours keeps none.
    if (client === null) return done(new Error("it has no client"));
    const why = refusalOf(client, saidOf(packet));
    if (why === undefined) return done(null);
    note("publish", why, client.conn, client.id, packet.topic);
    return done(new Error(why));
  };
  const authorizeSubscribe: Aedes["authorizeSubscribe"] = (client, subscription, done) => {
    const principal = principalOf(client);
    const why =
      principal === undefined ? "it was not admitted" : refuseFilter(principal, subscription.topic);
    if (why === undefined) return done(null, subscription);
    note("subscribe", why, client.conn, client.id, subscription.topic);
    return done(null, null);
  };
  const authorizeForward: Aedes["authorizeForward"] = (client, packet) => {
    const principal = principalOf(client);
    return principal !== undefined && mayHear(principal, packet.topic) ? packet : null;
  };
  return { preConnect, authenticate, authorizePublish, authorizeSubscribe, authorizeForward };
}

/** CONNACK return code of MQTT 3.1.1. */
const notAuthorized = 5;

type Publication = Pick<PublishPacket, "topic" | "payload"> & { readonly retain?: boolean };

const saidOf = ({ topic, payload, retain }: Publication): Said => ({
  topic,
  retain: retain === true,
  bytes: Buffer.byteLength(payload ?? ""),
});

/**
 * The connection of each client id. aedes has such a table too, but forgets the newer connection
 * when the older one ends in the moment of its registration.
 */
function admittedIn(aedes: Aedes): ReadonlyMap<string, Duplex> {
  const admitted = new Map<string, Duplex>();
  aedes.on("client", ({ id, conn }) => {
    admitted.get(id)?.destroy();
    if (conn.destroyed) {
      admitted.delete(id);
      return;
    }
    admitted.set(id, conn);
    conn.once("close", () => {
      if (admitted.get(id) === conn) admitted.delete(id);
    });
  });
  return admitted;
}

function listen(server: Server, host: string, port: number): Promise<void> {
  return new Promise((resolve, reject) => {
    const refuse = (error: NodeJS.ErrnoException): void => {
      const address = `${host}:${port}`;
      const met =
        error.code === "EADDRINUSE"
          ? fault("PORT_IN_USE", { address })
          : fault("PORT_REFUSED", { address, why: error.message });
      reject(new FaultError(met, { cause: error }));
    };
    server.once("error", refuse);
    server.listen({ host, port }, () => {
      server.off("error", refuse);
      resolve();
    });
  });
}

async function close(server: Server, aedes: Aedes, sockets: ReadonlySet<Socket>): Promise<void> {
  const stopped = new Promise((resolve) => server.close(resolve));
  let timer: NodeJS.Timeout | undefined;
  const tired = new Promise((resolve) => {
    timer = setTimeout(resolve, limits.brokerClose / 2);
  });
  await Promise.race([new Promise<void>((resolve) => aedes.close(resolve)), tired]);
  clearTimeout(timer);
  for (const socket of sockets) socket.destroy();
  await stopped;
}

const ignored = (): void => undefined;

const now = (): Instant => instant(performance.now());
