import { mkdtempSync, rmSync } from "node:fs";
import { connect, createServer, type Socket } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { askLocal, type LocalServer, serveLocal, tailLocal } from "#src/adapters/local-socket.ts";
import { type Fault, fault } from "#src/base/fault.ts";
import { limits } from "#src/contract/limits.ts";
import type { Query } from "#src/contract/query.ts";
import type { LogEntry } from "#src/ports/log.ts";
import type { Reply } from "#src/ports/reply.ts";

type Handle = (query: Query, reply: Reply) => void;

let folder: string;
let path: string;
let servers: LocalServer[];
let sockets: Socket[];
let logged: LogEntry[];

const log = Object.fromEntries(
  ["debug", "info", "warn", "error"].map((level) => [
    level,
    (entry: LogEntry) => void logged.push(entry),
  ]),
) as Record<"debug" | "info" | "warn" | "error", (entry: LogEntry) => void>;

const echo: Handle = (query, reply) => reply.answer({ v: 1, ok: true, body: query });
const status = { v: 1, verb: "status" } as const;

async function serve(handle: Handle, at = path): Promise<LocalServer> {
  const server = await serveLocal({ path: at, log, handle });
  servers.push(server);
  return server;
}

const ask = (query: Query = status, timeout = 3_000, at = path) => askLocal(at, query, { timeout });

/** A client that says what it likes. */
async function raw(...chunks: readonly (string | Buffer)[]) {
  const socket = connect({ path, allowHalfOpen: true });
  sockets.push(socket);
  let text = "";
  let isClosed = false;
  socket.on("data", (chunk) => {
    text += chunk;
  });
  socket.on("error", () => {});
  for (const event of ["end", "close"])
    socket.on(event, () => {
      isClosed = true;
    });
  for (const chunk of chunks) {
    socket.write(chunk);
    await pause(2);
  }
  return {
    socket,
    answer: async () => {
      await until(() => text.endsWith("\n"));
      return JSON.parse(text);
    },
    closed: () => until(() => isClosed),
  };
}

async function until(holds: () => boolean, within = 8_000): Promise<void> {
  const end = performance.now() + within;
  while (!holds()) {
    if (performance.now() > end) expect.unreachable(`it came about within ${within} ms`);
    await pause(5);
  }
}

const refusal = (code: string, why: string | RegExp) => ({
  v: 1,
  ok: false,
  fault: { code, message: expect.stringMatching(why) },
});

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "hf-socket-"));
  path = join(folder, "node-n1.sock");
  servers = [];
  sockets = [];
  logged = [];
});

afterEach(async () => {
  for (const socket of sockets) socket.destroy();
  await Promise.all(servers.map((server) => server.close()));
  rmSync(folder, { recursive: true, force: true });
});

