import { once } from "node:events";
import { createServer, type Socket } from "node:net";
import { Aedes } from "aedes";

export interface PlainBroker {
  readonly url: string;
  /** Cuts every connection and takes no new one until `open`. */
  cut(): Promise<void>;
  open(): Promise<void>;
  end(): Promise<void>;
}

/** A broker without rules, as sensors of all makes speak to. */
export async function plainBroker(): Promise<PlainBroker> {
  const aedes = await Aedes.createBroker();
  const sockets = new Set<Socket>();
  let server = createServer();
  let port = 0;
  const open = async (): Promise<void> => {
    server = createServer({ noDelay: true }, (socket) => {
      sockets.add(socket);
      socket.once("close", () => sockets.delete(socket));
      aedes.handle(socket);
    });
    server.listen(port, "127.0.0.1");
    await once(server, "listening");
    const address = server.address();
    if (address === null || typeof address === "string") throw new Error("it has no port");
    port = address.port;
  };
  const cut = async (): Promise<void> => {
    const closed = once(server, "close");
    server.close();
    for (const socket of sockets) socket.destroy();
    await closed;
  };
  await open();
  return {
    url: `mqtt://127.0.0.1:${port}`,
    cut,
    open,
    async end() {
      if (server.listening) await cut();
      await new Promise<void>((resolve) => void aedes.close(resolve));
    },
  };
}
