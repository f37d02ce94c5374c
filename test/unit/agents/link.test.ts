import { describe, expect, test } from "vitest";
import { link } from "#agents/node/link.ts";
import type { LinkPlan } from "#agents/node/link-messages.ts";
import type { LinkState } from "#agents/node/link-state.ts";
import { fault } from "#src/base/fault.ts";
import { instant, millis, wallTime } from "#src/base/units.ts";
import { limits } from "#src/contract/limits.ts";
import { endOf, inRows, type Row, type Sample } from "#src/contract/samples.ts";
import type { Message } from "#src/contract/topics.ts";
import type { LinkEffect, LinkInput } from "#src/core/link-io.ts";
import { numbered } from "../../contract/metric-store-bench.ts";

const plan: LinkPlan = {
  region: "north",
  node: "room-1",
  version: "1",
  hasUplink: true,
  maxPoints: 30_000,
  sendEvery: millis(0),
};

/** Of one sample each. */
const rows = (count: number): Row[] =>
  Array.from({ length: count }, (_, value) => ({
    at: wallTime(1),
    series: ["in/air"],
    values: [value],
    qualities: ["good"],
  }));
const lease = (epoch: number, controller = "c1"): Message => ({
  channel: "lease",
  params: { region: "north" },
  body: { v: 1, controller, epoch, ttl: 10_000 },
});

/** A link agent with a hand-driven clock and a buffer that remembers. */
class Bench {
  now = instant(5_000);
  readonly plan: LinkPlan;
  state: LinkState;
  effects: LinkEffect[] = [];
  rows: Sample[] = [];
  kept: number[] = [];
  diskWorks: boolean;
  /** What the state database knows, where nobody could read it yet. */
  disk: { epoch: number; controller: string } | undefined;

  constructor(sendEvery = 0, diskWorks = true) {
    this.diskWorks = diskWorks;
    this.plan = { ...plan, sendEvery: millis(sendEvery) };
    const step = link.start(this.plan, { seed: 7, numbered: 0, mode: undefined }, this.now);
    this.state = step.state;
    this.#carryOut(step.effects);
  }

  give(input: LinkInput): LinkEffect[] {
    const step = link.step(this.plan, this.state, input, this.now);
    this.state = step.state;
    const before = this.effects.length;
    this.#carryOut(step.effects);
    return this.effects.slice(before);
  }

  wait(length: number): LinkEffect[] {
    this.now = instant(this.now + length);
    return this.give({ kind: "wake" });
  }

  of<K extends LinkEffect["kind"]>(kind: K): Extract<LinkEffect, { kind: K }>[] {
    return this.effects.filter((effect) => effect.kind === kind) as Extract<
      LinkEffect,
      { kind: K }
    >[];
  }

  published(channel: Message["channel"]): Message[] {
    return this.of("publish")
      .map((effect) => effect.message)
      .filter((message) => message.channel === channel);
  }

  ack(upTo: number, boot = 4): LinkEffect[] {
    const params = { region: "north", node: "room-1" };
    return this.give({
      kind: "message",
      message: { channel: "ack", params, body: { v: 1, boot, upTo } },
    });
  }

  #carryOut(effects: readonly LinkEffect[]): void {
    for (const effect of effects) {
      this.effects.push(effect);
      const answer = this.#answer(effect);
      if (answer !== undefined) this.give(answer);
    }
  }

  #answer(effect: LinkEffect): LinkInput | undefined {
    const down: LinkInput = { kind: "storeDown", fault: fault("STORE_FULL", { path: "x" }) };
    switch (effect.kind) {
      case "openStore":
        return this.diskWorks
          ? { kind: "storeUp", boot: 4, buffered: this.rows.length, epoch: 2, controller: "c1" }
          : down;
      case "append":
        if (!this.diskWorks) return down;
        this.rows.push(...numbered(effect.intake));
        return {
          kind: "appended",
          upTo: endOf(effect.intake),
          buffered: this.rows.length,
        };
      case "load": {
        const from = (effect.after?.seq ?? 0) + 1;
        const found = this.rows.filter((row) => row.seq >= from).slice(0, effect.limit);
        const [first] = found;
        const stretch = first && {
          boot: 4,
          base: this.rows[0]?.seq ?? 1,
          from: first.seq,
          to: found.at(-1)?.seq ?? 0,
          rows: inRows(found),
          tombstones: [],
        };
        return { kind: "loaded", round: effect.round, stretch };
      }
      case "forget":
        this.rows = this.rows.filter((row) => row.seq > effect.upTo);
        return undefined;
      case "keepEpoch":
        this.kept.push(effect.epoch);
        return { ...(this.disk ?? effect), kind: "epochKept" };
      case "evict": {
        const gone = this.rows.splice(0, effect.count);
        return { kind: "evicted", count: gone.length, buffered: this.rows.length };
      }
      default:
        return undefined;
    }
  }
}