describe("a question on the local socket", () => {
  test("gets its answer", async () => {
    await serve(echo);
    const set: Query = {
      v: 1,
      verb: "set",
      node: "n1",
      loop: "air",
      value: 3.5,
      for: 60_000,
      owner: "ada",
      reason: "for a test — ünïcödé",
    };
    expect(await ask(set)).toEqual({ v: 1, ok: true, body: set });
  });

  test("may be answered later, and with much", async () => {
    const body = Array.from({ length: 20_000 }, (_, node) => ({ node, text: "x".repeat(100) }));
    await serve((_, reply) => void setTimeout(() => reply.answer({ v: 1, ok: true, body }), 30));
    expect(await ask()).toEqual({ v: 1, ok: true, body });
  });

  test("passes on the fault it is answered with", async () => {
    const met = fault("SETPOINT_UNKNOWN_LOOP", { loop: "air" });
    await serve((_, reply) => reply.answer({ v: 1, ok: false, fault: met }));
    expect(await ask()).toEqual({ v: 1, ok: false, fault: met });
  });

  test.each([
    ["not JSON", "status", "it is not JSON"],
    ["an unknown verb", '{"v":1,"verb":"reboot"}', "verb"],
    ["another version", '{"v":2,"verb":"status"}', "v: "],
    ["a value that is none", '{"v":1,"verb":"why","output":"../../x"}', "output"],
    ["no object", "[1]", "refused"],
    ["not even text", "\u0000\u0001", "it is not JSON"],
    ["an empty line", "", "it is not JSON"],
  ])("LS1: is refused in words when it is %s", async (_, said, why) => {
    await serve(() => expect.unreachable("it was handled"));
    const client = await raw(`${said}\n`);
    expect(await client.answer()).toMatchObject(refusal("QUERY_MALFORMED", why));
    await client.closed();
  });

  test("LS1: is refused when it is longer than any question", async () => {
    await serve(echo);
    const client = await raw(Buffer.alloc(limits.queryRequestBytes + 1, "x"));
    expect(await client.answer()).toMatchObject(refusal("QUERY_MALFORMED", "at most 65536 bytes"));
    await client.closed();
    expect(await ask()).toMatchObject({ ok: true });
  });

  test("may come in pieces, and its sender may close behind it", async () => {
    await serve((query, reply) => void setTimeout(() => echo(query, reply), 20));
    const client = await raw('{"v":1,', '"verb":"sta', 'tus"}\n');
    client.socket.end();
    expect(await client.answer()).toEqual({ v: 1, ok: true, body: status });
    await client.closed();
  });

  test("LS1: is one a connection", async () => {
    const seen: Query[] = [];
    await serve((query, reply) => {
      seen.push(query);
      setTimeout(() => echo(query, reply), 20);
    });
    const line = `${JSON.stringify(status)}\n`;
    const client = await raw(line + line, line);
    await client.answer();
    await client.closed();
    expect(seen).toHaveLength(1);
  });

  test("LS3: that is never finished is not waited for", { timeout: 15_000 }, async () => {
    await serve(echo);
    const began = performance.now();
    const client = await raw('{"v":1');
    await client.closed();
    expect(performance.now() - began).toBeGreaterThan(limits.queryTimeout - 50);
    expect(performance.now() - began).toBeLessThan(limits.queryTimeout + 1_000);
  });

  test("LS3: is refused when there are too many, and taken again when some have gone", async () => {
    const waiting: Reply[] = [];
    await serve((_, reply) => void waiting.push(reply));
    for (let i = 0; i < limits.queryClients; i += 1) await raw(`${JSON.stringify(status)}\n`);
    await until(() => waiting.length === limits.queryClients);
    expect(await ask()).toMatchObject(refusal("QUERY_MALFORMED", "others are being served"));
    expect(logged).toMatchObject([{ event: "query.crowded" }]);
    waiting.shift()?.answer({ v: 1, ok: true, body: 1 });
    await pause(20);
    const late = ask();
    await until(() => waiting.length === limits.queryClients);
    waiting.pop()?.answer({ v: 1, ok: true, body: 2 });
    expect(await late).toMatchObject({ body: 2 });
  });

  test("does not end the process when its handler fails", async () => {
    await serve(() => {
      throw new Error("a defect");
    });
    expect(await ask()).toMatchObject(refusal("QUERY_UNANSWERED", "hung up"));
    expect(logged).toMatchObject([{ event: "query.failed", verb: "status" }]);
  });

  test("has one answer, which nobody hears who has gone", async () => {
    let reply: Reply | undefined;
    let gone = 0;
    await serve((_, given) => {
      reply = given;
      given.onClose(() => {
        gone += 1;
      });
    });
    const client = await raw('{"v":1,"verb":"tail"}\n');
    await until(() => reply !== undefined);
    client.socket.destroy();
    await until(() => gone === 1);
    reply?.onClose(() => {
      gone += 1;
    });
    expect(gone).toBe(2);
    reply?.line({ late: true });
    reply?.answer({ v: 1, ok: true, body: 1 });
    expect(() => reply?.answer({ v: 1, ok: true, body: 1 })).toThrow("one answer");
  });
});

