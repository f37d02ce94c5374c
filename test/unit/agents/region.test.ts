import { expect, test } from "vitest";
import { describeRegion } from "#agents/region/describe.ts";
import { region } from "#agents/region/region.ts";
import type { RegionState } from "#agents/region/region-state.ts";
import { fault } from "#src/base/fault.ts";
import { instant, minutes, type WallTime, wallTime } from "#src/base/units.ts";
import { RegionConfig } from "#src/contract/config.ts";
import { limits } from "#src/contract/limits.ts";
import type { StandingGrant } from "#src/contract/region-records.ts";
import type { Message } from "#src/contract/topics.ts";
import type { RegionEffect, RegionInput } from "#src/core/region-io.ts";

const config = RegionConfig.parse({ role: "region", region: "north", broker: { listen: {} } });
const params = { region: "north", node: "room-1" };

class Bench {
  now = instant(1_000);
  wall: WallTime = wallTime(1_700_000_000_000);
  state: RegionState;
  effects: RegionEffect[] = [];

  constructor(grants: readonly StandingGrant[] = []) {
    const step = region.start(config, { seed: 1, nodes: [], grants }, this.now);
    this.state = step.state;
    this.effects.push(...step.effects);
  }

  give(input: RegionInput): readonly RegionEffect[] {
    const step = region.step(config, this.state, input, this.now);
    this.state = step.state;
    this.effects.push(...step.effects);
    return step.effects;
  }

  hear(message: Message): readonly RegionEffect[] {
    return this.give({ kind: "message", message, wall: this.wall });
  }

  pass(length: number): readonly RegionEffect[] {
    this.now = instant(this.now + length);
    this.wall = wallTime(this.wall + length);
    return this.give({ kind: "wake", wall: this.wall });
  }

  /** A region that holds its lease, with one node connected. */
  open(): this {
    this.give({ kind: "busUp" });
    this.give({ kind: "leaseHeld", epoch: 4 });
    this.hear(link("up", 1, 1));
    this.hear(mode("connected", 1));
    this.effects = [];
    return this;
  }

  set(value: number, length = minutes(10)): readonly RegionEffect[] {
    const request = {
      id: `s${value}`,
      node: "room-1",
      loop: "cooling",
      value,
      for: length,
      owner: "ops",
      reason: "delivery",
    };
    return this.give({ kind: "set", request, wall: this.wall });
  }

  answer(id: string, code?: string): readonly RegionEffect[] {
    const result = code === undefined ? "accepted" : "refused";
    const body = {
      v: 1,
      id,
      result,
      message: "as said",
      ...(code === undefined ? {} : { code }),
    } as const;
    return this.hear({ channel: "setpointAnswer", params: { ...params, loop: "cooling" }, body });
  }
}

const link = (state: "up" | "down", boot: number, session: number): Message => ({
  channel: "link",
  params,
  body: { v: 1, state, boot, session, version: "1" },
});
const mode = (now: "connected" | "autonomous", boot: number): Message => ({
  channel: "mode",
  params,
  body: { v: 1, boot, mode: now, reason: "because", since: 1 },
});
const batch: Extract<Message, { channel: "metric" }> = {
  channel: "metric",
  params,
  body: { v: 1, boot: 1, base: 1, series: ["in/air"], points: [[1, 5, 0, 4.2, 0]], tombstones: [] },
};
const published = (effects: readonly RegionEffect[], channel: Message["channel"]) =>
  effects.flatMap((effect) =>
    effect.kind === "publish" && effect.message.channel === channel ? [effect.message] : [],
  );

test("RG1: a batch is acked when it is committed, and not before", () => {
  const bench = new Bench().open();
  expect(published(bench.hear(batch), "ack")).toEqual([]);
  const effects = bench.give({ kind: "ingested", node: "room-1", boot: 1, upTo: 1 });
  expect(published(effects, "ack")).toMatchObject([{ params, body: { boot: 1, upTo: 1 } }]);
});

test("RG1: a batch that could not be committed is not acked, and the reason is told", () => {
  const bench = new Bench().open();
  const effects = bench.give({
    kind: "ingestFailed",
    fault: fault("STORE_FULL", { path: "region.db" }),
  });
  expect(effects).toMatchObject([{ kind: "report", fault: { code: "STORE_FULL" } }]);
});

test("RG2: the lease goes out at each renewal that the arbiter confirms", () => {
  const bench = new Bench().open();
  for (let i = 0; i < 3; i += 1) {
    expect(bench.pass(config.lease.renew)).toContainEqual({ kind: "holdLease" });
    const effects = bench.give({ kind: "leaseHeld", epoch: 4 });
    expect(published(effects, "lease")).toMatchObject([
      { body: { epoch: 4, ttl: 10_000, controller: "controller-1" } },
    ]);
  }
});

test("RG2: a region that cannot renew falls silent", () => {
  const bench = new Bench().open();
  bench.give({ kind: "leaseLost", fault: fault("STORE_FULL", { path: "region.db" }) });
  bench.effects = [];
  for (let i = 0; i < 5; i += 1) bench.pass(config.lease.renew);
  expect(published(bench.effects, "lease")).toEqual([]);
});

test("a set goes to the node at once, and ends with the node's word", () => {
  const bench = new Bench().open();
  expect(published(bench.set(3), "setpoint")).toMatchObject([
    { params: { ...params, loop: "cooling" }, body: { id: "s3", epoch: 4, value: 3, for: 10_000 } },
  ]);
  expect(bench.answer("s3")).toMatchObject([
    { kind: "keepGrant", grant: { id: "s3", value: 3 } },
    { kind: "reply", id: "s3", refused: undefined },
  ]);
});