describe("the buffer", () => {
  test("L1: numbers are dense from 1, in order of measurement", () => {
    const bench = new Bench();
    bench.give({ kind: "rows", rows: rows(3), shed: 0 });
    bench.wait(1_000);
    bench.give({ kind: "rows", rows: rows(2), shed: 0 });
    bench.wait(1_000);
    expect(bench.rows.map((row) => row.seq)).toEqual([1, 2, 3, 4, 5]);
  });

  test("what is measured goes to the disk at once, but in no more than one small transaction a second", () => {
    const bench = new Bench();
    bench.give({ kind: "rows", rows: rows(3), shed: 0 });
    expect(bench.rows).toHaveLength(3);
    bench.wait(400);
    bench.give({ kind: "rows", rows: rows(2), shed: 0 });
    bench.wait(599);
    expect(bench.rows).toHaveLength(3);
    bench.wait(1);
    expect(bench.rows).toHaveLength(5);
  });

  test("a full transaction does not wait for its second", () => {
    const bench = new Bench();
    bench.give({ kind: "rows", rows: rows(1), shed: 0 });
    bench.give({ kind: "rows", rows: rows(limits.flushPoints), shed: 0 });
    expect(bench.rows).toHaveLength(1 + limits.flushPoints);
  });

  test("what the control thread shed gets numbers, and a tombstone over them", () => {
    const bench = new Bench();
    bench.give({ kind: "rows", rows: rows(2), shed: 5 });
    bench.wait(1_000);
    expect(bench.of("append")[0]).toMatchObject({ intake: { from: 1, shed: 5 } });
    expect(bench.rows.map(({ seq }) => seq)).toEqual([6, 7]);
    expect(bench.state.inbox.shed).toBe(0);
  });

  test("a full disk loses nothing that fits the memory, and is tried again", () => {
    const bench = new Bench();
    bench.diskWorks = false;
    bench.give({ kind: "rows", rows: rows(10), shed: 0 });
    bench.wait(1_000);
    bench.wait(2_000);
    expect(bench.rows).toHaveLength(0);
    bench.diskWorks = true;
    bench.wait(2_000);
    bench.wait(1_000);
    expect(bench.rows.map((row) => row.value)).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8, 9]);
  });

  test("L2: what waits for the disk is bounded, and the rest is counted", () => {
    const bench = new Bench();
    bench.diskWorks = false;
    bench.give({ kind: "rows", rows: rows(1), shed: 0 });
    bench.wait(1_000);
    bench.give({ kind: "rows", rows: rows(limits.pendingPoints + 9), shed: 0 });
    expect(bench.state.inbox.pending).toHaveLength(limits.pendingPoints);
    bench.diskWorks = true;
    for (let i = 0; i < 40; i += 1) bench.wait(2_000);
    expect(bench.rows).toHaveLength(limits.pendingPoints);
    expect(bench.of("append").at(0)?.intake.shed).toBe(0);
    expect(bench.rows[0]?.seq).toBe(11);
  });

  test("a buffer over its bound gives up the oldest, and says how many", () => {
    const bench = new Bench();
    for (let i = 0; i < 31; i += 1) bench.give({ kind: "rows", rows: rows(1_000), shed: 0 });
    expect(bench.rows.length).toBeLessThanOrEqual(plan.maxPoints);
    expect(bench.of("report").map((effect) => effect.fault.code)).toContain("POINTS_SHED");
  });

  test("an orderly stop puts on disk what waits", () => {
    const bench = new Bench();
    bench.give({ kind: "rows", rows: rows(3), shed: 0 });
    bench.give({ kind: "stop" });
    expect(bench.rows).toHaveLength(3);
  });
});