describe("LS4: those who ask", () => {
  test("are told that nobody runs there", async () => {
    expect(await ask()).toMatchObject(refusal("NOT_RUNNING", `no node n1 runs here .*${folder}`));
  });

  test("are told that the place is impossible", async () => {
    const long = join(folder, "x".repeat(100), "node-n1.sock");
    expect(await ask(status, 100, long)).toMatchObject(
      refusal("SOCKET_UNUSABLE", /the path has \d+ bytes, at most 107/),
    );
  });

  test("are told that it is silent, within their time", async () => {
    await serve(() => {});
    const began = performance.now();
    expect(await ask(status, 150)).toMatchObject(
      refusal("QUERY_UNANSWERED", "nothing within 150 ms"),
    );
    expect(performance.now() - began).toBeLessThan(400);
  });

  test.each([
    ["hangs up", "", "hung up"],
    ["talks nonsense", "hello\n", "not of this version"],
    ["talks of something else", '{"v":7,"ok":true,"body":1}\n', "not of this version"],
    ["talks without end", "x".repeat(limits.queryBytes + 1), "more than 4194304 bytes"],
  ])("are told that it %s", async (_, said, why) => {
    const server = createServer((socket) => {
      socket.on("error", () => {});
      socket.once("data", () => socket.end(said));
    });
    await new Promise<void>((resolve) => server.listen(path, resolve));
    expect(await ask()).toMatchObject(refusal("QUERY_UNANSWERED", why));
    await new Promise((resolve) => server.close(resolve));
  });
});

describe("a tail", () => {
  const line = (value: number) => ({ node: "n1", at: 1, series: "in/air", value, quality: "good" });

  test("hears every line until it closes, and the process is told", async () => {
    let reply: Reply | undefined;
    let isOver = false;
    await serve((query, given) => {
      expect(query.verb).toBe("tail");
      reply = given;
      given.onClose(() => {
        isOver = true;
      });
    });
    const heard: number[] = [];
    const ended: Fault[] = [];
    const tail = tailLocal(
      path,
      ({ value }) => void heard.push(value ?? Number.NaN),
      (met) => ended.push(met),
    );
    await until(() => reply !== undefined);
    for (let value = 0; value < 500; value += 1) reply?.line(line(value));
    await until(() => heard.length === 500);
    expect(heard).toEqual(Array.from({ length: 500 }, (_, value) => value));
    tail.close();
    await until(() => isOver);
    expect(ended).toEqual([]);
  });

  test("LS3: that does not read is dropped, and the others go on", async () => {
    const replies: Reply[] = [];
    await serve((_, given) => void replies.push(given));
    const stuck = connect(path, () => stuck.write('{"v":1,"verb":"tail"}\n'));
    sockets.push(stuck);
    stuck.on("error", () => {});
    stuck.pause();
    let heard = 0;
    const tail = tailLocal(path, () => {
      heard += 1;
    });
    await until(() => replies.length === 2);
    const isGone = new Promise<void>((resolve) => replies[0]?.onClose(resolve));
    let sent = 0;
    for (; sent < 40_000 && logged.length === 0; sent += 1) {
      for (const reply of replies) reply.line({ ...line(sent), padding: "x".repeat(200) });
      if (sent % 100 === 99) await pause(1);
    }
    await isGone;
    expect(logged).toMatchObject([{ event: "query.slow" }]);
    expect(logged[0]?.["queued"]).toBeGreaterThan(limits.queryBacklogBytes);
    await until(() => heard === sent);
    tail.close();
  });

  test.each([
    ["nobody runs", async () => {}, "NOT_RUNNING"],
    [
      "it is refused",
      async () => {
        const met = fault("NODE_SILENT", { node: "n1" });
        await serve((_, reply) => reply.answer({ v: 1, ok: false, fault: met }));
      },
      "NODE_SILENT",
    ],
    [
      "the process ends",
      async () => {
        const server = await serve(() => void setTimeout(() => void server.close(), 30));
      },
      "QUERY_UNANSWERED",
    ],
  ])("is told once that %s", async (_, begin, code) => {
    await begin();
    const ended: Fault[] = [];
    tailLocal(
      path,
      () => {},
      (met) => ended.push(met),
    );
    await until(() => ended.length > 0);
    await pause(20);
    expect(ended).toMatchObject([{ code }]);
  });

  test("is over when its reader hangs up", async () => {
    let isOver = false;
    await serve((_, reply) =>
      reply.onClose(() => {
        isOver = true;
      }),
    );
    const client = await raw('{"v":1,"verb":"tail"}\n');
    client.socket.end();
    await until(() => isOver);
  });
});
