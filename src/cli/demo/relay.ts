import { connect, createServer, type Server, type Socket } from "node:net";
import { FaultError, fault } from "#src/base/fault.ts";

/**
 * A stretch of network that can be cut. Both ends stay alive and hear nothing, not even that the
 * other is gone: no byte, no end, no refusal.
 *
 * LR1  While it is cut, no byte passes in either direction, and no new connection reaches the target.
 * LR2  Healing ends every connection that lived through the cut; what comes after it passes.
 * LR3  An end that goes away never ends the process.
 */
export interface Relay {
  readonly port: number;
  readonly isCut: boolean;
  /** Connections that are held, of both kinds. */
  readonly connections: number;
  cut(): void;
  heal(): void;
  close(): Promise<void>;
}

interface Target {
  readonly host: string;
  readonly port: number;
}

/** More than any demo has; what comes beyond is turned away. */
const mostConnections = 256;

export async function openRelay(target: Target): Promise<Relay> {
  const pairs = new Set<Pair>();
  let isCut = false;
  const server = createServer({ noDelay: true, pauseOnConnect: true }, (near) => {
    // LR1: a caller is kept waiting on an open line, as it is where packets get lost.
    const pair = new Pair(near, isCut ? undefined : dial(target), () => pairs.delete(pair));
    pairs.add(pair);
  });
  server.maxConnections = mostConnections;
  const port = await listen(server);
  return {
    port,
    get isCut() {
      return isCut;
    },
    get connections() {
      return pairs.size;
    },
    cut() {
      isCut = true;
      for (const pair of pairs) pair.stall();
    },
    heal() {
      if (!isCut) return;
      isCut = false;
      for (const pair of pairs) pair.end();
    },
    close() {
      for (const pair of pairs) pair.end();
      return new Promise((resolve) => {
        server.close(() => resolve());
      });
    },
  };
}

const dial = (target: Target): Socket => connect({ ...target, noDelay: true });

/** One line through the relay: its near end called, its far end is the target's. */
class Pair {
  readonly #ends: readonly Socket[];
  readonly #ended: () => void;
  #stalled: boolean;

  constructor(near: Socket, far: Socket | undefined, ended: () => void) {
    this.#ends = far === undefined ? [near] : [near, far];
    this.#ended = ended;
    this.#stalled = far === undefined;
    for (const socket of this.#ends) {
      socket.on("error", () => undefined); // LR3: "close" follows, and is dealt with below.
      socket.on("close", () => this.#closed());
    }
    if (far !== undefined) {
      this.#pour(near, far);
      this.#pour(far, near);
    }
  }

  stall(): void {
    this.#stalled = true;
    for (const socket of this.#ends) socket.pause();
  }

  end(): void {
    this.#stalled = false;
    for (const socket of this.#ends) socket.destroy();
    this.#ended();
  }

  /** LR1: the other end does not learn of it while the line is cut. */
  #closed(): void {
    const allGone = this.#ends.every((socket) => socket.destroyed);
    if (!this.#stalled || allGone) this.end();
  }

  #pour(from: Socket, to: Socket): void {
    from.on("data", (chunk) => {
      if (!to.write(chunk)) from.pause();
    });
    to.on("drain", () => {
      if (!this.#stalled) from.resume();
    });
    from.on("end", () => {
      if (!this.#stalled) to.end();
    });
    from.resume();
  }
}

async function listen(server: Server): Promise<number> {
  await new Promise<void>((resolve, reject) => {
    server.once("error", (error: NodeJS.ErrnoException) => {
      const why = error.code ?? error.message;
      reject(
        new FaultError(fault("PORT_REFUSED", { address: "127.0.0.1", why }), { cause: error }),
      );
    });
    server.listen(0, "127.0.0.1", resolve);
  });
  const address = server.address();
  return typeof address === "object" && address !== null ? address.port : 0;
}