describe("the uplink", () => {
  const connected = (sendEvery = 0) => {
    const bench = new Bench(sendEvery);
    bench.give({ kind: "busUp" });
    return bench;
  };

  test("connects at once, with its death as the Will", () => {
    expect(new Bench().of("connect")[0]?.will).toMatchObject({
      channel: "link",
      body: { state: "down", session: 1 },
    });
  });

  test("announces birth and mode", () => {
    const bench = new Bench();
    bench.give({ kind: "mode", mode: "local", reason: "new", since: wallTime(1) });
    bench.give({ kind: "busUp" });
    expect(bench.published("link")).toMatchObject([{ body: { state: "up", boot: 4, session: 1 } }]);
    expect(bench.published("mode")).toMatchObject([{ body: { mode: "local" } }]);
  });

  test("OB1, OB2: sends oldest first, at most a window without ack", () => {
    const bench = connected();
    bench.give({ kind: "rows", rows: rows(6_000), shed: 0 });
    for (let i = 0; i < 10; i += 1) bench.wait(1);
    const batches = bench.published("metric");
    expect(batches).toHaveLength(limits.batchesInFlight);
    expect(batches.map((batch) => batch.channel === "metric" && batch.body.points[0]?.[0])).toEqual(
      [1, 501, 1_001, 1_501],
    );
  });

  test("L4: only an ack lets samples go, and exactly as far as it says", () => {
    const bench = connected();
    bench.give({ kind: "rows", rows: rows(1_000), shed: 0 });
    bench.ack(300);
    expect(bench.rows[0]?.seq).toBe(301);
    bench.ack(1_000);
    expect(bench.rows).toHaveLength(0);
  });

  test("OB3: an ack that goes back, or is for another boot, lets nothing go", () => {
    const bench = connected();
    bench.give({ kind: "rows", rows: rows(1_000), shed: 0 });
    bench.ack(600);
    bench.ack(200);
    bench.ack(1_000, 3);
    expect(bench.rows[0]?.seq).toBe(601);
  });

  test("OB3: an ack beyond what was sent lets go what was sent", () => {
    const bench = connected();
    bench.give({ kind: "rows", rows: rows(1_000), shed: 0 });
    bench.ack(1_000_000);
    expect(bench.rows).toHaveLength(0);
  });

  describe("OB5: what is new", () => {
    /** Three points on disk each second. */
    const measure = (bench: Bench, seconds: number): void => {
      for (let passed = 0; passed < seconds; passed += 1) {
        bench.give({ kind: "rows", rows: rows(3), shed: 0 });
        bench.wait(limits.flushEvery);
      }
    };
    const sizes = (bench: Bench): number[] =>
      bench
        .published("metric")
        .map((batch) => (batch.channel === "metric" ? batch.body.points.length : 0));

    test("waits for company, from the first of it on", () => {
      const bench = connected(10_000);
      measure(bench, 9);
      expect(sizes(bench)).toEqual([]);
      expect(bench.of("wake").at(-1)?.at).toBe(5_000 + 10_000);
      measure(bench, 1);
      expect(sizes(bench)).toEqual([30]);
      bench.ack(30);
      measure(bench, 9);
      expect(sizes(bench)).toEqual([30]);
      measure(bench, 1);
      expect(sizes(bench)).toEqual([30, 30]);
    });

    test("waits no longer once it fills a message", () => {
      const bench = connected(10_000);
      measure(bench, 1);
      bench.give({ kind: "rows", rows: rows(1_000), shed: 0 });
      expect(sizes(bench)).toEqual([limits.batchPoints, limits.batchPoints, 3]);
    });

    test("does not wait behind what was there before this session", () => {
      const bench = new Bench(10_000);
      measure(bench, 3);
      bench.give({ kind: "busUp" });
      expect(sizes(bench)).toEqual([9]);
    });

    test("asks for no wake that has passed while every message waits for its ack", () => {
      const bench = connected(10_000);
      for (let batch = 0; batch < limits.batchesInFlight; batch += 1) {
        bench.give({ kind: "rows", rows: rows(1_000), shed: 0 });
      }
      bench.effects = [];
      measure(bench, 3);
      for (const { at } of bench.of("wake")) expect(at).toBeGreaterThan(bench.now - 3_000);
    });
  });

  test("OB4: a batch whose ack stays away is sent again, with its true base", () => {
    const bench = connected();
    bench.give({ kind: "rows", rows: rows(1_000), shed: 0 });
    bench.ack(100);
    bench.effects = [];
    bench.wait(limits.ackTimeout);
    expect(bench.published("metric")[0]).toMatchObject({ body: { base: 101 } });
  });

  test("OB4: a new session sends again what was never acked", () => {
    const bench = connected();
    bench.give({ kind: "rows", rows: rows(1_000), shed: 0 });
    bench.give({ kind: "busDown", fault: fault("BUS_LOST", { url: "u", why: "w" }) });
    bench.effects = [];
    bench.give({ kind: "busUp" });
    expect(bench.published("metric")[0]).toMatchObject({ body: { base: 1 } });
  });

  test("a lost broker is tried again, later and later", () => {
    const bench = new Bench();
    const pauses: number[] = [];
    for (let i = 0; i < 12; i += 1) {
      bench.give({ kind: "busDown", fault: fault("BUS_REFUSED", { url: "u", why: "w" }) });
      pauses.push(bench.state.uplink.reconnectAt - bench.now);
      bench.wait(pauses.at(-1) ?? 0);
    }
    expect(bench.of("connect")).toHaveLength(13);
    expect(Math.max(...pauses)).toBeGreaterThan(5_000);
    expect(Math.max(...pauses)).toBeLessThanOrEqual(limits.backoffCap);
  });

  test("a node without an uplink never connects", () => {
    const { effects } = link.start(
      { ...plan, hasUplink: false },
      { seed: 1, numbered: 0, mode: undefined },
      instant(0),
    );
    expect(effects.map((effect) => effect.kind)).toEqual(["openStore"]);
  });

  test("nothing is published while the broker is away", () => {
    const bench = new Bench();
    bench.give({ kind: "mode", mode: "local", reason: "new", since: wallTime(1) });
    expect(bench.of("publish")).toHaveLength(0);
  });
});