test("RG3: a setpoint is renewed until its end, and no longer than that", () => {
  const bench = new Bench().open();
  bench.set(3, minutes(1));
  bench.answer("s3");
  bench.effects = [];
  for (let i = 0; i < 30; i += 1) bench.pass(3_000);
  const lengths = published(bench.effects, "setpoint").map(
    (message) => message.channel === "setpoint" && message.body.for,
  );
  expect(lengths).toHaveLength(19);
  expect(lengths.at(-1)).toBe(3_000);
  expect(bench.effects).toContainEqual({ kind: "dropGrant", id: "s3" });
});

test("RG3: a setpoint that the node refuses is dropped, with the node's reason and its remedy", () => {
  const bench = new Bench().open();
  bench.set(9);
  expect(bench.answer("s9", "SETPOINT_BOUNDS")).toMatchObject([
    {
      kind: "reply",
      id: "s9",
      refused: {
        code: "SETPOINT_BOUNDS",
        message: "as said",
        remedy: expect.stringContaining("inside the bounds"),
      },
    },
  ]);
  expect(bench.state.grants).toEqual([]);
});

test("a refused set leaves the one before it standing", () => {
  const bench = new Bench().open();
  bench.set(3);
  bench.answer("s3");
  bench.set(30);
  bench.answer("s30", "SETPOINT_BOUNDS");
  expect(published(bench.pass(3_000), "setpoint")).toMatchObject([{ body: { id: "s3" } }]);
});

test("a set to a node that is not connected yet is said again, and ends with its word", () => {
  const bench = new Bench().open();
  bench.set(3);
  expect(bench.answer("s3", "SETPOINT_NO_LEASE")).toEqual([]);
  expect(published(bench.pass(3_000), "setpoint")).toMatchObject([{ body: { id: "s3" } }]);
  expect(bench.answer("s3")).toContainEqual(
    expect.objectContaining({ kind: "reply", refused: undefined }),
  );
});

test("a set that no node answers is not left to surprise somebody later", () => {
  const bench = new Bench().open();
  bench.set(3);
  const effects = bench.pass(limits.queryTimeout);
  expect(effects).toContainEqual(
    expect.objectContaining({
      kind: "reply",
      refused: expect.objectContaining({ code: "NODE_SILENT" }),
    }),
  );
  expect(published(bench.pass(3_000), "setpoint")).toEqual([]);
});

test("a newer set for a loop takes the place of the older once the node took it", () => {
  const bench = new Bench().open();
  bench.set(3);
  bench.answer("s3");
  bench.set(5);
  expect(bench.answer("s5")).toContainEqual({ kind: "dropGrant", id: "s3" });
  expect(bench.state.grants.map((grant) => grant.id)).toEqual(["s5"]);
});

test.each([
  ["that nobody ever heard of", "room-9", "NODE_UNKNOWN"],
  ["whose link is down", "room-1", "NODE_SILENT"],
])("a set for a node %s is refused at once", (_, node, code) => {
  const bench = new Bench().open();
  bench.hear(link("down", 1, 1));
  const request = {
    id: "s",
    node,
    loop: "cooling",
    value: 3,
    for: minutes(1),
    owner: "o",
    reason: "r",
  };
  expect(bench.give({ kind: "set", request, wall: bench.wall })).toMatchObject([
    { kind: "reply", refused: { code } },
  ]);
});

test("grants outlive the region's restart and are renewed again", () => {
  const grant = {
    id: "g",
    node: "room-1",
    loop: "cooling",
    value: 3,
    owner: "o",
    reason: "r",
    until: wallTime(1_700_000_060_000),
  };
  const bench = new Bench([grant]).open();
  expect(published(bench.pass(3_000), "setpoint")).toMatchObject([{ body: { id: "g", value: 3 } }]);
});

test("NT1: a death that comes late does not bury a node that was born again", () => {
  const bench = new Bench().open();
  bench.hear(link("up", 1, 2));
  bench.hear(link("down", 1, 1));
  expect(bench.state.nodes.get("room-1")?.record.link).toBe("up");
  bench.hear(link("up", 2, 1));
  bench.hear(link("down", 1, 2));
  expect(bench.state.nodes.get("room-1")?.record.link).toBe("up");
  bench.hear(link("down", 2, 1));
  expect(bench.state.nodes.get("room-1")?.record.link).toBe("down");
});

test("NT2: a change of mode is written down at once, a hearing at most every ten seconds", () => {
  const bench = new Bench().open();
  for (let i = 0; i < 30; i += 1) {
    bench.pass(1_000);
    bench.hear(batch);
  }
  expect(bench.effects.filter((effect) => effect.kind === "keepNode")).toHaveLength(3);
  expect(
    bench.hear(mode("autonomous", 1)).filter((effect) => effect.kind === "keepNode"),
  ).toHaveLength(1);
});

test("a region is bounded in its nodes", () => {
  const bench = new Bench();
  for (let i = 0; i <= limits.nodesPerRegion; i += 1) {
    bench.hear({ ...batch, params: { region: "north", node: `n${i}` } });
  }
  expect(bench.state.nodes.size).toBe(limits.nodesPerRegion);
});

test("its status shows nodes, deliveries and standing setpoints", () => {
  const bench = new Bench().open();
  bench.set(3);
  bench.answer("s3");
  const status = describeRegion(config, bench.state, [
    { node: "room-1", delivered: 7, tombstoned: 1, duplicates: 2 },
  ]);
  expect(status).toMatchObject({
    epoch: 4,
    lease: { held: true },
    nodes: [
      { node: "room-1", link: "up", mode: "connected", delivered: 7, tombstoned: 1, duplicates: 2 },
    ],
    grants: [{ node: "room-1", loop: "cooling", value: 3, owner: "ops" }],
  });
});
