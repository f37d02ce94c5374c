import { expect, test } from "vitest";
import { link } from "#agents/node/link.ts";
import type { LinkPlan } from "#agents/node/link-messages.ts";
import type { LinkState } from "#agents/node/link-state.ts";
import { FaultError, fault } from "#src/base/fault.ts";
import { instant, millis } from "#src/base/units.ts";
import type { NumberedSample, Place } from "#src/contract/samples.ts";
import type { Message } from "#src/contract/topics.ts";
import type { Bus, BusEvents, Session } from "#src/ports/bus.ts";
import type { MetricStore } from "#src/ports/metric-store.ts";
import type { StateStore } from "#src/ports/state-store.ts";
import { FaultBoard } from "#src/runtime/fault-board.ts";
import { NodeShell } from "#src/runtime/node-shell.ts";
import type { Frame, ToControl, ToLink } from "#src/runtime/threads.ts";
import { HandClock } from "../hand-clock.ts";

const plan: LinkPlan = {
  region: "north",
  node: "room-1",
  version: "1",
  hasUplink: true,
  maxPoints: 1_000,
};
const silent = { debug() {}, info() {}, warn() {}, error() {} };

/** A node's link thread with a broker and a disk that a test can take away. */
function shelled() {
  const clock = new HandClock();
  const board = new FaultBoard(clock, silent);
  const toControl: Frame<ToControl>[] = [];
  const published: Message[] = [];
  const sessions: Session[] = [];
  let rows: NumberedSample[] = [];
  const kept = { epoch: 0, controller: "", isolatedFor: millis(0), boots: 0 };
  const disk = { works: true };
  let events: BusEvents | undefined;
  const need = (): void => {
    if (!disk.works) throw new FaultError(fault("STORE_FULL", { path: "metrics.db" }));
  };
  const metrics: MetricStore = {
    append(_, samples) {
      need();
      rows.push(...samples);
    },
    load(after: Place | undefined, limit) {
      const found = rows.filter((row) => row.seq > (after?.seq ?? 0)).slice(0, limit);
      const [first] = found;
      return (
        first && {
          boot: 1,
          base: rows[0]?.seq ?? 1,
          from: first.seq,
          to: found.at(-1)?.seq ?? 0,
          samples: found,
          tombstones: [],
        }
      );
    },
    forget(_, upTo) {
      rows = rows.filter((row) => row.seq > upTo);
    },
    evict: (count) => rows.splice(0, count).length,
    ledger: () => [{ boot: 1, produced: 0, base: 1, buffered: rows.length, tombstoned: 0 }],
    close() {},
  };
  const state: StateStore = {
    begin() {
      need();
      kept.boots += 1;
      return kept.boots;
    },
    read: () => kept,
    keepEpoch(epoch, controller) {
      need();
      Object.assign(kept, { epoch, controller });
    },
    keepIsolation(isolatedFor) {
      need();
      kept.isolatedFor = isolatedFor;
    },
    close() {},
  };
  const bus: Bus = {
    open: (session) => sessions.push(session),
    publish: (message) => published.push(message) > 0,
    close: () => Promise.resolve(),
  };
  const shell = new NodeShell<LinkPlan, LinkState>({
    agent: link,
    plan,
    seed: 1,
    series: ["in/air", "mode"],
    url: "mqtt://broker",
    subscriptions: ["a"],
    clock,
    board,
    state,
    openState: () => state,
    openMetrics: () => {
      need();
      return metrics;
    },
    openBus: (given) => {
      events = given;
      return bus;
    },
    pendingOf: ({ pending }) => pending.length,
    postControl: (frame) => toControl.push(frame),
    onControl: () => {},
  });
  const say = (message: ToLink): void => shell.receive({ message });
  const measure = (value: number): void =>
    say({
      kind: "points",
      points: [{ series: 0, at: clock.now(), value, quality: "good" }],
      shed: 0,
    });
  return {
    clock,
    board,
    toControl,
    published,
    sessions,
    disk,
    kept,
    shell,
    say,
    measure,
    rows: () => rows,
    events: () => events as BusEvents,
  };
}

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
