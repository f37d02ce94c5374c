import { describe, expect, test } from "vitest";
import { ConnectionCount } from "#broker/connection-count.ts";
import { RefusalLog } from "#broker/refusal-log.ts";
import { RetainedTopics } from "#broker/retained-topics.ts";
import { instant, seconds } from "#src/base/units.ts";
import { KeptLog } from "#test/unit/kept-log.ts";

describe("CO1: the count of connections", () => {
  const most = { connections: 3, connectionsPerAddress: 2 };

  test("lets in up to both bounds, and again after somebody left", () => {
    const count = new ConnectionCount(most);
    expect([count.enter("a"), count.enter("a"), count.enter("b")]).toEqual([
      undefined,
      undefined,
      undefined,
    ]);
    expect(count.enter("c")).toMatch(/3 connections already/);
    count.leave("b");
    expect(count.enter("a")).toMatch(/2 connections from this address/);
    count.leave("a");
    expect(count.enter("a")).toBeUndefined();
    expect(count.size).toBe(2);
  });

  test("takes nobody out who did not come in", () => {
    expect(() => new ConnectionCount(most).leave("a")).toThrow(/was let in/);
  });
});

describe("RN1, RN2: the retained topics", () => {
  test("are bounded; a known one is always admitted, a cleared one makes room", () => {
    const retained = new RetainedTopics(2);
    expect([retained.admits("a", 1), retained.admits("b", 1)]).toEqual([true, true]);
    expect(retained.admits("c", 1)).toBe(false);
    expect(retained.admits("a", 2)).toBe(true);
    expect(retained.admits("b", 0)).toBe(true);
    expect(retained.admits("c", 1)).toBe(true);
    expect(retained.admits("never-seen", 0)).toBe(true);
    expect(retained.size).toBe(2);
  });
});

describe("RL1: the log of refusals", () => {
  const evidence = { why: "because", address: "10.0.0.1" };

  test("counts every one and writes one of each kind in a while", () => {
    const log = new KeptLog();
    const refusals = new RefusalLog(log, seconds(10));
    for (let ms = 0; ms < 9_000; ms += 1) refusals.note("packet", evidence, instant(ms));
    refusals.note("publish", { ...evidence, topic: "t" }, instant(9_000));
    refusals.note("packet", evidence, instant(10_000));
    expect(refusals.count).toBe(9_002);
    expect(log.entries.map(({ event, unsaid }) => [event, unsaid])).toEqual([
      ["broker.refused.packet", 0],
      ["broker.refused.publish", 0],
      ["broker.refused.packet", 8_999],
    ]);
  });

  test("cuts long names short", () => {
    const log = new KeptLog();
    const refusals = new RefusalLog(log, seconds(10));
    refusals.note("client", { ...evidence, client: "x".repeat(5_000) }, instant(0));
    expect(log.entries[0]?.["client"]).toHaveLength(80);
  });
});
