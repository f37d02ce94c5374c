import { expect, test } from "vitest";
import { fault } from "#src/base/fault.ts";
import { instant, millis } from "#src/base/units.ts";
import { limits } from "#src/contract/limits.ts";
import type { Message } from "#src/contract/topics.ts";
import { shelled } from "./shelled.ts";

test("a measured point is on disk within a second, with the wall time of its measurement", () => {
  const { clock, shell, measure, rows } = shelled();
  shell.start();
  measure(4.2);
  clock.pass(1_000);
  expect(rows()).toMatchObject([
    { seq: 1, series: "in/air", value: 4.2, at: clock.wall() - 1_000 },
  ]);
});

test("connects with its Will, and sends what is buffered once it is up", () => {
  const { clock, shell, measure, sessions, published, events } = shelled();
  shell.start();
  expect(sessions).toMatchObject([
    { will: { channel: "link", body: { state: "down" } }, subscriptions: ["a"] },
  ]);
  measure(1);
  clock.pass(1_000);
  events().up();
  expect(published.map((message) => message.channel)).toEqual(["link", "metric"]);
});

test("the region's ack empties the buffer", () => {
  const { clock, shell, measure, events, rows } = shelled();
  shell.start();
  events().up();
  measure(1);
  clock.pass(1_000);
  events().message({
    channel: "ack",
    params: { region: "north", node: "room-1" },
    body: { v: 1, boot: 1, upTo: 1 },
  });
  expect(rows()).toEqual([]);
});

test("a disk that is full at the start is no reason not to run; it is tried until it works", () => {
  const { clock, board, shell, disk, measure, rows } = shelled();
  disk.works = false;
  shell.start();
  measure(1);
  clock.pass(10_000);
  expect(shell.buffer()).toMatchObject({ pending: 1, store: { code: "STORE_FULL" } });
  expect(board.list()[0]?.count).toBeGreaterThan(2);
  disk.works = true;
  clock.pass(10_000);
  expect(rows()).toHaveLength(1);
  expect(shell.buffer()).toMatchObject({ pending: 0, store: "ok" });
});

test("E3: an epoch that cannot be written down is not obeyed", () => {
  const { clock, shell, disk, events, toControl, kept } = shelled();
  shell.start();
  disk.works = false;
  const lease: Message = {
    channel: "lease",
    params: { region: "north" },
    body: { v: 1, controller: "c", epoch: 7, ttl: 9_000 },
  };
  events().message(lease);
  expect(toControl).toEqual([]);
  disk.works = true;
  clock.pass(5_000);
  events().message(lease);
  expect(toControl).toMatchObject([
    { message: { kind: "input", input: { kind: "lease", epoch: 7 } } },
  ]);
  expect(kept.epoch).toBe(7);
});

test("every message of the control thread is acked, so that it may send the next", () => {
  const { shell, toControl, measure } = shelled();
  shell.start();
  measure(1);
  measure(2);
  expect(toControl.filter((frame) => "ack" in frame)).toHaveLength(2);
});

test("a lost broker is tried again, and its reason shown", () => {
  const { clock, shell, events, sessions } = shelled();
  shell.start();
  events().down(fault("BUS_REFUSED", { url: "mqtt://broker", why: "refused" }));
  clock.pass(60_000);
  expect(sessions.length).toBeGreaterThan(1);
  expect(shell.uplink).toMatchObject({ state: "down", why: expect.stringContaining("refused") });
});

test("the time alone is kept on disk", () => {
  const { shell, say, kept } = shelled();
  shell.start();
  say({ kind: "remember", isolatedFor: millis(61_000) });
  expect(kept.isolatedFor).toBe(61_000);
});

test("a mode of the control thread reaches the region with its wall time", () => {
  const { clock, shell, say, events, published } = shelled();
  shell.start();
  events().up();
  const mode = { mode: "local", reason: "new", since: instant(clock.now() - 500) } as const;
  say({ kind: "mode", mode });
  expect(published.at(-1)).toMatchObject({
    channel: "mode",
    body: { mode: "local", since: clock.wall() - 500 },
  });
});

test("an orderly end puts on disk what waits, and says good-bye", async () => {
  const { shell, measure, rows, events, published } = shelled();
  shell.start();
  events().up();
  measure(1);
  await shell.close();
  expect(rows()).toHaveLength(1);
  expect(
    published.some((message) => message.channel === "link" && message.body.state === "down"),
  ).toBe(true);
});

const lease = (epoch: number): Message => ({
  channel: "lease",
  params: { region: "north" },
  body: { v: 1, controller: "c", epoch, ttl: 9_000 },
});

test("E1: a lease below the epoch of a database that could not be written yet is not obeyed", () => {
  const { clock, shell, disk, events, toControl, kept, board } = shelled();
  Object.assign(kept, { epoch: 9, controller: "c" });
  disk.works = false;
  shell.start();
  disk.works = true;
  events().message(lease(7));
  expect(toControl).toEqual([]);
  expect(board.list().map(({ code }) => code)).toContain("LEASE_EPOCH");
  clock.pass(5_000);
  events().message(lease(9));
  expect(toControl).toMatchObject([{ message: { input: { epoch: 9 } } }]);
});

