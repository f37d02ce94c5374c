import { once } from "node:events";
import { type AddressInfo, connect, createServer, type Server, type Socket } from "node:net";
import { setTimeout as wait } from "node:timers/promises";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { openRelay, type Relay } from "#src/cli/demo/relay.ts";

/** Long enough for loopback to carry anything that it is going to carry. */
const settle = (): Promise<void> => wait(100);

let target: Server;
let relay: Relay;
let arrived: Socket[];
const opened: Socket[] = [];

beforeEach(async () => {
  arrived = [];
  target = createServer((socket) => {
    arrived.push(socket);
    socket.on("error", () => undefined);
    socket.on("data", (chunk) => socket.write(`echo ${chunk}`));
  });
  target.listen(0, "127.0.0.1");
  await once(target, "listening");
  relay = await openRelay({ host: "127.0.0.1", port: (target.address() as AddressInfo).port });
});

afterEach(async () => {
  for (const socket of opened.splice(0)) socket.destroy();
  await relay.close();
  for (const socket of arrived) socket.destroy();
  target.close();
});

interface Caller {
  readonly socket: Socket;
  heard: string;
  closed: boolean;
}

async function call(): Promise<Caller> {
  const socket = connect({ host: "127.0.0.1", port: relay.port });
  opened.push(socket);
  const caller: Caller = { socket, heard: "", closed: false };
  socket.setEncoding("utf8");
  socket.on("data", (text: string) => {
    caller.heard += text;
  });
  socket.on("error", () => undefined);
  socket.on("close", () => {
    caller.closed = true;
  });
  await once(socket, "connect");
  return caller;
}

test("a whole line carries both ways, and an end at either side", async () => {
  const caller = await call();
  caller.socket.write("one");
  await expect.poll(() => caller.heard).toBe("echo one");
  arrived[0]?.end();
  await expect.poll(() => caller.closed).toBe(true);
  await expect.poll(() => relay.connections).toBe(0);
});

test("more than the buffers hold passes whole", async () => {
  const caller = await call();
  caller.socket.write("x".repeat(4_000_000));
  await expect
    .poll(() => caller.heard.replaceAll("echo ", "").length, { timeout: 10_000 })
    .toBe(4_000_000);
});

describe("LR1: while the line is cut", () => {
  test("no byte passes in either direction, and neither end learns of it", async () => {
    const caller = await call();
    caller.socket.write("before");
    await expect.poll(() => caller.heard).toBe("echo before");
    relay.cut();
    caller.socket.write("during");
    arrived[0]?.write("also during");
    await settle();
    expect(caller).toMatchObject({ heard: "echo before", closed: false });
    expect(arrived[0]?.destroyed).toBe(false);
  });

  test("a new caller waits on an open line and reaches nobody", async () => {
    relay.cut();
    const caller = await call();
    caller.socket.write("hello");
    await settle();
    expect(caller).toMatchObject({ heard: "", closed: false });
    expect(arrived).toEqual([]);
  });

  test("one end that goes away is not told to the other", async () => {
    const caller = await call();
    caller.socket.write("x");
    await expect.poll(() => arrived.length).toBe(1);
    relay.cut();
    caller.socket.resetAndDestroy();
    await settle();
    expect(arrived[0]?.destroyed).toBe(false);
  });
});

describe("LR2: healing", () => {
  test("ends every connection that lived through the cut, and delivers nothing of it late", async () => {
    const old = await call();
    old.socket.write("x");
    await expect.poll(() => old.heard).toBe("echo x");
    relay.cut();
    const held = await call();
    old.socket.write("y");
    held.socket.write("z");
    await settle();
    relay.heal();
    await expect.poll(() => old.closed && held.closed).toBe(true);
    expect(old.heard + held.heard).toBe("echo x");
    expect(relay.connections).toBe(0);
  });

  test("lets new callers through", async () => {
    relay.cut();
    relay.heal();
    const caller = await call();
    caller.socket.write("again");
    await expect.poll(() => caller.heard).toBe("echo again");
  });

  test("of a whole line disturbs nobody", async () => {
    const caller = await call();
    caller.socket.write("x");
    await expect.poll(() => caller.heard).toBe("echo x");
    relay.heal();
    await settle();
    expect(caller.closed).toBe(false);
  });
});

test("LR3: a target that is not there ends the call and nothing else", async () => {
  target.close();
  const caller = await call();
  await expect.poll(() => caller.closed).toBe(true);
  expect(relay.isCut).toBe(false);
});
