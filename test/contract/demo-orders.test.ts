import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { connect } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { giveOrder, type Order, orderSocket, takeOrders } from "#src/cli/demo/orders.ts";

let folder: string;
let path: string;
const closers: (() => Promise<void>)[] = [];

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "holdfast-orders-"));
  path = orderSocket(folder);
});

afterEach(async () => {
  for (const close of closers.splice(0)) await close();
  rmSync(folder, { recursive: true });
});

async function listen(handle: (order: Order) => string = (order) => `did ${order}`): Promise<void> {
  const taking = await takeOrders(path, handle);
  closers.push(() => taking.close());
}

test("an order from another terminal is done and answered", async () => {
  await listen();
  expect(await giveOrder(path, "cut")).toBe("did cut");
  expect(await giveOrder(path, "heal")).toBe("did heal");
});

test("an order to nobody says that no demo runs", async () => {
  await expect(giveOrder(path, "cut")).rejects.toThrow(/^DEMO_ABSENT: .*ENOENT/);
});

test("a second demo does not take the first one's place", async () => {
  await listen();
  await expect(takeOrders(path, () => "")).rejects.toThrow(/^DEMO_RUNNING/);
  expect(await giveOrder(path, "cut")).toBe("did cut");
});

test("what a killed demo left behind is cleared away", async () => {
  writeFileSync(path, "");
  await listen();
  expect(await giveOrder(path, "heal")).toBe("did heal");
});

test("nonsense is answered and changes nothing", async () => {
  const done: string[] = [];
  await listen((order) => {
    done.push(order);
    return "";
  });
  const heard = await new Promise<string>((resolve) => {
    const socket = connect({ path });
    let text = "";
    socket.on("data", (chunk) => {
      text += chunk;
    });
    socket.on("end", () => resolve(text));
    socket.write("x".repeat(500));
  });
  expect(heard).toBe("unknown order\n");
  expect(done).toEqual([]);
});
