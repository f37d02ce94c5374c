import { unlinkSync } from "node:fs";
import { connect, createServer } from "node:net";
import { join } from "node:path";
import { FaultError, fault } from "#src/base/fault.ts";

/** What another terminal may order of a running demo. */
export const orders = ["cut", "heal"] as const;
export type Order = (typeof orders)[number];

export const orderSocket = (runtimeFolder: string): string => join(runtimeFolder, "demo.sock");

const patience = 2_000;
const longestOrder = 64;

/** Takes one order a connection, a word and a line end, and answers with a line. */
export async function takeOrders(
  path: string,
  handle: (order: Order) => string,
): Promise<{ close(): Promise<void> }> {
  if (await answers(path)) {
    throw new FaultError(fault("DEMO_RUNNING", { what: "another demo", where: path }));
  }
  removeStale(path);
  const server = createServer((socket) => {
    let said = "";
    socket.setEncoding("utf8");
    socket.setTimeout(patience, () => socket.destroy());
    socket.on("error", () => undefined); // Whoever asked has gone; nothing is owed to them.
    socket.on("data", (text: string) => {
      said += text;
      if (!said.includes("\n") && said.length < longestOrder) return;
      const order = orders.find((one) => one === said.trim());
      socket.end(order === undefined ? "unknown order\n" : `${handle(order)}\n`);
    });
  });
  server.maxConnections = 8;
  await new Promise<void>((resolve, reject) => {
    server.once("error", (error: NodeJS.ErrnoException) => {
      const why = error.code ?? error.message;
      reject(new FaultError(fault("SOCKET_UNUSABLE", { path, why }), { cause: error }));
    });
    server.listen(path, resolve);
  });
  return {
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
      }),
  };
}

/** Gives the demo's answer. Throws DEMO_ABSENT where none answers. */
export function giveOrder(path: string, order: Order): Promise<string> {
  return new Promise((resolve, reject) => {
    const socket = connect({ path });
    let said = "";
    const fail = (why: string): void => {
      socket.destroy();
      reject(new FaultError(fault("DEMO_ABSENT", { path, why })));
    };
    socket.setEncoding("utf8");
    socket.setTimeout(patience, () => fail("no answer in 2 s"));
    socket.on("error", (error: NodeJS.ErrnoException) => fail(error.code ?? error.message));
    socket.on("data", (text: string) => {
      said = (said + text).slice(0, 1_024);
    });
    socket.on("end", () => resolve(said.trim()));
    socket.write(`${order}\n`);
  });
}

function answers(path: string): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect({ path });
    const end = (heard: boolean): void => {
      socket.destroy();
      resolve(heard);
    };
    socket.setTimeout(patience, () => end(true));
    socket.once("connect", () => end(true));
    socket.on("error", () => end(false));
  });
}

function removeStale(path: string): void {
  try {
    unlinkSync(path);
  } catch (error) {
    const { code = "unknown error" } = error as NodeJS.ErrnoException;
    if (code === "ENOENT") return;
    throw new FaultError(fault("SOCKET_UNUSABLE", { path, why: code }), { cause: error });
  }
}