describe("authority", () => {
  test("E3, L3: a higher epoch is on disk before its lease is passed on", () => {
    const bench = new Bench();
    bench.give({ kind: "message", message: lease(5) });
    const order = bench.effects
      .map((effect) => effect.kind)
      .filter((kind) => kind === "keepEpoch" || kind === "control");
    expect(order).toEqual(["keepEpoch", "control"]);
    expect(bench.kept).toEqual([5]);
  });

  test("E1: a lower epoch is refused and reported", () => {
    const bench = new Bench();
    bench.give({ kind: "message", message: lease(5) });
    const effects = bench.give({ kind: "message", message: lease(4) });
    expect(effects).toMatchObject([{ kind: "report", fault: { code: "LEASE_EPOCH" } }]);
  });

  test.each([
    ["E1", lease(4, "old"), "LEASE_EPOCH"],
    ["E2", lease(5, "rival"), "LEASE_RIVAL"],
  ])(
    "%s: a lease that the disk knows better than is refused once it can be read",
    (_, said, code) => {
      const bench = new Bench(0, false);
      bench.disk = { epoch: 5, controller: "c1" };
      bench.give({ kind: "message", message: said });
      expect(bench.of("control")).toEqual([]);
      expect(bench.of("report").at(-1)?.fault.code).toBe(code);
      bench.give({ kind: "message", message: lease(5) });
      expect(bench.of("control")).toMatchObject([{ input: { epoch: 5, controller: "c1" } }]);
    },
  );

  test("E2: another controller with the same epoch is refused", () => {
    const bench = new Bench();
    const effects = bench.give({ kind: "message", message: lease(2, "c2") });
    expect(effects).toMatchObject([{ kind: "report", fault: { code: "LEASE_RIVAL" } }]);
  });

  test("a setpoint of another epoch never reaches the control thread", () => {
    const bench = new Bench();
    const body = {
      v: 1,
      id: "g",
      epoch: 1,
      value: 3,
      for: 1_000,
      owner: "o",
      reason: "r",
    } as const;
    const params = { region: "north", node: "room-1", loop: "cooling" };
    bench.give({ kind: "message", message: { channel: "setpoint", params, body } });
    bench.give({
      kind: "message",
      message: { channel: "setpoint", params, body: { ...body, epoch: 3 } },
    });
    expect(bench.of("control")).toHaveLength(0);
    expect(bench.of("report").map((effect) => effect.fault.code)).toEqual([
      "SETPOINT_EPOCH",
      "SETPOINT_EPOCH",
    ]);
    bench.give({
      kind: "message",
      message: { channel: "setpoint", params, body: { ...body, epoch: 2 } },
    });
    expect(bench.of("control")).toMatchObject([
      { input: { kind: "grant", grant: { loop: "cooling", value: 3, for: millis(1_000) } } },
    ]);
  });

  test.each([1, 3])("a setpoint of epoch %i is no lease, and refused as what it is", (epoch) => {
    const bench = new Bench();
    const params = { region: "north", node: "room-1", loop: "cooling" };
    const body = {
      v: 1,
      id: "g",
      epoch,
      value: 3,
      for: 1_000,
      owner: "anna",
      reason: "r",
    } as const;
    bench.give({ kind: "message", message: { channel: "setpoint", params, body } });
    expect(bench.of("report").map((one) => one.fault)).toEqual([
      fault("SETPOINT_EPOCH", { loop: "cooling", owner: "anna", epoch, obeyed: 2 }),
    ]);
    expect(bench.of("control")).toEqual([]);
    expect(bench.of("publish")).toEqual([]);
    bench.give({ kind: "busUp" });
    bench.give({ kind: "message", message: { channel: "setpoint", params, body } });
    expect(bench.of("publish").map(({ message }) => message)).toContainEqual(
      expect.objectContaining({
        channel: "setpointAnswer",
        params,
        body: expect.objectContaining({ id: "g", result: "refused", code: "SETPOINT_EPOCH" }),
      }),
    );
  });

  test("an answer of the control thread goes to the region with its reason", () => {
    const bench = new Bench();
    bench.give({ kind: "busUp" });
    const refused = fault("SETPOINT_BOUNDS", { loop: "cooling", value: 9, min: 2, max: 8 });
    bench.give({ kind: "answer", id: "g", loop: "cooling", refused });
    expect(bench.published("setpointAnswer")).toMatchObject([
      { body: { result: "refused", code: "SETPOINT_BOUNDS" } },
    ]);
  });
});