test("E3: an epoch is not obeyed while there is no database to write it down in", () => {
  const { clock, shell, disk, events, toControl, kept } = shelled({ stateOpens: false });
  shell.start();
  clock.pass(100);
  events().up();
  events().message(lease(7));
  expect(toControl).toEqual([]);
  disk.stateOpens = true;
  clock.pass(5_000);
  events().message(lease(7));
  expect(kept.epoch).toBe(7);
  expect(toControl).toMatchObject([{ message: { input: { kind: "lease", epoch: 7 } } }]);
});

test("a store that could not be opened says why, whatever is asked of it meanwhile", () => {
  const { clock, shell, events } = shelled({ stateOpens: false });
  shell.start();
  const { store } = shell.buffer();
  expect(store).toMatchObject({ code: expect.stringMatching(/^STORE_/) });
  clock.pass(100);
  events().up();
  events().message(lease(7));
  expect(shell.buffer().store).toEqual(store);
});

test("leases that cannot be written down do not put off the next try of the disk", () => {
  const { clock, shell, disk, events, measure, rows } = shelled({ stateOpens: false });
  shell.start();
  clock.pass(100);
  events().up();
  measure(1);
  disk.stateOpens = true;
  for (let i = 0; i < 10; i += 1) {
    events().message(lease(7));
    clock.pass(1_000);
  }
  expect(rows()).toHaveLength(1);
});

test("SA1, HO2: an agent that fails goes on with the next number, and says what it forgot", () => {
  const { clock, shell, defect, measure, rows, tombstones, board } = shelled();
  shell.start();
  measure(1);
  measure(2);
  measure(3);
  defect.at = "rows";
  measure(4);
  clock.pass(10_000);
  measure(5);
  clock.pass(1_000);
  expect(rows().map(({ seq, value }) => [seq, value])).toEqual([
    [1, 1],
    [5, 5],
  ]);
  expect(tombstones).toEqual([{ from: 2, to: 4, reason: "shed", count: 3 }]);
  expect(board.list().map(({ code }) => code)).toEqual(["AGENT_FAILED", "POINTS_SHED"]);
});

test("SA1: an agent that fails before it hears that its samples are on disk loses none", () => {
  const { clock, shell, defect, measure, rows, tombstones } = shelled();
  shell.start();
  defect.at = "appended";
  measure(1);
  clock.pass(1_000);
  measure(2);
  clock.pass(1_000);
  expect(rows().map(({ seq, value }) => [seq, value])).toEqual([
    [1, 1],
    [2, 2],
  ]);
  expect(tombstones).toEqual([]);
});

test("what a person at the node is told does not go to the region, what the region asked for does", () => {
  const { shell, events, say, published } = shelled();
  shell.start();
  events().up();
  published.length = 0;
  say({ kind: "reply", id: "local-1", refused: undefined });
  expect(published).toEqual([]);
  say({ kind: "answer", id: "g", loop: "cooling", refused: undefined });
  expect(published).toMatchObject([{ channel: "setpointAnswer" }]);
});

test("an agent that fails tells the region of its mode again", () => {
  const { clock, shell, say, defect, events, published } = shelled();
  shell.start();
  events().up();
  say({ kind: "mode", mode: { mode: "local", reason: "new", since: clock.now() } });
  defect.at = "wake";
  clock.pass(10_000);
  events().down(fault("BUS_LOST", { url: "u", why: "w" }));
  clock.pass(10_000);
  published.length = 0;
  events().up();
  expect(published.map((message) => message.channel)).toContain("mode");
});

test("samples that are on disk stay numbered when the disk cannot count them", () => {
  const { clock, shell, disk, measure, rows, board } = shelled();
  shell.start();
  disk.countable = false;
  measure(1);
  clock.pass(1_000);
  disk.countable = true;
  clock.pass(5_000);
  measure(2);
  clock.pass(1_000);
  expect(rows().map(({ seq }) => seq)).toEqual([1, 2]);
  expect(board.list().map(({ code }) => code)).toEqual(["STORE_FULL"]);
});

test("its Will names the boot, so that its death is believed", () => {
  const { shell, sessions } = shelled();
  shell.start();
  expect(sessions).toMatchObject([{ will: { body: { boot: 1 } } }]);
});

test("a slow disk holds up an orderly end, but costs nothing that was measured", async () => {
  const { shell, measure, rows, disk } = shelled();
  shell.start();
  disk.takes = 50;
  for (const count of [1_000, 700, 700]) measure(1, count);
  await shell.close();
  expect(rows()).toHaveLength(2_400);
});

test("a broker that floods its node is refused, and said to be", () => {
  const { shell, measure, board, disk, events } = shelled();
  shell.start();
  disk.takes = 50;
  measure(1, 1_000);
  for (let i = 0; i <= limits.mailbox; i += 1) events().message(lease(7));
  expect(board.list()).toMatchObject([{ code: "MAILBOX_FULL" }]);
});

test("CR2: a control thread that takes no messages is not called one that ended", () => {
  const { shell, board } = shelled();
  shell.start();
  const most = limits.channelMessages + limits.channelWaiting;
  for (let i = 0; i <= most; i += 1) {
    shell.tellControl({ kind: "ask", id: `${i}`, about: { kind: "status" } });
  }
  expect(board.list().map(({ code }) => code)).toEqual(["CONTROL_BEHIND"]);
});
