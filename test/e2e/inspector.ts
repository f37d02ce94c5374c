import type { Program } from "./program.ts";
import { until } from "./until.ts";

/**
 * Runs a piece of JavaScript inside the worker of a program that was started with --inspect, by
 * Node's own debugger: nothing in the program has to know of it. The piece need not ever return.
 */
export async function runInWorker(program: Program, expression: string): Promise<void> {
  const url = await until(
    "the debugger listens",
    () => /Debugger listening on (ws:\S+)/.exec(program.said())?.[1],
  );
  const socket = new WebSocket(url);
  const session = Promise.withResolvers<string>();
  socket.addEventListener("error", () => session.reject(new Error(`no debugger at ${url}`)));
  socket.addEventListener("open", () =>
    send("NodeWorker.enable", { waitForDebuggerOnStart: false }),
  );
  socket.addEventListener("message", ({ data }) => {
    const { method, params } = JSON.parse(String(data)) as Message;
    if (method === "NodeWorker.attachedToWorker") session.resolve(params?.sessionId ?? "");
  });
  let id = 0;
  const send = (method: string, params: object): void => {
    id += 1;
    socket.send(JSON.stringify({ id, method, params }));
  };
  try {
    const sessionId = await session.promise;
    const message = JSON.stringify({
      id: 1,
      method: "Runtime.evaluate",
      params: { expression },
    });
    send("NodeWorker.sendMessageToWorker", { sessionId, message });
    await until("the debugger's order is on its way", () => socket.bufferedAmount === 0);
  } finally {
    socket.close();
  }
}

interface Message {
  readonly method?: string;
  readonly params?: { readonly sessionId?: string };
}
