import { expect, test } from "vitest";
import { region } from "#agents/region/region.ts";
import type { RegionState } from "#agents/region/region-state.ts";
import { FaultError, fault } from "#src/base/fault.ts";
import { minutes, seconds } from "#src/base/units.ts";
import type { RegionConfig } from "#src/contract/config.ts";
import { limits } from "#src/contract/limits.ts";
import type { StandingGrant } from "#src/contract/region-records.ts";
import type { Message } from "#src/contract/topics.ts";
import type { RegionInput } from "#src/core/region-io.ts";
import type { BusEvents } from "#src/ports/bus.ts";
import { FaultBoard } from "#src/runtime/fault-board.ts";
import { RegionShell } from "#src/runtime/region-shell.ts";
import { batch, config, link, mode, params } from "../agents/region-bench.ts";
import { HandClock } from "../hand-clock.ts";

const silent = { debug() {}, info() {}, warn() {}, error() {} };

/** A region's shell with a database and a broker that a test can take away. */
function shelled() {
  const clock = new HandClock();
  const board = new FaultBoard(clock, silent);
  const published: Message[] = [];
  const grants = new Map<string, StandingGrant>();
  const disk = { works: true, takes: 0, claims: 0, commits: 0 };
  const defect: { at: RegionInput["kind"] | undefined } = { at: undefined };
  let events: BusEvents | undefined;
  const need = (): void => {
    if (!disk.works) throw new FaultError(fault("STORE_FULL", { path: "region.db" }));
  };
  const agent: typeof region = {
    ...region,
    step(given, state, input, now) {
      if (input.kind !== defect.at) return region.step(given, state, input, now);
      defect.at = undefined;
      throw new Error("a defect");
    },
  };
  const shell = new RegionShell<RegionConfig, RegionState>({
    agent,
    config,
    controller: config.controller,
    ttl: config.lease.ttl,
    seed: 1,
    url: "mqtt://broker",
    subscriptions: [],
    clock,
    board,
    store: {
      claim() {
        need();
        disk.claims += 1;
        return 6 + disk.claims;
      },
      renew() {
        need();
        return true;
      },
      ingest(_, { points }) {
        need();
        clock.block(disk.takes);
        disk.commits += 1;
        return { upTo: points.at(-1)?.[0] ?? 0, fresh: points.length, duplicates: 0 };
      },
      nodes: () => [],
      keepNode() {},
      grants: () => [...grants.values()],
      keepGrant: (grant) => void grants.set(grant.id, grant),
      dropGrant: (id) => void grants.delete(id),
      deliveries: () => [],
      close() {},
    },
    openBus: (given) => {
      events = given;
      return {
        open() {},
        publish: (message) => published.push(message) > 0,
        close: () => Promise.resolve(),
      };
    },
    onBatch() {},
    patience: limits.queryTimeout,
  });
  shell.start();
  events?.up();
  const set = (done: Parameters<typeof shell.set>[1]): void =>
    shell.set(
      {
        node: params.node,
        loop: "cooling",
        value: 3,
        for: minutes(10),
        owner: "ops",
        reason: "delivery",
      },
      done,
    );
  return { clock, board, published, grants, disk, defect, shell, set, events: events as BusEvents };
}

const of = (messages: readonly Message[], channel: Message["channel"]) =>
  messages.filter((message) => message.channel === channel);

test("RG2: a region whose database does not take the renewal says no lease, and goes on later", () => {
  const { clock, published, disk } = shelled();
  expect(of(published, "lease")).toHaveLength(1);
  disk.works = false;
  clock.pass(seconds(30));
  expect(of(published, "lease")).toHaveLength(1);
  disk.works = true;
  clock.pass(config.lease.renew);
  expect(of(published, "lease")).toHaveLength(2);
});

test("HO2: an agent that fails goes on with the epoch and the setpoints it had", () => {
  const { clock, published, events, defect, disk, grants, set } = shelled();
  events.message(link("up", 1, 1));
  events.message(mode("connected", 1));
  const outcomes: unknown[] = [];
  set((outcome) => outcomes.push(outcome));
  const asked = of(published, "setpoint")[0];
  const id = asked?.channel === "setpoint" ? asked.body.id : "";
  events.message({
    channel: "setpointAnswer",
    params: { ...params, loop: "cooling" },
    body: { v: 1, id, result: "accepted", message: "in force" },
  });
  expect(outcomes).toMatchObject([{ refused: undefined }]);
  expect(grants.size).toBe(1);
  defect.at = "wake";
  clock.pass(config.lease.renew);
  events.up();
  published.length = 0;
  clock.pass(config.lease.renew);
  expect(disk.claims).toBe(1);
  expect(of(published, "lease")).toMatchObject([{ body: { epoch: 7 } }]);
  expect(of(published, "setpoint")).toMatchObject([{ body: { value: 3, epoch: 7 } }]);
});

test("RG1: a batch that the database does not take is not acked", () => {
  const { published, events, disk } = shelled();
  disk.works = false;
  events.message(batch);
  expect(of(published, "ack")).toEqual([]);
  disk.works = true;
  events.message(batch);
  expect(of(published, "ack")).toMatchObject([{ params, body: { boot: 1, upTo: 1 } }]);
});

test("HO4: more batches than it can commit are refused, and none that it took goes without an ack", () => {
  const { clock, board, published, events, disk } = shelled();
  disk.takes = 5;
  for (let i = 0; i < limits.mailbox + 100; i += 1) events.message(batch);
  disk.takes = 0;
  clock.pass(seconds(1));
  expect(disk.commits).toBeLessThanOrEqual(limits.mailbox + 1);
  expect(of(published, "ack")).toHaveLength(disk.commits);
  expect(board.list().map(({ code }) => code)).toEqual(["MAILBOX_FULL"]);
});

test("a set that is one too many is refused and not done", () => {
  const { published, events, set } = shelled();
  events.message(link("up", 1, 1));
  const outcomes: unknown[] = [];
  for (let i = 0; i <= limits.pendingQuestions; i += 1) set((outcome) => outcomes.push(outcome));
  expect(outcomes).toEqual(["crowded"]);
  expect(of(published, "setpoint")).toHaveLength(limits.pendingQuestions);
});

test("nothing is taken any more once it closes", async () => {
  const { clock, shell, events, disk } = shelled();
  disk.takes = 5;
  for (let i = 0; i < 10; i += 1) events.message(batch);
  const { commits } = disk;
  await shell.close();
  clock.pass(seconds(10));
  expect(disk.commits).toBe(commits);
});
