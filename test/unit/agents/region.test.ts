import { expect, test } from "vitest";
import { describeRegion } from "#agents/region/describe.ts";
import { fault } from "#src/base/fault.ts";
import { lookUp } from "#src/base/persistent-map.ts";
import { millis, minutes, wallTime } from "#src/base/units.ts";
import { limits } from "#src/contract/limits.ts";
import type { RegionEffect } from "#src/core/region-io.ts";
import { Bench, batch, config, link, mode, params, published } from "./region-bench.ts";

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
  bench.arbiterAnswers = false;
  for (let i = 0; i < 3; i += 1) {
    expect(bench.pass(config.lease.renew)).toContainEqual({ kind: "holdLease" });
    const effects = bench.give({ kind: "leaseHeld", epoch: 4, wall: bench.wall });
    expect(published(effects, "lease")).toMatchObject([
      { body: { epoch: 4, ttl: 10_000, controller: "controller-1" } },
    ]);
  }
});

test("RG2: a region that cannot renew falls silent", () => {
  const bench = new Bench().open();
  bench.arbiterAnswers = false;
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

test.each(["SETPOINT_NO_LEASE", "SETPOINT_EPOCH"] as const)(
  "a set that its node cannot follow in time ends with the node's reason: %s",
  (code) => {
    const bench = new Bench().open();
    bench.set(3);
    expect(bench.answer("s3", code)).toEqual([]);
    const effects = bench.pass(limits.queryTimeout);
    expect(effects).toContainEqual(
      expect.objectContaining({ kind: "reply", refused: expect.objectContaining({ code }) }),
    );
    expect(published(bench.pass(3_000), "setpoint")).toEqual([]);
  },
);

test("a standing setpoint outlives an answer to an epoch that the node does not obey yet", () => {
  const bench = new Bench().open();
  bench.set(3);
  bench.answer("s3");
  bench.answer("s3", "SETPOINT_EPOCH");
  expect(published(bench.pass(3_000), "setpoint")).toMatchObject([{ body: { id: "s3" } }]);
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

test("RG3: a setpoint goes out with the first lease after the broker is back", () => {
  const bench = new Bench().open();
  bench.set(3, minutes(10));
  bench.answer("s3");
  bench.give({ kind: "busDown", fault: fault("BUS_LOST", { url: "mqtt://b", why: "gone" }) });
  bench.pass(30_000);
  const back = bench.give({ kind: "busUp" });
  expect(back).toContainEqual({ kind: "holdLease" });
  const held = bench.give({ kind: "leaseHeld", epoch: 4, wall: bench.wall });
  expect(published(held, "lease")).toHaveLength(1);
  expect(published(held, "setpoint")).toMatchObject([{ body: { id: "s3" } }]);
});

/** What goes to nodes, in its order. */
const said = (effects: readonly RegionEffect[]): readonly string[] =>
  effects.flatMap((effect) => (effect.kind === "publish" ? [effect.message.channel] : []));

test("RG4: a setpoint that its node follows is said before the lease, another one after it", () => {
  const bench = new Bench().open();
  bench.set(3);
  expect(said(bench.pass(3_000))).toEqual(["lease", "setpoint"]);
  bench.answer("s3");
  expect(said(bench.pass(3_000))).toEqual(["setpoint", "lease"]);
});

test("RG4: a node that was by itself is told the lease first, until it follows again", () => {
  const bench = new Bench().open();
  bench.set(3);
  bench.answer("s3");
  bench.answer("s3", "SETPOINT_NO_LEASE");
  expect(said(bench.pass(3_000))).toEqual(["lease", "setpoint"]);
  bench.answer("s3");
  expect(said(bench.pass(3_000))).toEqual(["setpoint", "lease"]);
});

test("RG4: the first lease of an epoch goes before what hangs on it", () => {
  const bench = new Bench().open();
  bench.set(3);
  bench.answer("s3");
  const held = bench.give({ kind: "leaseHeld", epoch: 5, wall: bench.wall });
  expect(said(held)).toEqual(["lease", "setpoint"]);
});

test("RG4: a region that starts anew tells its lease first", () => {
  const grant = { id: "s3", node: "room-1", loop: "cooling", value: 3, owner: "o", reason: "r" };
  const bench = new Bench([{ ...grant, until: wallTime(1_700_000_000_000 + minutes(5)) }]);
  bench.give({ kind: "busUp" });
  const held = bench.give({ kind: "leaseHeld", epoch: 4, wall: bench.wall });
  expect(said(held)).toEqual(["lease", "setpoint"]);
});

test("RG3: a set that ended before its node answered is not said again", () => {
  const bench = new Bench().open();
  bench.set(4, millis(2_000));
  expect(published(bench.pass(1_000), "setpoint")).toEqual([]);
  expect(published(bench.pass(3_000), "setpoint")).toEqual([]);
});

test("a newer set for a loop takes the place of the older once the node took it", () => {
  const bench = new Bench().open();
  bench.set(3);
  bench.answer("s3");
  bench.set(5);
  expect(bench.answer("s5")).toContainEqual({ kind: "dropGrant", id: "s3" });
  expect(bench.state.grants.map(({ grant }) => grant.id)).toEqual(["s5"]);
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
  expect(lookUp(bench.state.nodes, "room-1")?.record.link).toBe("up");
  bench.hear(link("up", 2, 1));
  bench.hear(link("down", 1, 2));
  expect(lookUp(bench.state.nodes, "room-1")?.record.link).toBe("up");
  bench.hear(link("down", 2, 1));
  expect(lookUp(bench.state.nodes, "room-1")?.record.link).toBe("down");
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

test("NT1: the death that its first session announced is believed", () => {
  const bench = new Bench().open();
  bench.hear(link("down", 1, 1));
  expect(lookUp(bench.state.nodes, "room-1")?.record.link).toBe("down");
});

test("NT1: a node that lost its disk, and counts its boots anew, is born all the same", () => {
  const bench = new Bench().open();
  bench.hear(link("up", 1_700_000_000, 1));
  bench.hear(link("up", 2, 1));
  bench.hear(link("down", 1_700_000_000, 1));
  expect(lookUp(bench.state.nodes, "room-1")?.record).toMatchObject({ link: "up", boot: 2 });
  bench.hear(link("down", 2, 1));
  expect(lookUp(bench.state.nodes, "room-1")?.record.link).toBe("down");
});

test("NT3: the node that has been away longest makes room for a new one", () => {
  const bench = new Bench();
  for (let i = 0; i < limits.nodesPerRegion; i += 1) {
    const of = { region: "north", node: `n${i}` };
    bench.hear({ ...link("up", 1, 1), params: of } as typeof batch);
    if (i === 3 || i === 7) bench.hear({ ...link("down", 1, 1), params: of } as typeof batch);
    bench.pass(1);
  }
  bench.hear(batch);
  expect(lookUp(bench.state.nodes, "room-1") !== undefined).toBe(true);
  expect(lookUp(bench.state.nodes, "n3") !== undefined).toBe(false);
  expect(lookUp(bench.state.nodes, "n7") !== undefined).toBe(true);
  expect(bench.state.nodes.size).toBe(limits.nodesPerRegion);
});

test("NT3: where all nodes are connected a new one is refused, and none makes room for it", () => {
  const bench = new Bench();
  for (let i = 0; i < limits.nodesPerRegion; i += 1) {
    const of = { region: "north", node: `n${i}` };
    bench.hear({ ...link("up", 1, 1), params: of } as typeof batch);
  }
  const before = bench.state.nodes;
  expect(bench.hear(link("up", 1, 1))).toMatchObject([
    {
      kind: "report",
      fault: fault("REGION_FULL", { node: "room-1", most: limits.nodesPerRegion }),
    },
  ]);
  expect(bench.state.nodes).toBe(before);
  bench.hear({ ...link("down", 1, 1), params: { region: "north", node: "n7" } } as typeof batch);
  bench.hear(link("up", 1, 1));
  expect(lookUp(bench.state.nodes, "room-1")?.record.link).toBe("up");
  expect(bench.state.nodes.size).toBe(limits.nodesPerRegion);
});

test("a refusal with a code of a newer version is passed on without a remedy of another", () => {
  const bench = new Bench().open();
  bench.set(3);
  const refused = fault("SETPOINT_REFUSED", { node: "room-1", why: "as said" });
  expect(bench.answer("s3", "SETPOINT_OF_TOMORROW")).toContainEqual({
    kind: "reply",
    id: "s3",
    refused,
    message: refused.message,
  });
});

test("NT3: a table that grew on disk is cut to those heard last", () => {
  const nodes = Array.from({ length: limits.nodesPerRegion + 5 }, (_, i) => ({
    node: `n${i}`,
    link: "up" as const,
    boot: 1,
    session: 1,
    mode: "local" as const,
    reason: "",
    since: wallTime(1),
    lastHeard: wallTime(i),
  }));
  const bench = new Bench([], nodes);
  expect(bench.state.nodes.size).toBe(limits.nodesPerRegion);
  expect(lookUp(bench.state.nodes, "n4") !== undefined).toBe(false);
});

test("a clock that was set back does not stop the table", () => {
  const bench = new Bench().open();
  bench.wall = wallTime(bench.wall - minutes(60));
  bench.hear(batch);
  expect(lookUp(bench.state.nodes, "room-1")?.record.lastHeard).toBe(bench.wall);
});

test("a set that was given up is not said once more, nor waits for a renewal to be given up", () => {
  const bench = new Bench().open();
  bench.pass(config.lease.renew);
  bench.set(3);
  const wakes = bench.effects.flatMap((one) => (one.kind === "wake" ? [one.at] : []));
  expect(wakes.at(-1)).toBeLessThanOrEqual(bench.now + limits.queryTimeout);
  expect(published(bench.pass(limits.queryTimeout), "setpoint")).toEqual([]);
  expect(bench.state.asked).toEqual([]);
});

test("a standing setpoint is said again at once when the newer one was given up", () => {
  const bench = new Bench().open();
  bench.set(3);
  bench.answer("s3");
  bench.set(5);
  expect(published(bench.pass(limits.queryTimeout), "setpoint")).toMatchObject([
    { body: { id: "s3" } },
  ]);
});

test("no node answers for another", () => {
  const bench = new Bench().open();
  bench.set(3);
  const body = { v: 1, id: "s3", result: "accepted", message: "in force" } as const;
  const other = { region: "north", node: "room-2", loop: "cooling" };
  expect(bench.hear({ channel: "setpointAnswer", params: other, body })).toEqual([]);
  expect(bench.state.grants).toEqual([]);
});
