import { chmodSync, readdirSync } from "node:fs";
import { connect, createServer, type Server, type Socket } from "node:net";
import { basename, dirname, join } from "node:path";
import { invariant } from "#src/base/assert.ts";
import { type Fault, fault } from "#src/base/fault.ts";
import { idPattern } from "#src/base/id.ts";
import { limits } from "#src/contract/limits.ts";
import { type Answer, Query, type TailLine } from "#src/contract/query.ts";
import type { Log } from "#src/ports/log.ts";
import type { Reply } from "#src/ports/reply.ts";
import { jsonLine, readLines } from "./json-lines.ts";
import { checkPlace, clearDead, knock, tooLong, unusable } from "./socket-place.ts";

/**
 * Both ends of the local socket, on which people ask a running process.
 *
 * LS1  A connection carries one request. What is not one is refused in words and touches nobody.
 * LS2  The socket is this user's alone, and never taken from a process that lives.
 * LS3  Nobody holds the process up: a client that asks nothing, or does not read, is dropped.
 * LS4  To those who ask, silence, nonsense and absence are answers with a fault: nothing rejects,
 *      and nothing waits longer than it was told to.
 */
export interface LocalParts {
  readonly path: string;
  readonly log: Log;
  readonly handle: (query: Query, reply: Reply) => void;
}

export interface LocalServer {
  /** Drops every client and removes the socket. */
  close(): Promise<void>;
}

/** Rejects with a FaultError (SOCKET_UNUSABLE) that says why. */
export async function serveLocal({ path, log, handle }: LocalParts): Promise<LocalServer> {
  checkPlace(path);
  const clients = new Set<Socket>();
  // A client may close its own direction behind its request and still wants the answer.
  const server = createServer({ allowHalfOpen: true }, (socket) => {
    // Its end is told by "close"; an "error" without a listener would end the process.
    socket.on("error", () => {});
    const isCrowded = clients.size >= limits.queryClients;
    clients.add(socket);
    socket.once("close", () => clients.delete(socket));
    if (isCrowded) {
      const why = `${limits.queryClients} others are being served`;
      log.warn({ event: "query.crowded", clients: clients.size });
      refuse(socket, fault("QUERY_MALFORMED", { why }));
      return;
    }
    converse(socket, log, handle);
  });
  try {
    await listen(server, path);
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    if (code !== "EADDRINUSE") throw unusable(path, message);
    await clearDead(path);
    await listen(server, path);
  }
  server.on("error", (error) => log.error({ event: "query.server", error }));
  chmodSync(path, 0o600);
  return {
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        for (const socket of clients) socket.destroy();
      }),
  };
}

function listen(server: Server, path: string): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once("error", reject);
    server.listen(path, () => {
      server.off("error", reject);
      resolve();
    });
  });
}

function converse(socket: Socket, log: Log, handle: LocalParts["handle"]): void {
  let query: Query | undefined;
  let patience = setTimeout(() => socket.destroy(), limits.queryTimeout);
  socket.once("close", () => clearTimeout(patience));
  // Half a request is none, and a tail is over when its reader hangs up.
  socket.once("end", () => {
    if (query === undefined || query.verb === "tail") socket.destroy();
  });
  readLines(socket, limits.queryRequestBytes, {
    line(text) {
      if (query !== undefined) return;
      clearTimeout(patience);
      const read = readQuery(text);
      if ("why" in read) {
        refuse(socket, fault("QUERY_MALFORMED", read));
        return;
      }
      query = read.query;
      // Whoever asked has given up by then, and may be gone.
      if (query.verb !== "tail")
        patience = setTimeout(() => socket.destroy(), 2 * limits.queryTimeout);
      try {
        handle(query, replyTo(socket, log));
      } catch (error) {
        // A question must not end the process that it is about.
        log.error({ event: "query.failed", verb: query.verb, error });
        socket.destroy();
      }
    },
    oversize: () => refuse(socket, fault("QUERY_MALFORMED", { why: tooLarge })),
  });
}

const tooLarge = `a request has at most ${limits.queryRequestBytes} bytes`;

function readQuery(text: string): { readonly query: Query } | { readonly why: string } {
  let said: unknown;
  try {
    said = JSON.parse(text);
  } catch {
    return { why: "it is not JSON" };
  }
  const read = Query.safeParse(said);
  if (read.success) return { query: read.data };
  const issue = read.error.issues[0];
  const at = issue === undefined || issue.path.length === 0 ? "" : `${issue.path.join(".")}: `;
  return { why: `${at}${issue?.message ?? "it does not fit"}`.slice(0, 200) };
}

function replyTo(socket: Socket, log: Log): Reply {
  let isAnswered = false;
  return {
    answer(answer) {
      invariant(!isAnswered, "a request has one answer");
      isAnswered = true;
      if (!socket.destroyed) finish(socket, answer);
    },
    line(line) {
      if (socket.destroyed) return;
      socket.write(jsonLine(line));
      if (socket.writableLength <= limits.queryBacklogBytes) return;
      log.warn({ event: "query.slow", queued: socket.writableLength });
      socket.destroy();
    },
    onClose(run) {
      if (socket.destroyed) run();
      else socket.once("close", run);
    },
  };
}

const refuse = (socket: Socket, met: Fault): void =>
  finish(socket, { v: 1, ok: false, fault: met });

/** The last thing said; who does not take it in time is dropped. */
function finish(socket: Socket, answer: Answer): void {
  socket.setTimeout(limits.queryTimeout, () => socket.destroy());
  socket.end(jsonLine(answer), () => socket.destroy());
}

/** `timeout` in milliseconds, for the whole of it. */
export function askLocal(
  path: string,
  query: Query,
  { timeout }: { readonly timeout: number },
): Promise<Answer> {
  return new Promise((resolve) => {
    const refuse = (met: Fault): void => settle({ v: 1, ok: false, fault: met });
    const socket = open(path, query, {
      line: (said) => (isAnswer(said) ? settle(said) : refuse(unanswered(path, nonsense))),
      end: refuse,
    });
    const timer = setTimeout(
      () => refuse(unanswered(path, `nothing within ${timeout} ms`)),
      timeout,
    );
    const settle = (answer: Answer): void => {
      clearTimeout(timer);
      socket?.destroy();
      resolve(answer);
    };
  });
}

/**
 * Values as they come, until one side closes. `onEnd` hears once why they stopped coming, unless
 * they were closed here.
 */
export function tailLocal(
  path: string,
  onLine: (line: TailLine) => void,
  onEnd: (met: Fault) => void = () => {},
): { close(): void } {
  let isOver = false;
  const close = (): void => {
    isOver = true;
    socket?.destroy();
  };
  const end = (met: Fault): void => {
    if (isOver) return;
    close();
    onEnd(met);
  };
  const line = (said: unknown): void => {
    if (isOver) return;
    if (!isAnswer(said)) onLine(said as TailLine);
    else if (!said.ok) end(said.fault);
  };
  const socket = open(path, { v: 1, verb: "tail" }, { line, end });
  return { close };
}

export interface LocalInstance {
  readonly role: string;
  readonly id: string;
  readonly path: string;
}

/** The sockets of a folder behind which somebody answers, by name; the files of the dead are left. */
export async function listLocal(folder: string): Promise<readonly LocalInstance[]> {
  const names = namesIn(folder).toSorted();
  const candidates = names
    .flatMap((name): LocalInstance[] => {
      const [, role, id] = /^([a-z]+)-(.+)\.sock$/.exec(name) ?? [];
      if (role === undefined || id === undefined || !idPattern.test(id)) return [];
      return [{ role, id, path: join(folder, name) }];
    })
    .slice(0, mostInstances);
  const heard = await Promise.all(candidates.map(({ path }) => knock(path)));
  return candidates.filter((_, index) => heard[index] === "answered");
}

/** Instances on one machine that are looked at; each costs a connection for a moment. */
const mostInstances = 1_024;

function namesIn(folder: string): string[] {
  try {
    return readdirSync(folder);
  } catch {
    // No folder, or none of ours: nobody is there whom this user could ask.
    return [];
  }
}

interface Heard {
  line(said: unknown): void;
  /** Why there will be no more lines; possibly more than once. */
  end(met: Fault): void;
}

/** Asks and hands over what comes; undefined when there is no such place. */
function open(path: string, query: Query, { line, end }: Heard): Socket | undefined {
  const why = tooLong(path);
  if (why !== undefined) {
    queueMicrotask(() => end(fault("SOCKET_UNUSABLE", { path, why })));
    return undefined;
  }
  const socket = connect(path, () => socket.write(jsonLine(query)));
  socket.on("error", (error) => end(unreached(path, error)));
  socket.once("close", () => end(unanswered(path, "it hung up")));
  readLines(socket, limits.queryBytes, {
    line(text) {
      let said: unknown;
      try {
        said = JSON.parse(text);
      } catch {
        end(unanswered(path, nonsense));
        return;
      }
      line(said);
    },
    oversize: () => end(unanswered(path, `more than ${limits.queryBytes} bytes`)),
  });
  return socket;
}

const nonsense = "what came is not of this version";

const unanswered = (path: string, why: string): Fault => fault("QUERY_UNANSWERED", { path, why });

function unreached(path: string, error: NodeJS.ErrnoException): Fault {
  if (error.code === "ENOENT" || error.code === "ECONNREFUSED") {
    const what = basename(path, ".sock").replace("-", " ");
    return fault("NOT_RUNNING", { what, where: dirname(path) });
  }
  return unanswered(path, error.code === "EACCES" ? "it belongs to another user" : error.message);
}

function isAnswer(said: unknown): said is Answer {
  if (typeof said !== "object" || said === null || !("ok" in said) || !("v" in said)) return false;
  return said.v === 1 && (said.ok === true ? "body" in said : "fault" in said);
}
